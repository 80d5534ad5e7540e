import { fc } from "../fastCheck.fixture.ts";
import { expect, test } from "vitest";
import { Intent } from "@pendo/contract/profile";
import { DIMENSIONS } from "../index/population.ts";
import type { Answers } from "./answers.ts";
import { inclination } from "./chance.ts";
import { coldStart, LEARNED_DIMENSIONS, pairFeatures, PRIOR_DIMENSIONS, priorWeights } from "./coldStart.ts";

const answers: fc.Arbitrary<Answers> = fc.record({
  ageYears: fc.integer({ min: 18, max: 99 }),
  intent: fc.option(fc.constantFrom(...Intent.options)),
  interests: fc.array(fc.constantFrom("hiking", "Jazz", "road trips", "tea", "chess", "nonsense", "théâtre"), { maxLength: 10 }),
});

const expected = (one: Answers, other: Answers): number => {
  const { sameIntent, sharedTopics, ageGap } = pairFeatures(one, other);
  return priorWeights.base + priorWeights.sameIntent * sameIntent + priorWeights.sharedTopics * sharedTopics + priorWeights.ageGap * ageGap;
};

test("the vectors say exactly what the logistic on pair features says", () => {
  fc.assert(
    fc.property(answers, answers, (one, other) => {
      expect(inclination(coldStart(one), coldStart(other))).toBeCloseTo(expected(one, other), 4);
    }),
  );
});

test("vectors that left the age gap to the biases alone would be caught", () => {
  const one: Answers = { ageYears: 60, intent: null, interests: [] };
  const traits = coldStart(one);
  const without = { ...traits, likes: traits.likes.map((value, at) => (at === 4 ? 0 : value)) };
  expect(inclination(without, traits)).not.toBeCloseTo(expected(one, one), 1);
});

test("what is learned has components of its own", () => {
  expect(PRIOR_DIMENSIONS + LEARNED_DIMENSIONS).toBe(DIMENSIONS);
  expect(LEARNED_DIMENSIONS).toBeGreaterThanOrEqual(4);
  expect(
    [...coldStart({ ageYears: 40, intent: "casual", interests: ["tea"] }).is.subarray(PRIOR_DIMENSIONS)].every((value) => value === 0),
  ).toBe(true);
});

test("people of one age, intent and liking are foretold a yes before those who share nothing", () => {
  const one: Answers = { ageYears: 30, intent: "casual", interests: ["climbing", "tea"] };
  const near = inclination(coldStart(one), coldStart({ ageYears: 31, intent: "casual", interests: ["hiking", "coffee"] }));
  const far = inclination(coldStart(one), coldStart({ ageYears: 52, intent: "relationship", interests: ["opera"] }));
  expect(near).toBeGreaterThan(far);
});
