import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { ConversationId, MatchId } from "@pendo/contract/ids";
import { start } from "@pendo/core/conversations/start.sql";
import { connect } from "@pendo/core/ports/db/connect";
import type { Db } from "@pendo/core/ports/db/db";
import { serversOf } from "@pendo/local/db/leftoverServer";
import { testIds as ids } from "@pendo/core/ports/ids/testIds.fixture";
import { freePort } from "@pendo/host/gateway/listen";
import { type Person, signIn } from "../people/person.ts";
import { type ChildHost, startHost } from "./childHost.ts";
import { rawCall, type RawAnswer } from "./rawCall.ts";

/** What one kill of PostgreSQL did to the host. */
export interface KillOutcome {
  /** Writes of users that PostgreSQL was executing at the kill, each on a connection of its own. */
  readonly inFlight: number;
  /** How these writes were answered: "503" with `Retry-After`, another status, or "none" where no answer came. */
  readonly answers: readonly string[];
  readonly hostLived: boolean;
  /** From the kill until a write succeeded again; null where none did within 10 s. */
  readonly backMs: number | null;
  /** Acknowledged writes that were missing afterwards. */
  readonly lost: number;
}

export interface Kills {
  readonly outcomes: readonly KillOutcome[];
  /** What the last host wrote to its log, all kills included that it survived. */
  readonly log: string;
}

interface Writer {
  readonly token: string;
  readonly conversationId: ConversationId;
}

const WRITERS = 12;
const BACK_MS_MAX = 10_000;

/** Starts the host as a process of its own and kills only its PostgreSQL, again and again, in the middle of the writes of twelve users. */
export async function killPostgres(kills: number, report: (outcome: KillOutcome, kill: number) => void): Promise<Kills> {
  const dataDir = mkdtempSync(path.join(tmpdir(), "pendo-kill-"));
  const environment = { PENDO_DATA: dataDir, PORT: String(await freePort(0, "127.0.0.1")) };
  const db = connect(`postgres://pendo@localhost:5432/postgres?host=${encodeURIComponent(path.join(dataDir, "postgres"))}`, { max: 3 });
  let host = await startHost(environment);
  try {
    const writers = await writersOf(host, db);
    const acknowledged = new Set<string>();
    const outcomes: KillOutcome[] = [];
    for (let kill = 1; kill <= kills; kill++) {
      const outcome = await killOnce({ host, db, dataDir, writers, acknowledged, first: kill });
      report(outcome, kill);
      outcomes.push(outcome);
      if (!outcome.hostLived) host = await startHost(environment);
    }
    return { outcomes, log: (await host.kill("SIGTERM")).stderr };
  } finally {
    await db.end({ timeout: 1 });
    await host.kill("SIGKILL");
    rmSync(dataDir, { recursive: true, force: true });
  }
}

/** Twelve users, who write to each other in pairs. */
async function writersOf(host: ChildHost, db: Db): Promise<Writer[]> {
  const people: Person[] = [];
  for (let n = 0; n < WRITERS; n++) people.push(await signIn(host, `writer${n}@example.test`));
  const writers: Writer[] = [];
  for (let n = 0; n < WRITERS; n += 2) {
    const pair = people.slice(n, n + 2);
    const conversationId = await meet(db, pair);
    for (const { client } of pair) writers.push({ conversationId, token: await client.session.withToken(async (token) => token) });
  }
  return writers;
}

async function meet(db: Db, pair: readonly Person[]): Promise<ConversationId> {
  const [lo, hi] = pair.map(({ userId }) => userId).toSorted() as [Person["userId"], Person["userId"]];
  const [matchId, conversationId, at] = [ids.next<MatchId>(), ids.next<ConversationId>(), new Date()];
  await db.begin(async (tx) => {
    await tx`insert into swipe_pairs (lo, hi, lo_action, hi_action, lo_at, hi_at) values (${lo}, ${hi}, 'like', 'like', ${at}, ${at})`;
    await tx`insert into matches (id, lo, hi, created_at) values (${matchId}, ${lo}, ${hi}, ${at})`;
    await start(tx, { conversationId, matchId, userIds: [lo, hi], at });
  });
  return conversationId;
}

interface Round {
  readonly host: ChildHost;
  readonly db: Db;
  readonly dataDir: string;
  readonly writers: readonly Writer[];
  /** Ids of all messages that were answered with 200. */
  readonly acknowledged: Set<string>;
  /** Which writer asks whether writes succeed again: a different one each time, since each has a rate limit. */
  readonly first: number;
}

