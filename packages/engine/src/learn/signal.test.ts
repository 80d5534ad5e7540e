import { fc } from "../fastCheck.fixture.ts";
import { expect, test } from "vitest";
import { deckScore, inclination, sigmoid } from "../score/chance.ts";
import { coldStart } from "../score/coldStart.ts";
import { normal, seeded } from "../random.ts";
import { newcomer, traitsOf, type Belief } from "./belief.ts";
import { forget, HALF_LIFE_DAYS } from "./decay.ts";
import { foretold, learn, type Signal } from "./signal.ts";

const prior = coldStart({ ageYears: 30, intent: null, interests: [] });
const person = (seed = 1): Belief => newcomer(prior, 0, seeded(seed));
const copy = (belief: Belief): Belief => structuredClone(belief);

/** How well a learner orders yeses that it has not seen: the part of pairs of a yes and a no that it puts right. */
function skill(teach: typeof learn): number {
  const random = seeded(77);
  const hidden = Array.from({ length: 80 }, () => ({ ready: normal(random), appeal: 1.2 * normal(random) }));
  const beliefs = hidden.map((_, at) => person(at));
  const yes = (from: number, to: number): boolean => random() < sigmoid((hidden[from]?.ready ?? 0) + (hidden[to]?.appeal ?? 0));
  for (let swipe = 0; swipe < 2400; swipe++) {
    const [from, to] = [Math.floor(random() * 40), 40 + Math.floor(random() * 40)];
    teach(beliefs[from] as Belief, beliefs[to] as Belief, yes(from, to) ? "like" : "pass", 0);
  }
  const scores: { score: number; yes: boolean }[] = [];
  for (let from = 0; from < 40; from++) {
    for (let to = 40; to < 80; to++)
      scores.push({ score: foretold(beliefs[from] as Belief, beliefs[to] as Belief).mean, yes: yes(from, to) });
  }
  const [good, bad] = [scores.filter((one) => one.yes), scores.filter((one) => !one.yes)];
  const right = good.reduce((sum, one) => sum + bad.filter((other) => other.score < one.score).length, 0);
  return right / (good.length * bad.length);
}

test("thirty swipes each are enough to order unseen pairs well", () => {
  expect(skill(learn)).toBeGreaterThan(0.76);
});

test("a learner that mixes up likes and passes, or who swiped with who was swiped, would be caught", () => {
  expect(skill((from, to, signal, day) => learn(from, to, signal === "like" ? "pass" : "like", day))).toBeLessThan(0.4);
  expect(skill((from, to, signal, day) => learn(to, from, signal, day))).toBeLessThan(0.72);
});

test("a like raises the liker's readiness and the other's appeal, a pass lowers both, and nobody else is touched", () => {
  for (const [signal, sign] of [
    ["like", 1],
    ["superlike", 1],
    ["answered", 1],
    ["matched", 1],
    ["pass", -1],
  ] as const) {
    const [one, other] = [person(1), person(2)];
    learn(one, other, signal, 0);
    expect(Math.sign(one.actor)).toBe(sign);
    expect(Math.sign(other.target)).toBe(sign);
  }
});

test("whoever turns out to be choosy is taken to be wanted a little more, and whoever is wanted to be choosier", () => {
  const [choosy, wanted] = [person(1), person(2)];
  learn(choosy, person(3), "pass", 0);
  learn(person(4), wanted, "like", 0);
  expect(choosy.target).toBeGreaterThan(0);
  expect(wanted.actor).toBeLessThan(0);
});

test("signals weigh as they should: a superlike more than a like, a like more than the match that comes of it", () => {
  const after = (signal: Signal): number => {
    const [one, other] = [person(1), person(2)];
    learn(one, other, signal, 0);
    return other.target;
  };
  expect(after("superlike")).toBeGreaterThan(after("like"));
  expect(after("like")).toBeGreaterThan(after("matched"));
  expect(after("answered")).toBeCloseTo(after("like"), 9);
});

