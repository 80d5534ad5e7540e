import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { json } from "node:stream/consumers";
import { setTimeout as after } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { crc32 } from "node:zlib";
import type { UserId } from "@pendo/contract/ids";
import { type PgBossBus, pgBossBus } from "@pendo/core/ports/bus/pgBoss";
import * as blocks from "@pendo/core/blocks/blocks";
import { testDb, testDbName, testDbUrl } from "@pendo/local/db/testDb";
import { testPorts, type TestPorts } from "@pendo/local/testPorts";
import { addCrowd } from "@pendo/core/swipes/people.fixture";
import * as swipes from "@pendo/core/swipes/swipes";
import { seeded } from "@pendo/engine/random";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type EngineService, startEngine } from "./engineService.ts";
import type { EngineState } from "@pendo/engine/state/engineState";
import { crowdedIn, indexOf, referenceOf, traitsIn } from "./reference.fixture.ts";
import { addTown, answeredCount, type Change, changesOf, live, talking } from "./town.fixture.ts";

const db = testDb({ max: 12 });
const base = testPorts(db);
const root = mkdtempSync(join(tmpdir(), "pendo-engine-"));
const main = fileURLToPath(new URL("../engineMain.ts", import.meta.url));
const random = seeded(12);
let bus: PgBossBus;
let ports: TestPorts;
let store: Server;

beforeAll(async () => {
  bus = await pgBossBus({ db, connectionString: testDbUrl(testDbName(db)), clock: base.clock, ids: base.ids });
  ports = { ...base, bus };
  // A cache that takes everything and holds nothing, for decks are not what this is about.
  store = createServer((request, response) => {
    const done = { result: 0 };
    void json(request).then((asked) =>
      response.end(JSON.stringify(request.url === "/pipeline" ? (asked as unknown[]).map(() => done) : done)),
    );
  });
  await once(store.listen(0, "127.0.0.1"), "listening");
});
afterAll(async () => {
  store.close();
  await bus.stop();
  rmSync(root, { recursive: true, force: true });
});

const said: string[] = [];
async function engineIn(directory: string, memoryMb = 256): Promise<EngineService> {
  const engine = await startEngine({
    ...{ db, directory, memoryMb, snapshotSec: 3600 },
    ...{ now: () => ports.clock.now(), chance: () => 0.5, say: (line) => void said.push(line) },
  });
  await engine.beReady();
  return engine;
}

/** Whom a key of two rows names. */
const namesOf = ({ index }: EngineState, key: number): string =>
  `${index.rows.userIdOf(Math.floor(key / 2 ** 26))} ${index.rows.userIdOf(key % 2 ** 26)}`;

/** `npm run engine` over the test's database. */
function child(directory: string, more: Record<string, string> = {}): ChildProcess & { said: () => string } {
  const address = store.address();
  const port = typeof address === "object" && address ? address.port : 0;
  const env = {
    ...process.env,
    ...{ DATABASE_URL: testDbUrl(testDbName(db)), CACHE_URL: `http://127.0.0.1:${port}`, CACHE_TOKEN: "t", ENGINE_DATA: directory },
    ...{ ENGINE_PORT: "0", ENGINE_SNAPSHOT_SEC: "1", ...more },
  };
  const started = spawn(process.execPath, [main], { env, stdio: ["ignore", "pipe", "pipe"] });
  let text = "";
  for (const stream of [started.stdout, started.stderr]) stream.setEncoding("utf8").on("data", (part: string) => void (text += part));
  return Object.assign(started, { said: () => text });
}

