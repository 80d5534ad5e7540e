import { fc } from "../fastCheck.fixture.ts";
import { expect, test } from "vitest";
import { DistanceBand, Intent } from "@pendo/contract/profile";
import { type Reason, reasons, sentence, type VisibleCard, type Viewer } from "./reasons.ts";

const viewer: Viewer = {
  intent: "relationship",
  interests: ["Hiking", "jazz", "church"],
  wants: { ageMin: 28, ageMax: 40, intents: ["relationship", "unsure"] },
};
const shown: VisibleCard = { age: 33, intent: "relationship", interests: ["hiking", "chess", "church"], distance: "under5km" };

test("a person reads what the two share, and that each fits the other", () => {
  expect(reasons(viewer, shown).map(sentence)).toEqual([
    "You share hiking.",
    "You are both looking for a relationship.",
    "They are less than 5 km away.",
    "They are 33, within the ages you chose.",
    "You fit what each of you asked for.",
  ]);
});

test("likings that are alike are named when none is the same", () => {
  expect(reasons(viewer, { ...shown, interests: ["climbing"] })[0]).toEqual({
    kind: "sharedTopic",
    topic: "outdoors",
    yours: "Hiking",
    theirs: "climbing",
  });
});

const privateAnswers = fc.record({
  wants: fc.record({
    genders: fc.array(fc.constantFrom("woman", "man", "nonbinary")),
    ageMin: fc.integer(),
    ageMax: fc.integer(),
    radiusKm: fc.integer(),
    intents: fc.array(fc.string()),
  }),
  birthDate: fc.string(),
  home: fc.record({ lat: fc.double(), lon: fc.double() }),
  likedMe: fc.boolean(),
  likes: fc.array(fc.double()),
  targetBias: fc.double(),
  price: fc.double(),
  lastActiveAt: fc.string(),
});

/** Whether reasons differ with what of the other is private. */
function leaks(explain: (viewer: Viewer, other: VisibleCard) => Reason[]): boolean {
  const told = new Set<string>();
  fc.assert(
    fc.property(privateAnswers, (hidden) => {
      told.add(JSON.stringify(explain(viewer, { ...shown, ...hidden })));
    }),
  );
  return told.size > 1;
}

test("no reason depends on anything of the other that the card does not show", () => {
  expect(leaks(reasons)).toBe(false);
});

test("a reason that told what ages the other asked for would be caught", () => {
  expect(
    leaks((me, other) => [
      ...reasons(me, other),
      { kind: "wantedAge", age: (other as unknown as { wants: { ageMin: number } }).wants.ageMin },
    ]),
  ).toBe(true);
});

test("faiths are no reason, even when both wrote the same", () => {
  expect(JSON.stringify(reasons(viewer, shown))).not.toContain("church");
});

test("every reason has a sentence, whatever the two are, and the last is always the same", () => {
  const interests = fc.array(fc.constantFrom("tea", "Chess", "films", "yoga", "x"));
  const anybody = fc.record({
    age: fc.integer({ min: 18, max: 99 }),
    intent: fc.option(fc.constantFrom(...Intent.options)),
    interests,
    distance: fc.option(fc.constantFrom(...DistanceBand.options)),
  });
  fc.assert(
    fc.property(anybody, interests, (other, mine) => {
      const found = reasons({ ...viewer, interests: mine }, other);
      expect(found.at(-1)).toEqual({ kind: "fitsBoth" });
      for (const reason of found) expect(sentence(reason)).toMatch(/^[A-Z].*\.$/);
    }),
  );
});
