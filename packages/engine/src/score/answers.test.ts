import { expect, test } from "vitest";
import { type Answers, neverRanked, ranked } from "./answers.ts";
import { deckScore } from "./chance.ts";
import { coldStart, pairFeatures } from "./coldStart.ts";
import { topicOfInterest, topics } from "./topics.ts";

const ada: Answers = { ageYears: 31, intent: "relationship", interests: ["hiking", "jazz", "Board Games"] };
const ben: Answers = { ageYears: 35, intent: "relationship", interests: ["bouldering", "vinyl", "chess"] };
const faiths = [
  "catholic",
  "Muslim",
  "jewish",
  "church",
  "bible study",
  "Hindu",
  "roots: Nigeria",
  "latino",
  "asian culture",
  "Polish",
  "gospel",
];

/** Whether a way of scoring two people moves when either says something that must not count. */
function moves(score: (one: Answers, other: Answers) => number): boolean {
  const plain = score(ada, ben);
  return faiths.some((word) => {
    const one = { ...ada, interests: [...ada.interests, word] };
    const other = { ...ben, interests: [...ben.interests, word] };
    const named = Object.fromEntries(neverRanked.map((name) => [name, word]));
    return score({ ...one, ...named }, { ...other, ...named }) !== plain;
  });
}

test("a score reads three answers, none of which is race, religion or ethnicity", () => {
  expect([...ranked].sort()).toEqual(["ageYears", "intent", "interests"]);
  expect(ranked.filter((name) => /rac|ethn|relig|faith|caste|nation|origin|colou?r/i.test(name))).toEqual([]);
});

test("faith and origin move no score, whether in fields of their own or written among the interests", () => {
  expect(moves((one, other) => deckScore(coldStart(one), coldStart(other)))).toBe(false);
  expect(moves((one, other) => Object.values(pairFeatures(one, other)).reduce((sum, value) => sum + value, 0))).toBe(false);
});

test("a score that compared interests by their words, or read any field it was given, would be caught", () => {
  expect(moves((one, other) => one.interests.filter((interest) => other.interests.includes(interest)).length)).toBe(true);
  expect(moves((one, other) => (JSON.stringify(one).length === JSON.stringify(other).length ? 1 : Object.keys(one).length))).toBe(true);
});

test("no word of the topics is a faith or an origin", () => {
  for (const word of faiths) expect(topicOfInterest(word)).toBeNull();
  expect(topics.filter((topic) => /faith|church|relig|culture|heritage/.test(topic))).toEqual([]);
});
