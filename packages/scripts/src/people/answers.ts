import { promptQuestionKeys, type PromptQuestion } from "@pendo/contract/promptQuestions";
import type { Dice } from "./dice.ts";

const foods = [
  "lasagne",
  "dumplings",
  "mushroom risotto",
  "fish tacos",
  "a very slow curry",
  "pancakes with too much lemon",
  "shakshuka",
  "okra stew",
];
const places = [
  "an island without cars",
  "the old harbour",
  "a bookshop with a cat",
  "any night market",
  "the far end of the botanical garden",
  "the last stop of the tram",
];
const crafts = [
  "folding paper cranes",
  "parallel parking",
  "reading a tide table",
  "making pasta without a machine",
  "juggling three of anything",
  "sewing on a button for good",
];
const fates = [
  "a lighthouse keeper",
  "a detective for lost cats",
  "the first dentist on the moon",
  "a long-distance trucker",
  "a queen or a baker, whichever was free",
];
const films = [
  "a slow film about a lift that never comes",
  "every cookbook with stains in it",
  "a novel where nothing happens, beautifully",
  "the documentary about snow",
];
const songs = [
  "something from 1978 with far too much trumpet",
  "the first half of one aria",
  "a lullaby that I sped up",
  "whatever the ice cream van plays",
];

/** Answers to each question; {…} is filled with one of the lists. */
const answers: Readonly<Record<PromptQuestion, readonly string[]>> = {
  sundayMorning: [
    "Nine: coffee. Ten: more coffee. Eleven: {place}. Noon: a nap I did not plan.",
    "Bread at eight, a long call with my sister, then {food} for whoever turns up.",
    "Asleep, asleep, asleep, suddenly hungry.",
  ],
  smallJoy: [
    "The bus arriving as I do.",
    "Finding money in last winter's coat.",
    "When a dog chooses my side of the pavement.",
    "The first cold glass after a long ride.",
  ],
  askMeAbout: [
    "missed three trains in one day and still arrived early.",
    "was locked in a museum over lunch.",
    "won a cooking contest with {food} and no oven.",
    "taught a parrot to answer the phone.",
  ],
  unpopularOpinion: [
    "The end piece of the bread is the best piece.",
    "Autumn is overrated. Late March is where it happens.",
    "Museums should have beds.",
    "Every party needs a chair for whoever is tired.",
  ],
  teachYou: [
    "{craft}, badly at first and then rather well.",
    "to tell seven birds by their voices.",
    "the only card trick I know, and how to keep a straight face.",
  ],
  teachMe: ["to whistle with two fingers.", "{craft}. I have tried alone and it shows.", "how to sleep on planes."],
  kitchen: [
    "{food}. I have stopped pretending that there is a secret.",
    "My grandmother's soup, which is never the same and always hers.",
    "{food}, at midnight, in the wrong pot.",
  ],
  getLost: ["{place}.", "{place}, with no battery left.", "A hardware store on a Saturday."],
  songOnRepeat: ["{song}.", "{song}, with hand movements.", "Four chords that I am still learning."],
  changedMyMind: [
    "Olives. I was wrong for twenty-six years.",
    "Living alone. Turns out that I like voices in the next room.",
    "Mornings, though I tell nobody at work.",
  ],
  firstDate: [
    "a walk to {place} and something warm to hold.",
    "{food}, and the worst table by the kitchen door, where one hears everything.",
    "you choosing the route and me choosing the bench.",
  ],
  greenFlag: [
    "ask the question after the question.",
    "text that you are late before you are late.",
    "know the name of the person at the bakery.",
    "can be quiet in a car.",
  ],
  laughed: [
    "My father trying to mute himself in a room he was standing in.",
    "A pigeon that took the escalator.",
    "My own joke, to be honest, at a funeral of a goldfish.",
  ],
  superstition: [
    "I never step out of the house on the left foot before an exam. I finished school long ago.",
    "I greet magpies.",
    "I keep every ticket, in case a train wants it back.",
  ],
  tenYearsOld: ["{fate}.", "{fate}. There is still time.", "taller."],
  lookingFor: [
    "likes plans and likes it when they fall apart.",
    "will share {food} and does not count the pieces.",
    "is kind first and clever second.",
    "wants to see {place} in every season.",
  ],
  weekendProject: ["A shelf that has been flat since spring.", "A map of every staircase in town.", "Learning {craft}."],
  bookOrFilm: ["{film}.", "{film}. I have given away four copies.", "The one I cannot describe without ruining it."],
  proudOf: [
    "My little brother, mostly.",
    "Having learned to swim at an age at which one is supposed to know.",
    "Saying sorry first, and lately also meaning it.",
  ],
  together: [
    "Folding a fitted sheet.",
    "Making {food} while the radio argues.",
    "Finding {place} without a map.",
    "Doing nothing, properly.",
  ],
  debate: ["Is soup a meal or a drink?", "Window open at night, or are you wrong?", "Is it still a picnic if there is a table?"],
};

const lists: Readonly<Record<string, readonly string[]>> = {
  food: foods,
  place: places,
  craft: crafts,
  fate: fates,
  film: films,
  song: songs,
};

/** Answers to as many different questions; most people answer two. */
export function answersOf(dice: Dice, count: number): { question: PromptQuestion; answer: string }[] {
  return dice.sample(promptQuestionKeys, count).map((question) => {
    const filled = dice.pick(answers[question]).replaceAll(/\{(\w+)\}/g, (_, list: string) => dice.pick(lists[list] ?? [""]));
    return { question, answer: filled.charAt(0).toUpperCase() + filled.slice(1) };
  });
}
