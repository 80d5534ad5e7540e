import type { SwipeAction } from "@pendo/contract/events";
import type { UserId } from "@pendo/contract/ids";
import { shuffle } from "@pendo/engine/random";
import { ageOn, dayAt, dayOf } from "@pendo/engine/eligibility/age";
import { newcomerOf, type Belief } from "@pendo/engine/learn/belief";
import { encodeLearned } from "@pendo/engine/learn/beliefCode";
import { learn, type Signal } from "@pendo/engine/learn/signal";
import { coldStart } from "@pendo/engine/score/coldStart";
import { beforeEach, expect, test } from "vitest";
import { testDb } from "@pendo/local/db/testDb";
import { testPorts } from "@pendo/local/testPorts";
import { testRandom } from "@pendo/engine/testSeed.fixture";
import { addCrowd, addPeople } from "../swipes/people.fixture.ts";
import * as swipes from "../swipes/swipes.ts";
import { learnFrom, type ActingPair } from "./learn.ts";

const db = testDb({ max: 12 });
const ports = testPorts(db);
// A noon, so that no test runs over midnight.
const DAY_MS = 86_400_000;
ports.clock.advance(DAY_MS - ((ports.clock.now().getTime() - DAY_MS / 2) % DAY_MS));
/** A day later, when passes count as well. */
const tomorrow = { ...ports, clock: { now: () => new Date(ports.clock.now().getTime() + DAY_MS) } };
const swiped = (...pairs: readonly ActingPair[]) => learnFrom(tomorrow, { swiped: pairs, replied: [] });

beforeEach(async () => {
  await db`delete from users`;
});

interface Deed {
  readonly from: UserId;
  readonly to: UserId;
  readonly signal: Signal;
  readonly at: Date;
}

const numbersIn = (bytes: Uint8Array): Float32Array => new Float32Array(Uint8Array.from(bytes).buffer);

/** What shall be believed after these, one after another: the numbers that the table holds. */
async function expected(deeds: readonly Deed[]): Promise<Map<UserId, Float32Array>> {
  const rows = await db<{ id: UserId; createdAt: Date; birthDate: string; interests: string[] }[]>`
    select u.id, u.created_at, birth_date::text, interests from users u join profiles on user_id = u.id`;
  const today = dayAt(tomorrow.clock.now().getTime());
  const beliefs = new Map(
    rows.map(({ id, createdAt, birthDate, interests }): [UserId, Belief] => {
      const prior = coldStart({ ageYears: ageOn(today, dayOf(birthDate)), intent: "relationship", interests });
      return [id, newcomerOf(id, prior, createdAt)];
    }),
  );
  for (const { from, to, signal, at } of deeds)
    learn(beliefs.get(from) as Belief, beliefs.get(to) as Belief, signal, at.getTime() / 86_400_000);
  const touched = new Set(deeds.flatMap(({ from, to }) => [from, to]));
  return new Map([...touched].toSorted().map((id) => [id, numbersIn(encodeLearned(beliefs.get(id) as Belief))]));
}

async function believed(): Promise<Map<UserId, Float32Array>> {
  const rows = await db<{ userId: UserId; learned: Uint8Array }[]>`select user_id, learned from beliefs order by user_id`;
  return new Map(rows.map(({ userId, learned }) => [userId, numbersIn(learned)]));
}

/** By how much what is believed is off at most; everything, where it is of other people. What is kept between two batches is rounded. */
async function off(deeds: readonly Deed[]): Promise<number> {
  const [one, other] = [await believed(), await expected(deeds)];
  if ([...one.keys()].join(" ") !== [...other.keys()].join(" ")) return Infinity;
  return Math.max(
    0,
    ...[...one].flatMap(([id, numbers]) => [...numbers].map((number, at) => Math.abs(number - (other.get(id)?.[at] ?? Infinity)))),
  );
}

const ROUNDING = 1e-5;

const swipe = async (from: UserId, to: UserId, action: SwipeAction): Promise<Deed> => {
  const at = ports.clock.now();
  await swipes.record(ports, { swiperId: from, targetId: to, action });
  ports.clock.advance(1_000);
  return { from, to, signal: action, at };
};

const matched = ({ from, to, at }: Deed): Deed[] => [
  { from, to, signal: "matched", at },
  { from: to, to: from, signal: "matched", at },
];

const random = testRandom();
const shuffled = <T>(of: readonly T[]): T[] => shuffle([...of], random);