test("killed at any moment, it comes back from its snapshot and the database as if it had never been away", async () => {
  const people = await addTown(ports, 60, random);
  const directory = join(root, "killed");
  // Of two people each answers the other always the same, so that there are as many answers to learn from as there are rows.
  const actionOf = (key: string): "like" | "pass" => (crc32(key) % 2 === 0 ? "like" : "pass");
  const swipe: Change = (swiperId, targetId) => swipes.record(ports, { swiperId, targetId, action: actionOf(swiperId + targetId) });
  const talk = talking(ports, random);
  const look: Change = (userId) => db.begin((tx) => bus.emit(tx, "deck.low", { userId }));
  for (let life = 0; life < 6; life++) {
    const engine = child(directory);
    const ended = once(engine, "exit");
    const isOver = new AbortController();
    const living = (async () => {
      while (!isOver.signal.aborted) {
        await live(people, [swipe, swipe, talk, talk, look], 1, random, 1);
        void bus.relaySoon();
        await after(2);
      }
    })();
    await expect.poll(() => engine.said(), { timeout: 20_000, interval: 20 }).toContain("ready");
    // Killed soon, or soon after a snapshot.
    const before = readIfThere(directory);
    if (life % 2 === 1)
      await expect.poll(() => readIfThere(directory)?.equals(before ?? Buffer.of()), { timeout: 20_000, interval: 20 }).toBe(false);
    await after(random() * 400);
    isOver.abort();
    await living;
    engine.kill("SIGKILL");
    await ended;
  }
  const [back, fresh] = [await engineIn(directory), await engineIn(join(root, "fresh"))];
  const at = ports.clock.now();
  expect(indexOf(back.state, at)).toEqual(await referenceOf(db, at));
  const [{ answers }] = await db<
    [{ answers: number }]
  >`select (count(*) filter (where lo_action <> 'pass') + count(*) filter (where hi_action <> 'pass'))::int as answers from swipe_pairs`;
  const messages = await answeredCount(db);
  expect(answers).toBeGreaterThan(50);
  expect(messages).toBeGreaterThan(0);
  expect([back.state.answered.size, fresh.state.answered.size]).toEqual([messages, messages]);
  expect([back.state.learning.learned, fresh.state.learning.learned]).toEqual([answers + messages, answers + messages]);
  // Passes of today wait, in both alike.
  const waitingIn = ({ state }: typeof back) =>
    [...state.passes.content]
      .filter((_, at) => at % 2 === 0)
      .map((key) => namesOf(state, key))
      .toSorted();
  expect(waitingIn(back)).toEqual(waitingIn(fresh));
  const [traits, others] = [traitsIn(back.state, at), traitsIn(fresh.state, at)];
  expect(traits).toEqual(others);
  expect([...traits.values()].filter((each) => !each.isTold)).toEqual([]);
  // Of the decks that were made only the snapshot tells.
  expect(crowdedIn(back.state)).toBeGreaterThan(20);
  expect(crowdedIn(fresh.state)).toBe(0);
});

test("whatever happened while it was away, deletions and blocks included, it knows when it is ready", async () => {
  const directory = join(root, "away");
  const people = await addTown(ports, 60, random);
  const changes = changesOf(ports, random);
  await live(people, changes, 200, random);
  // These two see each other but for a block, which is lifted while nobody is told.
  const [blockerId, userId] = (await addCrowd(db, 2)) as [UserId, UserId];
  await blocks.create(ports, { blockerId, userId });
  const before = await engineIn(directory);
  await before.stop();
  await blocks.remove(ports, { blockerId, userId });
  for (let round = 0; round < 3; round++) {
    await live(people, changes, 150, random);
    const gone = people.pop() as UserId;
    await db`delete from users where id = ${gone}`;
    const back = await engineIn(directory);
    const row = back.state.index.rows.find(gone);
    expect([back.state.beliefs.has(row), back.state.index.ties.all(row)]).toEqual([false, []]);
    const at = ports.clock.now();
    expect(indexOf(back.state, at)).toEqual(await referenceOf(db, at));
    await back.stop();
  }
  expect(said).toEqual([]);
});

test("a change that was under way while the position was taken is not missed, however many were committed after it", async () => {
  const directory = join(root, "underWay");
  const [early, ...others] = (await addTown(ports, 10, random)) as [UserId, ...UserId[]];
  const before = await engineIn(directory);
  let commit: () => void = () => {};
  const isWritten = Promise.withResolvers<void>();
  const slow = db.begin(async (tx) => {
    await tx`update profiles set lat = -40, discoverable = true where user_id = ${early}`;
    isWritten.resolve();
    await new Promise<void>((resolve) => (commit = resolve));
  });
  await isWritten.promise;
  for (const userId of others) await db`update preferences set age_max = 90 where user_id = ${userId}`;
  await before.beReady();
  await before.stop();
  commit();
  await slow;
  const back = await engineIn(directory);
  const at = ports.clock.now();
  expect(indexOf(back.state, at)).toEqual(await referenceOf(db, at));
  expect(back.state.index.packedOf(early).person.point.z).toBeLessThan(0);
});

