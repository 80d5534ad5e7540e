import type { UserId } from "@pendo/contract/ids";
import { expect, test } from "vitest";
import { Fault } from "../fault.ts";
import { testDb } from "@pendo/local/db/testDb";
import { testPorts } from "@pendo/local/testPorts";
import { addPeople } from "../swipes/people.fixture.ts";
import { pairing } from "./explain.ts";
import { listRecommendations } from "./recommend.ts";

const db = testDb();
const ports = testPorts(db);
// A noon, so that no test runs over midnight.
const DAY_MS = 86_400_000;
ports.clock.advance(DAY_MS - ((ports.clock.now().getTime() - DAY_MS / 2) % DAY_MS));

async function two(): Promise<[UserId, UserId]> {
  const [one, other] = await addPeople(db, [{ gender: "woman" }, { gender: "man" }]);
  return [one as UserId, other as UserId];
}

const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => "answered",
    (error: unknown) => (error instanceof Fault ? error.code : String(error)),
  );

/** Hands the viewer's cards out. */
const look = (userId: UserId) => listRecommendations(ports, { userId, limit: 20 });

test("GET …/reasons is made of one's own answers and of the other's public card, and holds nothing that the other asks for", async () => {
  const [viewerId, userId] = await two();
  await look(viewerId);
  const { viewer, card } = await pairing(ports, { viewerId, userId });
  expect(Object.keys(viewer).toSorted()).toEqual(["intent", "interests", "wants"]);
  expect(card.id).toBe(userId);
  expect(JSON.stringify(card)).not.toMatch(/ageMin|genders|radiusKm|intents/);
});

test("GET …/reasons answers profile.notFound for the blocked, the unknown and whoever was not handed out alike", async () => {
  const [viewerId, userId] = await two();
  expect(await codeOf(pairing(ports, { viewerId, userId }))).toBe("profile.notFound");
  await look(viewerId);
  expect(await codeOf(pairing(ports, { viewerId, userId }))).toBe("answered");
  await db`insert into blocks (blocker_id, blocked_id, created_at) values (${userId}, ${viewerId}, ${ports.clock.now()})`;
  expect(await codeOf(pairing(ports, { viewerId, userId }))).toBe("profile.notFound");
  expect(await codeOf(pairing(ports, { viewerId, userId: ports.ids.next<UserId>() }))).toBe("profile.notFound");
});

test("GET …/reasons reads nothing about a stranger by changes of one's own gender and age", async () => {
  const [viewerId, userId] = await two();
  await db`update preferences set genders = '{woman}' where user_id = ${userId}`;
  const answers: string[] = [];
  for (const gender of ["man", "woman", "nonbinary"]) {
    for (const birthDate of ["1960-01-01", "1995-01-01", "2007-01-01"]) {
      await db`update profiles set gender = ${gender}, birth_date = ${birthDate} where user_id = ${viewerId}`;
      answers.push(await codeOf(pairing(ports, { viewerId, userId })));
    }
  }

  expect(new Set(answers)).toEqual(new Set(["profile.notFound"]));
});

test("GET …/reasons says of a card what it said when the card was handed out, until the day is over", async () => {
  const [viewerId, userId] = await two();
  await look(viewerId);
  const before = await pairing(ports, { viewerId, userId });

  await db`update profiles set gender = 'man', intent = 'casual', interests = '{chess}' where user_id = ${viewerId}`;
  await db`update preferences set age_min = 90, intents = '{casual}' where user_id = ${viewerId}`;
  expect(await pairing(ports, { viewerId, userId })).toEqual(before);

  ports.clock.advance(DAY_MS);
  expect(await codeOf(pairing(ports, { viewerId, userId }))).toBe("profile.notFound");
});
