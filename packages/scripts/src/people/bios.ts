import type { Dice } from "./dice.ts";
import { interests as all } from "./interests.ts";

export interface BioFacts {
  readonly age: number;
  readonly city: string;
  readonly job: string | null;
  readonly interests: readonly string[];
}

const beginnings = [
  "New in {city} and still getting lost on purpose.",
  "{city} for {years} years, and I still look up.",
  "Grew up by the sea, live in {city}, miss the wind.",
  "I moved to {city} for a job and stayed for the bread.",
  "Born in {city}, left twice, came back twice.",
  "Half of my family is loud, the other half is louder.",
  "Early riser, late replier.",
  "Better in person than in three sentences, but here they are.",
  "My friends wrote a longer version of this. It was too kind.",
  "Curious about nearly everything, patient with most of it.",
  "Calm on the outside, three plans ahead on the inside.",
  "I laugh easily and remember birthdays.",
  "Middle child, good listener, terrible whistler.",
  "Optimist with an umbrella.",
  "I like people who are kind to waiters and honest about dessert.",
  "Recently learned to say no. Looking for reasons to say yes.",
  "I ask the second question.",
  "Small flat, big table.",
];

const works = [
  "By day {job}, by night asleep at a reasonable hour.",
  "I work as {aJob} and like it on most days.",
  "{AJob} who leaves work at work.",
  "Ask me what {aJob} does all day; I have been trying to find out.",
  "Being {aJob} taught me patience and a lot of swear words I do not use here.",
];

const olders = [
  "The children are grown, the evenings are mine.",
  "Started over once already; it gets easier.",
  "Retired from hurrying.",
  "Old enough to know what I like, young enough to be wrong about it.",
];

const youngers = [
  "Three flatmates, one good pan.",
  "Still deciding what I will be; quite sure who I am.",
  "I can live on noodles and still host a dinner.",
  "Writing a thesis. Please distract me.",
];

const endings = [
  "Tell me what you would cook for a rainy Tuesday.",
  "Bring a story, I will bring the snacks.",
  "If you know where to get good dumplings, you are already ahead.",
  "First one to suggest a walk wins.",
  "No small talk, or only the very best kind.",
  "I am better at the second date. Let us start with that one.",
  "Say hello with the last thing that made you laugh.",
  "I will let you have the window seat.",
  "Looking for somebody who finishes the crossword I started.",
  "Let us be bad at something new together.",
  "I answer slowly and mean it.",
  "Show me your favourite corner of {city}.",
];

/** A bio: short, long, or none, of sentences that fit the person's age, work and likings. */
export function bioOf(dice: Dice, told: BioFacts): string {
  if (dice.chance(0.03)) return "";
  const aboutLikings = told.interests.flatMap((interest) => all[interest] ?? []);
  const parts = [
    dice.chance(0.75) ? dice.pick(beginnings) : "",
    told.job && dice.chance(0.35) ? dice.pick(works) : "",
    told.age >= 50 && dice.chance(0.6) ? dice.pick(olders) : "",
    told.age <= 25 && dice.chance(0.5) ? dice.pick(youngers) : "",
    ...(aboutLikings.length > 0 ? dice.sample(aboutLikings, dice.int(1, 2)) : []),
    dice.chance(0.6) ? dice.pick(endings) : "",
  ].filter((part) => part !== "");
  const years = String(dice.int(2, Math.max(3, Math.min(30, told.age - 16))));
  const text = parts.join(dice.chance(0.15) ? "\n" : " ");
  const job = told.job?.toLowerCase() ?? "";
  const aJob = `${/^[aeiou]/.test(job) ? "an" : "a"} ${job}`;
  const words: Record<string, string> = { city: told.city, years, job, aJob, AJob: aJob.charAt(0).toUpperCase() + aJob.slice(1) };
  return text.replaceAll(/\{(\w+)\}/g, (_, word: string) => words[word] ?? "");
}

// Each with the ages between which it is believable.
const jobs: readonly (readonly [string, number, number])[] = [
  ["Nurse", 22, 66],
  ["Carpenter", 20, 66],
  ["Teacher", 24, 67],
  ["Bus driver", 23, 66],
  ["Software developer", 21, 65],
  ["Baker", 19, 64],
  ["Architect", 27, 70],
  ["Illustrator", 20, 70],
  ["Veterinarian", 27, 68],
  ["Electrician", 20, 65],
  ["Florist", 20, 70],
  ["Lawyer", 27, 70],
  ["Gardener", 19, 70],
  ["Physiotherapist", 24, 66],
  ["Sound engineer", 22, 65],
  ["Chef", 21, 63],
  ["Librarian", 24, 67],
  ["Midwife", 24, 65],
  ["Accountant", 23, 67],
  ["Journalist", 23, 68],
  ["Bicycle mechanic", 19, 60],
  ["Marine biologist", 26, 66],
  ["Social worker", 23, 66],
  ["Tram driver", 22, 65],
  ["Stage designer", 24, 68],
  ["Data analyst", 22, 62],
  ["Pharmacist", 25, 67],
  ["Firefighter", 21, 58],
  ["Translator", 24, 75],
  ["Hairdresser", 19, 66],
  ["Geologist", 26, 67],
  ["Dentist", 27, 69],
  ["Barista", 18, 45],
  ["Student", 18, 28],
  ["Civil engineer", 25, 67],
  ["Violin maker", 26, 75],
  ["Game designer", 22, 55],
  ["Paramedic", 21, 58],
  ["Farmer", 20, 75],
  ["Product manager", 25, 62],
  ["Interpreter", 25, 70],
  ["Tailor", 20, 75],
  ["Museum guard", 22, 70],
  ["Cheesemonger", 22, 70],
  ["Kindergarten teacher", 21, 65],
  ["Truck driver", 23, 65],
  ["Copywriter", 22, 65],
  ["Doctor", 27, 70],
  ["Welder", 19, 64],
  ["Photographer", 20, 72],
];

/** What somebody of that age may do for a living; some say nothing, and from 66 on many are retired. */
export function jobOf(dice: Dice, age: number): string | null {
  if (dice.chance(0.18)) return null;
  if (age >= 66 && dice.chance(0.7)) return "Retired teacher";
  return dice.weighted(jobs.filter(([, from, to]) => age >= from && age <= to).map(([job]) => [job, job === "Student" ? 14 : 1] as const));
}
