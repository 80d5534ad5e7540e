import type { Envelope, EventName } from "@pendo/contract/events";
import type { UserId } from "@pendo/contract/ids";
import { Fault } from "@pendo/core/fault";
import { scored } from "@pendo/core/discovery/ranking";
import { peopleOf, tiesOf } from "@pendo/core/discovery/population.sql";
import { testDb } from "@pendo/local/db/testDb";
import { testPorts } from "@pendo/local/testPorts";
import * as swipes from "@pendo/core/swipes/swipes";
import { seeded, shuffle } from "@pendo/engine/random";
import { queueFunction } from "@pendo/functions/middleware/queue";
import { handlers } from "@pendo/functions/queue/matching";
import type { Context, SQSEvent } from "aws-lambda";
import { expect, test } from "vitest";
import { hostObserver } from "../meters.ts";
import { EngineState } from "@pendo/engine/state/engineState";
import { addTown } from "./town.fixture.ts";

const db = testDb();
const ports = testPorts(db);
const random = seeded(5);
const bugs: unknown[] = [];
const observer = { ...hostObserver({ level: "off", write: () => {} }), bug: (error: unknown) => void bugs.push(error) };
const serve = queueFunction("matching", handlers, { ports, clock: ports.clock, ids: ports.ids, observer });

const DAY_MS = 86_400_000;
const PEOPLE = 130;
const SWIPES = 900;
/** By so much two scores may differ and yet come in either order: the index rounds, and decks have a little noise. */
const ROUNDING = 0.03;

async function work(facts: readonly Envelope<EventName>[]): Promise<void> {
  const event = { Records: facts.map((fact, at) => ({ messageId: String(at), body: JSON.stringify(fact) })) };
  const { batchItemFailures } = await serve(event as unknown as SQSEvent, {} as Context);
  expect(batchItemFailures).toEqual([]);
}

interface Disorder {
  /** How many of the facts come after younger ones of other batches. */
  readonly late: number;
}

/** Swipes, and lets the queue tell of them in batches: each out of order, with facts that came before, and so many late. */
async function swipeThroughQueue(people: readonly UserId[], { late }: Disorder): Promise<void> {
  const one = (): UserId => people[Math.floor(random() * people.length)] as UserId;
  const answered = new Set<string>();
  for (let i = 0; i < SWIPES; i++) {
    const [swiperId, targetId] = [one(), one()];
    // Each answers once: of what was changed before it was told of, nobody learns.
    if (swiperId === targetId || answered.has(swiperId + targetId)) continue;
    answered.add(swiperId + targetId);
    // Some are liked more than others, and some like more.
    const eager = (people.indexOf(swiperId) % 10) / 10 + (people.indexOf(targetId) % 7) / 7;
    await swipes.record(ports, { swiperId, targetId, action: random() * 2 < eager ? "like" : "pass" }).catch(refused);
    ports.clock.advance(200);
  }
  const here = new Set(people);
  const facts = (await ports.facts("swipe.recorded")).filter(({ data }) => here.has(data.swiperId));
  expect(facts.length).toBeGreaterThan(SWIPES / 2);
  const inTime = facts
    .map((fact, at) => ({ fact, at: random() < late ? at + 30 * random() : at }))
    .toSorted((a, b) => a.at - b.at)
    .map(({ fact }) => fact);
  for (let from = 0; from < inTime.length; from += 8) {
    const again = inTime.slice(0, from + 8).filter(() => random() < 3 / (from + 8));
    await work(shuffle([...inTime.slice(from, from + 8), ...again], random));
  }
}

/** Who is shown to nobody cannot be swiped. */
function refused(error: unknown): void {
  if (!(error instanceof Fault)) throw error;
}

