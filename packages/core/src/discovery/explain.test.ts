import type { UserId } from "@pendo/contract/ids";
import { expect, test } from "vitest";
import { Fault } from "../fault.ts";
import { testDb } from "../ports/db/testDb.ts";
import { testPorts } from "../ports/testPorts.ts";
import { addPeople } from "../swipes/people.fixture.ts";
import * as swipes from "../swipes/swipes.ts";
import { pairing } from "./explain.ts";

const db = testDb();
const ports = testPorts(db);

async function two(): Promise<[UserId, UserId]> {
  const [one, other] = await addPeople(db, [{ gender: "woman" }, { gender: "man" }]);
  return [one as UserId, other as UserId];
}

const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => "answered",
    (error: unknown) => (error instanceof Fault ? error.code : String(error)),
  );

test("GET …/reasons is made of one's own answers and of the other's public card, and holds nothing that the other asks for", async () => {
  const [viewerId, userId] = await two();
  const { viewer, card } = await pairing(ports, { viewerId, userId });
  expect(Object.keys(viewer).toSorted()).toEqual(["intent", "interests", "wants"]);
  expect(card.userId).toBe(userId);
  expect(JSON.stringify(card)).not.toMatch(/ageMin|genders|radiusKm|intents/);
});

test("GET …/reasons answers profile.notFound for the swiped, the blocked and the unknown alike", async () => {
  const [viewerId, userId] = await two();
  await swipes.record(ports, { swiperId: viewerId, targetId: userId, action: "pass" });
  expect(await codeOf(pairing(ports, { viewerId, userId }))).toBe("profile.notFound");
  const [alone, blocked] = await two();
  await db`insert into blocks (blocker_id, blocked_id, created_at) values (${blocked}, ${alone}, ${ports.clock.now()})`;
  expect(await codeOf(pairing(ports, { viewerId: alone, userId: blocked }))).toBe("profile.notFound");
  expect(await codeOf(pairing(ports, { viewerId: alone, userId: ports.ids.next<UserId>() }))).toBe("profile.notFound");
});
