import type { MatchId, UserId } from "@pendo/contract/ids";
import { expect, test } from "vitest";
import { Fault } from "../fault.ts";
import * as likes from "../likes/likes.ts";
import { testDb } from "@pendo/local/db/testDb";
import { testPorts } from "@pendo/local/testPorts";
import { addCrowd, addPeople } from "../swipes/people.fixture.ts";
import * as swipes from "../swipes/swipes.ts";
import * as matches from "./matches.ts";

const db = testDb();
const ports = testPorts(db);

const swipe = (swiperId: UserId, targetId: UserId, action: "like" | "pass" = "like") =>
  swipes.record(ports, { swiperId, targetId, action });

async function matched(): Promise<{ a: UserId; b: UserId; matchId: MatchId }> {
  const [a, b] = (await addCrowd(db, 2)) as [UserId, UserId];
  await swipe(a, b);
  const { matchId } = await swipe(b, a);
  return { a, b, matchId: matchId as MatchId };
}

const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => "no fault",
    (error: unknown) => (error instanceof Fault ? error.code : error),
  );

test("GET /v1/matches lists the caller's matches newest first, in pages, from either side", async () => {
  const people = (await addCrowd(db, 6)) as UserId[];
  const me = people[2] as UserId;
  const others = people.filter((id) => id !== me);
  for (const other of others) {
    await swipe(me, other);
    await swipe(other, me);
    ports.clock.advance(1_000);
  }
  const first = await matches.list(ports, { userId: me, limit: 2 });
  const second = await matches.list(ports, { userId: me, limit: 2, cursor: first.next ?? "" });
  const third = await matches.list(ports, { userId: me, limit: 2, cursor: second.next ?? "" });
  expect([...first.items, ...second.items, ...third.items].map((item) => item.user.id)).toEqual(others.toReversed());
  expect(third.next).toBeNull();
  expect(await codeOf(matches.list(ports, { userId: me, limit: 2, cursor: "bm8" }))).toBe("input.invalid");
});

test("GET /v1/matches/{matchId} returns a current match of the caller, and no match of other users", async () => {
  const { a, b, matchId } = await matched();
  const [stranger] = (await addCrowd(db, 1)) as [UserId];
  expect((await matches.get(ports, { userId: a, matchId })).user.id).toBe(b);
  expect(await codeOf(matches.get(ports, { userId: stranger, matchId }))).toBe("match.notFound");
});

test("DELETE /v1/matches/{matchId} ends match and conversation once, for both and for good", async () => {
  const { a, b, matchId } = await matched();
  const [stranger] = (await addCrowd(db, 1)) as [UserId];
  expect(await codeOf(matches.end(ports, { matchId, endedBy: stranger }))).toBe("match.notFound");
  await Promise.all([
    matches.end(ports, { matchId, endedBy: a }),
    matches.end(ports, { matchId, endedBy: b }),
    matches.end(ports, { matchId, endedBy: a }),
  ]);
  await matches.end(ports, { matchId, endedBy: b });
  const ended = (await ports.facts("match.ended")).filter((fact) => fact.data.matchId === matchId);
  expect(ended).toHaveLength(1);
  expect(await db`select 1 from conversations where match_id = ${matchId} and ended_at is not null`).toHaveLength(1);
  expect(await db`select user_id, rev from user_log where ref = ${matchId} order by user_id`).toMatchObject(
    [a, b].toSorted().map((userId) => ({ userId })),
  );
  expect(await codeOf(matches.get(ports, { userId: a, matchId }))).toBe("match.notFound");
  expect((await matches.list(ports, { userId: b, limit: 10 })).items).toEqual([]);
  for (const action of ["like", "pass"] as const) expect(await codeOf(swipe(a, b, action))).toBe("profile.notFound");
});

test("endBetween ends a match, and takes the likes that wait away from inbox and count", async () => {
  const { a, b } = await matched();
  const [c] = (await addCrowd(db, 1)) as [UserId];
  await swipe(c, a);
  await db.begin(async (tx) => {
    await matches.endBetween(tx, ports.bus, { a, b, endedBy: a, at: ports.clock.now() });
    await matches.endBetween(tx, ports.bus, { a, b: c, endedBy: a, at: ports.clock.now() });
  });
  expect(await db`select 1 from matches where ${a} in (lo, hi) and ended_at is null`).toEqual([]);
  expect(await likes.listIncoming(ports, { userId: a, limit: 10 })).toEqual({ items: [], next: null, count: 0 });
  const after = (await ports.facts("match.ended")).filter((fact) => fact.data.endedBy === a);
  expect(after).toHaveLength(1);
});

test("GET /v1/likes lists who waits for whom, with the maintained count, leaving out the suspended", async () => {
  const [me, ...likers] = (await addPeople(db, [{}, { name: "Bo" }, { name: "Cy" }, { name: "Di" }])) as [UserId, UserId, UserId, UserId];
  for (const liker of likers) {
    await swipes.record(ports, { swiperId: liker, targetId: me, action: "like", comment: "Hello" });
    ports.clock.advance(1_000);
  }
  const first = await likes.listIncoming(ports, { userId: me, limit: 2 });
  expect(first.items.map((item) => [item.user.name, item.comment])).toEqual([
    ["Di", "Hello"],
    ["Cy", "Hello"],
  ]);
  const second = await likes.listIncoming(ports, { userId: me, limit: 2, cursor: first.next ?? "" });
  expect([second.items.map((item) => item.user.name), second.next, second.count]).toEqual([["Bo"], null, 3]);
  expect((await likes.listOutgoing(ports, { userId: likers[0] as UserId, limit: 5 })).items.map((item) => item.user.id)).toEqual([me]);
  await db`update users set status = 'suspended' where id = ${likers[2] as UserId}`;
  expect((await likes.listIncoming(ports, { userId: me, limit: 5 })).items.map((item) => item.user.name)).toEqual(["Cy", "Bo"]);
});
