import { expect, test } from "vitest";
import { eligible } from "../eligibility/eligible.ts";
import { seeded } from "../random.ts";
import { AXIS } from "./leafTable.ts";
import { MatchIndex } from "./matchIndex.ts";
import type { Person } from "./population.ts";
import { randomPerson, randomTraits, TODAY } from "./random.fixture.ts";
import { eligibleFor } from "./search.ts";

/** Somebody of a crowd in which many were born on the same days, so that trees are divided on days which viewers ask for. */
function oneOfMany(number: number, random: () => number): Person {
  const person = randomPerson(number, { lat: 48, lon: 11 }, random);
  const ageMax = person.wants.ageMin + 15;
  return {
    ...person,
    birthDay: TODAY - Math.round(365.25 * Math.round((TODAY - person.birthDay) / 365.25)),
    wants: { ...person.wants, ageMin: Math.max(18, ageMax - 30), ageMax, radiusKm: 3 + Math.floor(random() * 30), dealbreakers: 0 },
  };
}

test("of a crowd whose tree is divided by everything, nobody eligible is left out", () => {
  const [index, random] = [new MatchIndex(), seeded(31)];
  const crowd = Array.from({ length: 30_000 }, (_, number) => oneOfMany(number, random));
  for (const person of crowd) index.put(person, randomTraits(random));
  let found = 0;
  for (const viewer of crowd.slice(0, 120)) {
    const expected = crowd.filter((candidate) => eligible(viewer, candidate, { today: TODAY, tie: null })).map(({ userId }) => userId);
    expect(eligibleFor(index, { userId: viewer.userId, today: TODAY }).toSorted()).toEqual(expected.toSorted());
    found += expected.length;
  }
  expect(found).toBeGreaterThan(3000);
  expect([...index.leaves.table.axis]).toEqual(expect.arrayContaining([AXIS.x, AXIS.y, AXIS.birthDay, AXIS.bits]));
});