test("the like of who likes everybody says next to nothing, and that of who is choosy much", () => {
  const [bot, choosy] = [person(1), person(2)];
  for (let swipe = 0; swipe < 200; swipe++) {
    learn(bot, person(100 + swipe), "like", 0);
    learn(choosy, person(400 + swipe), swipe % 20 === 0 ? "like" : "pass", 0);
  }
  const [byBot, byChoosy] = [person(3), person(3)];
  learn(bot, byBot, "like", 0);
  learn(choosy, byChoosy, "like", 0);
  expect(byBot.target * 4).toBeLessThan(byChoosy.target);
});

test("whatever is learned, in whatever order, numbers stay finite, variances above 0 and traits within the index's bounds", () => {
  const signals = fc.array(
    fc.tuple(
      fc.nat(3),
      fc.nat(3),
      fc.constantFrom<Signal>("like", "superlike", "pass", "matched", "answered"),
      fc.integer({ min: -5, max: 900 }),
    ),
    { maxLength: 300 },
  );
  fc.assert(
    fc.property(signals, (list) => {
      const people = [0, 1, 2, 3].map(person);
      for (const [from, to, signal, day] of list) if (from !== to) learn(people[from] as Belief, people[to] as Belief, signal, day);
      for (const belief of people) {
        expect(belief.actorVariance).toBeGreaterThan(0);
        expect(belief.targetVariance).toBeGreaterThan(0);
        expect(belief.actorVariance * belief.targetVariance - belief.covariance ** 2).toBeGreaterThan(0);
        expect(belief.likesVariance).toBeGreaterThan(0);
        const traits = traitsOf(belief);
        expect(Math.abs(traits.actorBias)).toBeLessThanOrEqual(16);
        expect([...traits.likes, ...traits.is].every(Number.isFinite)).toBe(true);
        expect(deckScore(traits, traitsOf(people[0] as Belief))).toBeLessThanOrEqual(1);
      }
    }),
    { numRuns: 60 },
  );
});

test("five hundred superlikes of one person by one other do not run away", () => {
  const [one, other] = [person(1), person(2)];
  for (let count = 0; count < 500; count++) learn(one, other, "superlike", 0);
  expect(foretold(one, other).mean).toBeGreaterThan(1);
  expect(foretold(one, other).mean).toBeLessThan(16);
});

test("half is forgotten after the half-life, two steps are one, and a day in the past changes nothing", () => {
  const belief = person(5);
  for (let swipe = 0; swipe < 30; swipe++) learn(person(swipe), belief, "like", 0);
  const [once, twice, late] = [copy(belief), copy(belief), copy(belief)];
  forget(once, HALF_LIFE_DAYS);
  forget(twice, 50);
  forget(twice, HALF_LIFE_DAYS);
  forget(late, -3);
  expect(once.target).toBeCloseTo(belief.target / 2, 9);
  expect(once.actor).toBeCloseTo(belief.actor / 2, 9);
  expect(Math.abs(belief.actor)).toBeGreaterThan(0.01);
  expect(twice.target).toBeCloseTo(once.target, 9);
  expect(twice.targetVariance).toBeCloseTo(once.targetVariance, 9);
  expect(once.targetVariance).toBeGreaterThan(belief.targetVariance);
  expect(late).toEqual(belief);
});

test("the traits that are told say what the belief says", () => {
  const [one, other] = [person(1), person(2)];
  for (let swipe = 0; swipe < 40; swipe++) learn(one, other, swipe % 3 === 0 ? "like" : "pass", 0);
  expect(inclination(traitsOf(one), traitsOf(other))).toBeCloseTo(foretold(one, other).mean, 5);
});

test("a swipe costs the same whatever was learned before: no list grows in a belief", () => {
  const [one, other] = [person(1), person(2)];
  const before = JSON.stringify(one).length;
  for (let swipe = 0; swipe < 1000; swipe++) learn(one, other, "pass", swipe / 100);
  expect(JSON.stringify(one).length).toBeLessThan(before * 2);
});
