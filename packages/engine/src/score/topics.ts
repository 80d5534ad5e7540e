/**
 * What interests are about. People write them freely, and some write their faith or origin, which must not move a ranking. So this is a closed list: a
 * word that it does not hold counts for nothing.
 */
const words = {
  outdoors:
    "hiking walking camping mountains climbing bouldering skiing snowboarding surfing sailing fishing kayaking nature beach gardening",
  sport: "sport sports football soccer basketball tennis volleyball badminton running cycling swimming gym fitness rowing boxing padel",
  wellness: "yoga pilates meditation wellness sauna mindfulness stretching",
  music: "music concerts jazz vinyl guitar piano singing karaoke choir techno opera drums festivals rock",
  dance: "dancing dance salsa tango clubbing clubs swing ballet nightlife parties bachata",
  arts: "art arts museums painting drawing pottery photography design theater theatre architecture galleries sculpture film-photography",
  screen: "film films movies cinema series tv documentaries anime",
  reading: "reading books poetry writing novels literature history philosophy languages podcasts",
  food: "cooking baking food dining restaurants brunch wine cheese foraging",
  drinks: "coffee tea beer cocktails whisky bars",
  travel: "travel travelling backpacking road-trips trains city-trips",
  games: "games gaming board-games chess puzzles quizzes pub-quizzes video-games cards crosswords",
  making: "making crafts knitting sewing woodworking diy ceramics repairing programming technology science astronomy",
  animals: "animals dogs cats horses birds birdwatching birding pets",
} as const satisfies Record<string, string>;

export type Topic = keyof typeof words;
export const topics = Object.keys(words) as readonly Topic[];

const topicOf = new Map<string, Topic>(topics.flatMap((topic) => words[topic].split(" ").map((word) => [word, topic] as const)));

/** What an interest is about, or null when the list does not know. Case, accents and the words' distance do not matter; the whole must be known. */
export function topicOfInterest(interest: string): Topic | null {
  const plain = interest
    .normalize("NFKD")
    .replace(/\p{Mark}/gu, "")
    .trim()
    .toLowerCase()
    .replace(/[\s_]+/g, "-");
  return topicOf.get(plain) ?? null;
}