async function killOnce({ host, db, dataDir, writers, acknowledged, first }: Round): Promise<KillOutcome> {
  const write = (writer: Writer): Promise<RawAnswer | null> => send(host.url, writer, acknowledged);
  await Promise.all(writers.map(write));
  const [locked, inFlight] = await underLock(db, () => writers.map(write));
  for (const pid of serversOf(path.join(dataDir, "postgres"))) process.kill(pid, "SIGKILL");
  const killedMs = performance.now();

  let backMs: number | null = null;
  while (backMs === null && performance.now() - killedMs < BACK_MS_MAX && host.child.exitCode === null) {
    if ((await write(writers[first % WRITERS] as Writer))?.status === 200) backMs = performance.now() - killedMs;
    else await new Promise((resolve) => setTimeout(resolve, 100));
  }
  const answers = (await Promise.all(locked)).map((answer) => {
    if (!answer) return "none";
    return answer.status === 503 && answer.headers["retry-after"] === undefined ? "503 without Retry-After" : String(answer.status);
  });
  const hostLived = host.child.exitCode === null && host.child.signalCode === null;
  return { inFlight, answers, hostLived, backMs, lost: hostLived ? await missing(db, acknowledged) : 0 };
}

async function send(baseUrl: string, { token, conversationId }: Writer, acknowledged: Set<string>): Promise<RawAnswer | null> {
  const at = `/v1/conversations/${conversationId}/messages/${ids.next()}`;
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  const request = { method: "PUT", path: at, headers, body: JSON.stringify({ text: "Hello" }) };
  // On a slow machine it takes a while until PostgreSQL executes all writes, and the kill comes only then.
  const answer = await rawCall(baseUrl, request, 60_000).catch(() => null);
  if (answer?.status === 200) acknowledged.add((JSON.parse(answer.text) as { id: string }).id);
  return answer;
}

/**
 * Locks both places where messages are stored, with and without a verdict, starts the writes, and returns once PostgreSQL executes them all:
 * none can end before the kill.
 */
async function underLock<T>(db: Db, startWrites: () => T): Promise<[T, number]> {
  const { promise: isLocked, resolve } = Promise.withResolvers<void>();
  const lock = db.begin(async (tx) => {
    await tx`lock table messages, held_messages in share mode`;
    resolve();
    await new Promise(() => {});
  });
  // The kill ends the lock, too.
  lock.catch(() => {});
  await isLocked;
  const writes = startWrites();
  let inFlight = 0;
  for (let tries = 0; inFlight < WRITERS && tries < 200; tries++) {
    const [row] = await db<{ count: number }[]>`
      select count(*)::int as count from pg_stat_activity where application_name = 'pendo' and state = 'active' and wait_event_type = 'Lock'`;
    inFlight = row?.count ?? 0;
    await new Promise((again) => setTimeout(again, 20));
  }
  return [writes, inFlight];
}

async function missing(db: Db, acknowledged: ReadonlySet<string>): Promise<number> {
  const asked = [...acknowledged];
  for (let tries = 0; ; tries++) {
    try {
      const [row] = await db<{ count: number }[]>`
        select count(distinct id)::int as count from (select id from messages union all select id from held_messages) as stored
        where id = any(${asked}::uuid[])`;
      return asked.length - (row?.count ?? 0);
    } catch (error) {
      // Its own connections were lost as well.
      if (tries === 240) throw error;
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
  }
}

/** One line for people. */
export function lineOf({ inFlight, answers, hostLived, backMs, lost }: KillOutcome, kill: number): string {
  const counted = [...Map.groupBy(answers, (answer) => answer)].map(([answer, { length }]) => `${length} × ${answer}`).join(", ");
  const back = backMs === null ? "no write succeeded within 10 s" : `writes again after ${(backMs / 1000).toFixed(1)} s`;
  return `Kill ${kill}: ${inFlight} writes in flight (${counted}); the host ${hostLived ? "lived" : "ended"}; ${back}; ${lost} lost.`;
}

/** Whether a kill did what it must not. */
export function isFailure({ answers, hostLived, backMs, lost }: KillOutcome): boolean {
  return !hostLived || backMs === null || lost > 0 || answers.some((answer) => answer !== "503");
}