test("a snapshot that is damaged, older or of another database is refused by name and counted, and everybody is read from SQL", async () => {
  const directory = join(root, "refused");
  await (await engineIn(directory)).stop();
  const file = join(directory, "engine.snapshot");
  const good = readFileSync(file);
  const changed = (at: number): Buffer => {
    const bytes = Buffer.from(good);
    bytes[at] = (bytes[at] ?? 0) ^ 1;
    return bytes;
  };
  const text = good.toString("latin1");
  const cases: readonly (readonly [string, Buffer])[] = [
    ["snapshot.notOurs", Buffer.from("something else\n")],
    ["snapshot.otherVersion", Buffer.concat([Buffer.from("pendo-engine 0"), good.subarray(14)])],
    ["snapshot.truncated", good.subarray(0, good.length - 9)],
    ["snapshot.corrupt", changed(good.length - 3)],
    ["snapshot.corrupt", changed(Math.floor(good.length / 3))],
    ["snapshot.corrupt", changed(text.indexOf("lengths"))],
  ];
  mkdirSync(directory, { recursive: true });
  for (const [name, bytes] of cases) {
    writeFileSync(file, bytes);
    said.length = 0;
    const engine = await engineIn(directory);
    expect(engine.meters.text(engine.state, true)).toContain(`pendo_engine_refused_total{fault="${name}"} 1`);
    expect(said.join()).toContain(name);
    const at = ports.clock.now();
    expect(indexOf(engine.state, at)).toEqual(await referenceOf(db, at));
    // The next one reads what this one writes.
    await engine.stop();
    expect(readFileSync(file).equals(bytes)).toBe(false);
  }
  said.length = 0;
  const engine = await engineIn(directory);
  expect([said, engine.state.index.size > 0]).toEqual([[], true]);
});

test("a snapshot that is mostly of deleted people is not gone on with, and their rows are given back", async () => {
  const directory = join(root, "sparse");
  const town = await addTown(ports, 200, random);
  const before = await engineIn(directory);
  const rows = before.state.index.rows.count;
  await db`delete from users where id = any(${town.slice(0, 40)}::uuid[])`;
  await before.beReady();
  expect(before.state.emptyRows).toBe(40);
  await before.stop();
  said.length = 0;
  const kept = await engineIn(directory);
  expect([kept.state.index.rows.count, said]).toEqual([rows, []]);
  await db`delete from users where id <> all(${town.slice(150)}::uuid[])`;
  await kept.beReady();
  await kept.stop();
  const anew = await engineIn(directory);
  expect(anew.meters.text(anew.state, true)).toContain('pendo_engine_refused_total{fault="snapshot.sparse"} 1');
  expect([anew.state.index.rows.count, anew.state.emptyRows]).toEqual([50, 0]);
  expect(said.join()).toContain("mostly of people who are gone");
  const at = ports.clock.now();
  expect(indexOf(anew.state, at)).toEqual(await referenceOf(db, at));
  said.length = 0;
});

test("it lets nobody new in beyond its memory, by name and counted; everybody else goes on", async () => {
  const engine = await engineIn(join(root, "small"), 1);
  await addTown(ports, 6_000, seeded(3));
  await engine.beReady();
  const text = engine.meters.text(engine.state, true);
  expect(Number(/fault="memory.full"} (\d+)/.exec(text)?.[1])).toBeGreaterThan(1000);
  expect(engine.state.bytes).toBeLessThan(1.3 * 2 ** 20);
  expect(engine.state.index.size).toBeGreaterThan(500);
});

test("SIGTERM ends it in order with a last snapshot; bad settings end in one line", async () => {
  const directory = join(root, "term");
  const engine = child(directory, { ENGINE_SNAPSHOT_SEC: "3600" });
  await expect.poll(() => engine.said(), { timeout: 20_000, interval: 20 }).toContain("ready");
  const url = /http:\S+(?=\/metrics)/.exec(engine.said())?.[0] ?? "";
  expect((await fetch(`${url}/healthz`)).status).toBe(200);
  expect((await fetch(`${url}/readyz`)).status).toBe(200);
  expect(await (await fetch(`${url}/metrics`)).text()).toMatch(/^pendo_engine_ready 1$/m);
  const ended = once(engine, "exit");
  engine.kill("SIGTERM");
  expect([await ended, readIfThere(directory) !== undefined]).toEqual([[0, null], true]);

  for (const [setting, value] of Object.entries({
    DATABASE_URL: "mysql://x",
    ENGINE_MEMORY_MB: "much",
    CACHE_TOKEN: "",
    ENGINE_PORT: "-1",
  })) {
    const wrong = child(directory, { [setting]: value });
    const [code] = (await once(wrong, "exit")) as [number];
    expect([code, wrong.said()]).toEqual([1, expect.stringMatching(new RegExp(`^The engine could not start: ${setting} [^\n]+\n$`))]);
  }
});

function readIfThere(directory: string): Buffer | undefined {
  try {
    return readFileSync(join(directory, "engine.snapshot"));
  } catch {
    return undefined;
  }
}
