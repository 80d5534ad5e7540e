import { testIds } from "@pendo/core/ports/ids/testIds.fixture";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { connect } from "@pendo/core/ports/db/connect";
import { startPostgres } from "@pendo/local/db/embeddedPostgres";
import { freePort } from "@pendo/host/gateway/listen";
import { afterAll, expect, test } from "vitest";
import { dice as diceOf } from "../people/dice.ts";
import { signIn, type Person } from "../people/person.ts";
import { type ChildHost, startHost } from "./childHost.ts";

const SEED = 7;
const KILLS = 8;
const USERS = 8;
/** A user may report 20 times an hour, and each request may be sent several times. */
const REPORTS_EACH = 12;

const dataDir = mkdtempSync(path.join(tmpdir(), "pendo-idempotency-"));
const port = await freePort(0, "127.0.0.1");
const environment = { PENDO_DATA: dataDir, PORT: String(port) };
afterAll(() => rmSync(dataDir, { recursive: true, force: true }));

interface Keyed {
  readonly by: Person;
  readonly about: Person;
  /** Also the note of the report, so that rows can be counted by key. */
  readonly key: string;
  answer?: string;
}

/** Sends one keyed request; keeps the first answer, and expects each later one to be the same. */
async function send(host: ChildHost, keyed: Keyed): Promise<void> {
  const response = await fetch(`${host.url}/v1/reports`, {
    method: "POST",
    headers: {
      authorization: `Bearer ${keyed.by.client.session.tokens()?.accessToken ?? ""}`,
      "content-type": "application/json",
      "idempotency-key": keyed.key,
    },
    body: JSON.stringify({ userId: keyed.about.userId, reason: "spam", note: keyed.key }),
  });
  const text = await response.text();
  if (response.status === 409 || response.status === 503) return;
  expect([response.status, text]).toEqual([201, keyed.answer ?? text]);
  keyed.answer = text;
}

/** A user may report another after meeting them: here, each user has passed on each. */
async function meetAll(people: readonly Person[]): Promise<void> {
  const db = connect(`postgres://pendo@localhost:5432/postgres?host=${encodeURIComponent(path.join(dataDir, "postgres"))}`, { max: 1 });
  const ids = people.map(({ userId }) => userId as string);
  await db`
    insert into swipe_pairs (lo, hi, lo_action, hi_action, lo_at, hi_at)
    select a, b, 'pass', 'pass', now(), now() from unnest(${ids}::uuid[]) a, unnest(${ids}::uuid[]) b where a < b`;
  await db.end();
}

test("kill -9 at any moment of keyed requests: each key has exactly one effect, and one answer", async () => {
  const dice = diceOf(SEED, "answers before each kill");
  process.stdout.write(`Seed ${SEED}.\n`);
  let host = await startHost(environment);
  const people: Person[] = [];
  for (let i = 0; i < USERS; i++) people.push(await signIn(host, `user-${i}@example.test`));
  await meetAll(people);
  const requests: Keyed[] = people.flatMap((by, i) =>
    Array.from({ length: REPORTS_EACH }, () => ({ by, about: people[(i + 1) % USERS] as Person, key: testIds.next() })),
  );

  let cutOff = 0;
  for (let kill = 0; kill < KILLS; kill++) {
    const part = requests.filter((_, i) => i % KILLS === kill);
    // Killed when so many of them were answered, while the others are under way.
    const answersMin = dice.int(1, part.length - 1);
    let answers = 0;
    const sending = Promise.allSettled(part.map(async (keyed) => send(host, keyed).then(() => (answers += 1))));
    await expect.poll(() => answers >= answersMin, { interval: 1, timeout: 30_000 }).toBe(true);
    await host.kill("SIGKILL");
    cutOff += (await sending).filter(({ status }) => status === "rejected").length;
    host = await startHost(environment);
    for (const keyed of part) await send(host, keyed);
  }
  for (const keyed of requests) await send(host, keyed);
  await host.kill("SIGTERM");

  const postgres = await startPostgres({ dataDir: path.join(dataDir, "postgres"), mode: "durable" });
  const db = connect(postgres.url());
  const rows = await db<{ note: string; count: number }[]>`select note, count(*)::int as count from reports group by note`;
  await db.end();
  await postgres.stop();

  process.stdout.write(`${KILLS} kills, ${requests.length} keys, ${cutOff} requests cut off.\n`);
  expect(cutOff).toBeGreaterThan(0);
  expect(requests.filter(({ answer }) => answer === undefined)).toEqual([]);
  expect(rows.filter(({ count }) => count !== 1)).toEqual([]);
  expect(rows.map(({ note }) => note).toSorted()).toEqual(requests.map(({ key }) => key).toSorted());
}, 600_000);