async function stateOf(people: readonly UserId[], at: Date, learns: boolean): Promise<EngineState> {
  const refused: string[] = [];
  const state = new EngineState({ bytesMax: 2 ** 30, refused: (code) => void refused.push(code) });
  state.putPeople([], await peopleOf(db, people, at), at.getTime());
  const pairs = people.flatMap((a) => people.filter((b) => b !== a).map((b) => [a, b] as const));
  const ties = await tiesOf(db, pairs);
  // Without learning, answers stand all the same.
  const before = learns ? undefined : new Map(people.map((id) => [id, state.beliefs.at(state.index.rows.find(id))]));
  state.putTies(ties, at.getTime(), true);
  if (before) for (const [id, belief] of before) if (state.index.has(id)) state.beliefs.store(state.index.rows.find(id), belief);
  if (before) state.putPeople([], await peopleOf(db, people, at), at.getTime());
  expect(refused).toEqual([]);
  return state;
}

/** How far the order of the engine's decks is from the scores by which SQL's are ordered: the part by which a later one's is higher, at most, of each viewer. */
async function disorder(state: EngineState, people: readonly UserId[], at: Date): Promise<{ worst: number[]; met: number }> {
  const worst: number[] = [];
  let met = 0;
  for (const userId of people) {
    const deck = state.deckOf(userId, { nowMs: at.getTime(), size: 400, seed: 1 }) ?? [];
    const scores = new Map((await scored(db, { userId, at, limit: 400, seed: 9 })).map((one) => [one.userId, one.score]));
    expect([...scores.keys()].toSorted()).toEqual(deck.toSorted());
    let least = Infinity;
    let most = 0;
    for (const id of deck) {
      const score = scores.get(id) as number;
      least = Math.min(least, score);
      most = Math.max(most, score / least - 1);
    }
    if (deck.length > 1) worst.push(most);
    met += deck.length;
  }
  return { worst, met };
}

async function town(): Promise<UserId[]> {
  await db`delete from users`;
  const people = await addTown(ports, PEOPLE, random);
  const now = ports.clock.now().getTime();
  const until = new Date(now + DAY_MS);
  for (const [at, userId] of people.entries()) {
    // Newcomers, whoever is long away, the boosted and those who travel are among them.
    const createdAt = new Date(now - ((at * 7) % 60) * DAY_MS - 3_600_000);
    const lastActiveAt = new Date(now - ((at * 11) % 40) * DAY_MS + 60_000);
    await db`update users set created_at = ${createdAt}, last_active_at = ${lastActiveAt} where id = ${userId}`;
    if (at % 13 === 0)
      await db`insert into boosts (id, user_id, started_at, until) values (${ports.ids.next()}, ${userId}, ${createdAt}, ${until})`;
    const [lat, lon] = [52.4 + random() * 0.3, 13.3];
    if (at % 17 === 0)
      await db`insert into travels (user_id, lat, lon, started_at, until) values (${userId}, ${lat}, ${lon}, ${createdAt}, ${until})`;
  }
  return people;
}

test("decks from SQL come in the order of the engine's, after swipes of which the queue told twice and, in each batch, out of order", async () => {
  const people = await town();
  await swipeThroughQueue(people, { late: 0 });
  expect(bugs).toEqual([]);
  const at = ports.clock.now();
  const { worst, met } = await disorder(await stateOf(people, at, true), people, at);
  expect(met).toBeGreaterThan(1_000);
  expect(Math.max(...worst)).toBeLessThan(ROUNDING);
  // What the comparison would catch: an engine that has the same people and answers, and learned nothing.
  const unlearned = await disorder(await stateOf(people, at, false), people, at);
  expect(middle(unlearned.worst)).toBeGreaterThan(3 * ROUNDING);
});

test("facts that come after younger ones of other batches leave most decks in the order of the engine's, and none far from it", async () => {
  const people = await town();
  await swipeThroughQueue(people, { late: 0.1 });
  const at = ports.clock.now();
  const { worst } = await disorder(await stateOf(people, at, true), people, at);
  expect(middle(worst)).toBeLessThan(ROUNDING);
  expect(Math.max(...worst)).toBeLessThan(5 * ROUNDING);
});

function middle(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Infinity;
}