test("a batch is learned from in the order of the answers' times, whatever order it comes in, and of the match that it makes", async () => {
  const [a, b, c] = (await addPeople(db, [{ interests: ["chess"] }, { interests: ["chess", "film"] }, {}])) as [UserId, UserId, UserId];
  const [first, second, third] = [await swipe(a, b, "like"), await swipe(c, b, "pass"), await swipe(b, a, "superlike")];
  expect(await swiped([b, a], [c, b], [a, b], [b, a])).toBe(3);
  expect(await off([first, second, third, ...matched(third)])).toBeLessThan(ROUNDING);
  // What the comparison would catch.
  expect(await off([third, second, first, ...matched(third)])).toBeGreaterThan(10 * ROUNDING);
  expect(await off([first, second, third])).toBeGreaterThan(10 * ROUNDING);
});

test("an answer is learned from once: again, with another like, or in many batches at once", async () => {
  const people = await addCrowd(db, 9);
  const deeds: Deed[] = [];
  for (let i = 0; i < 60; i++) {
    const [from, to] = [people[i % 9], people[(i * 5 + 1 + Math.floor(i / 9)) % 9]] as [UserId, UserId];
    const again = deeds.some((deed) => deed.from === from && deed.to === to);
    if (from === to || again) continue;
    const deed = await swipe(from, to, i % 3 === 0 ? "pass" : "like");
    const isMutual = deed.signal === "like" && deeds.some((one) => one.from === to && one.to === from && one.signal === "like");
    deeds.push(deed, ...(isMutual ? matched(deed) : []));
  }
  expect(deeds.filter(({ signal }) => signal === "matched").length).toBeGreaterThan(3);
  const pairs = deeds.map(({ from, to }): ActingPair => [from, to]);
  const counts = await Promise.all(Array.from({ length: 8 }, () => swiped(...shuffled([...pairs, ...pairs]))));
  const answers = deeds.filter(({ signal }) => signal !== "matched");
  expect(counts.reduce((sum, count) => sum + count, 0)).toBe(answers.length);
  expect(await off(deeds)).toBeLessThan(ROUNDING);
  const like = answers.find(({ signal, from, to }) => signal === "like" && !answers.some((one) => one.from === to && one.to === from));
  if (!like) throw new Error("Nobody's like waits.");
  await swipe(like.from, like.to, "superlike");
  expect(await swiped(...shuffled(pairs))).toBe(0);
  expect(await off(deeds)).toBeLessThan(ROUNDING);
});

test("many small batches at once over the same people neither wait for each other forever nor lose or double an answer", async () => {
  const people = await addCrowd(db, 14);
  const pairs = people.flatMap((from) => people.filter((to) => to !== from).map((to): ActingPair => [from, to]));
  await db`
    insert into swipe_pairs (lo, hi, lo_action, hi_action, lo_at, hi_at)
    select a, b, case when random() < 0.5 then 'like' else 'pass' end, case when random() < 0.5 then 'like' else 'pass' end, now(), now()
    from unnest(${people}::uuid[]) a, unnest(${people}::uuid[]) b where a < b`;
  const work = shuffled([...pairs, ...pairs, ...pairs]);
  const batches = Array.from({ length: Math.ceil(work.length / 10) }, (_, at) => work.slice(at * 10, at * 10 + 10));
  const counts = await Promise.all(batches.map((batch) => swiped(...batch)));
  expect(counts.reduce((sum, count) => sum + count, 0)).toBe(pairs.length);
  const [left] = await db`
    select count(*)::int as left from swipe_pairs
    where lo_learned is distinct from (lo_action <> 'pass') or hi_learned is distinct from (hi_action <> 'pass')`;
  expect(left).toEqual({ left: 0 });
  expect(await db`select 1 from beliefs where length(learned) <> 136 or actor = 0`).toEqual([]);
  expect((await believed()).size).toBe(14);
  // Whoever reads what another is about to write over loses what that one counted.
  const counted = await db`select user_id, swipes, shown, yeses from beliefs order by user_id`;
  const stands = await db`
    select a as user_id, 13 as swipes, 13 as shown,
      (select count(*)::int from swipe_pairs where (lo = a and lo_action = 'like') or (hi = a and hi_action = 'like')) as yeses
    from unnest(${people}::uuid[]) as asked (a) order by a`;
  expect(counted).toEqual(stands);
});

test("what was taken back before it was learned from is not learned; answered anew, it is learned from anew, and stays", async () => {
  const [a, b] = (await addCrowd(db, 2)) as [UserId, UserId];
  await swipe(a, b, "like");
  await swipes.rewind(ports, { swiperId: a });
  expect(await swiped([a, b])).toBe(0);
  expect((await believed()).size).toBe(0);
  const pass = await swipe(a, b, "pass");
  expect(await swiped([a, b])).toBe(1);
  await swipes.rewind(ports, { swiperId: a });
  expect(await swiped([a, b])).toBe(0);
  expect(await off([pass])).toBeLessThan(ROUNDING);
  const like = await swipe(a, b, "like");
  expect(await swiped([a, b])).toBe(1);
  expect(await off([pass, like])).toBeLessThan(ROUNDING);
});

test("the first message back is learned from once, and nothing else that is said", async () => {
  const [a, b] = (await addCrowd(db, 2)) as [UserId, UserId];
  const [first, second] = [await swipe(a, b, "like"), await swipe(b, a, "like")];
  await swiped([a, b], [b, a]);
  expect(await off([first, second, ...matched(second)])).toBeLessThan(ROUNDING);
  const at = ports.clock.now();
  const [lo, hi] = a < b ? [a, b] : [b, a];
  const [conversation] = await db<{ id: string }[]>`
    select c.id from conversations c join matches m on m.id = c.match_id where m.lo = ${lo} and m.hi = ${hi}`;
  const id = conversation?.id ?? "";
  const say = (senderId: UserId, seq: number) => db`
    insert into messages (conversation_id, seq, id, sender_id, client_message_id, kind, text, body_hash, created_at)
    values (${id}, ${seq}, ${ports.ids.next()}, ${senderId}, ${ports.ids.next()}, 'text', 'hello', ''::bytea, ${at})`;
  await say(a, 1);
  const replied = (...pairs: readonly ActingPair[]) => learnFrom(ports, { swiped: [], replied: pairs });
  expect(await replied([b, a], [a, b])).toBe(0);
  await say(b, 2);
  await db`update conversations set answered_seq = 2, last_seq = 2 where id = ${id}`;
  expect(await replied([a, b])).toBe(0);
  expect(await replied([b, a], [b, a])).toBe(1);
  expect(await replied([b, a])).toBe(0);
  expect(await off([first, second, ...matched(second), { from: b, to: a, signal: "answered", at }])).toBeLessThan(ROUNDING);
});

test("of whoever is gone, or whose profile lacks something, nothing is learned, and the rest of the batch is", async () => {
  const [a, b, bare] = (await addCrowd(db, 3)) as [UserId, UserId, UserId];
  await swipe(a, bare, "like");
  const like = await swipe(a, b, "like");
  await db`update profiles set lat = null, lon = null where user_id = ${bare}`;
  const gone = ports.ids.next<UserId>();
  expect(await swiped([a, bare], [a, gone], [gone, a], [a, b])).toBe(1);
  expect(await off([like])).toBeLessThan(ROUNDING);
  expect(await swiped()).toBe(0);
});

test("what another version wrote is taken as nothing", async () => {
  const [a, b] = (await addCrowd(db, 2)) as [UserId, UserId];
  await db`insert into beliefs (user_id, actor, target, learned) values (${a}, 3, 3, '\\x0102'::bytea)`;
  const like = await swipe(a, b, "like");
  await swiped([a, b]);
  expect(await off([like])).toBeLessThan(ROUNDING);
});

test("a pass of today waits: it is learned from once, with the first batch of the next day, unless it was taken back", async () => {
  const [a, b, c, d] = (await addCrowd(db, 4)) as [UserId, UserId, UserId, UserId];
  const now = (...pairs: readonly ActingPair[]) => learnFrom(ports, { swiped: pairs, replied: [] });
  const pass = await swipe(a, b, "pass");
  await swipe(c, b, "pass");
  expect(await now([a, b], [c, b], [a, b])).toBe(0);
  expect((await believed()).size).toBe(0);
  await swipes.rewind(ports, { swiperId: c });

  ports.clock.advance(DAY_MS);
  const like = await swipe(d, c, "like");
  expect(await now([d, c])).toBe(2);
  expect(await now([d, c], [a, b])).toBe(0);

  expect(await db`select 1 from passes_to_learn`).toEqual([]);
  expect(
    (await db`select swipes, shown from beliefs where user_id = any(${[a, b]}::uuid[]) order by swipes`).map((row) => ({ ...row })),
  ).toEqual([
    { swipes: 0, shown: 1 },
    { swipes: 1, shown: 0 },
  ]);
  expect([pass.signal, like.signal]).toEqual(["pass", "like"]);
});

test("a pass in the place of a like that was learned from takes the like out of the counts, and waits itself", async () => {
  const [a, b] = (await addCrowd(db, 2)) as [UserId, UserId];
  await swipe(a, b, "like");
  await learnFrom(ports, { swiped: [[a, b]], replied: [] });
  const counts = async () => (await db`select yeses, swipes from beliefs where user_id = ${a}`)[0];

  await swipe(a, b, "pass");
  await learnFrom(ports, { swiped: [[a, b]], replied: [] });
  expect(await counts()).toEqual({ yeses: 0, swipes: 0 });

  await swiped([a, b]);
  expect(await counts()).toEqual({ yeses: 0, swipes: 1 });
});
