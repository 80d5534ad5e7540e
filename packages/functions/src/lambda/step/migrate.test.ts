import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect as dial, createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { migrate, migrationsDir } from "@pendo/core/ports/db/migrate";
import { roleSettings } from "@pendo/core/ports/db/stageDatabase";
import { testDb, testDbName, testDbUrl } from "@pendo/local/db/testDb";
import { connect } from "@pendo/core/ports/db/connect";
import { afterEach, beforeEach, expect, test } from "vitest";
import { handler, migrateStage } from "./migrate.ts";

const admin = testDb();
const preview = `pr_${100_000 + (process.pid % 899_999)}`;
let dir: string;
let database: string;
let url: string;
let count = 0;

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), "pendo-step-"));
  writeFileSync(join(dir, "0001_first.sql"), "create table first (id int);");
  database = `${testDbName(admin)}_${++count}`;
  await admin`create database ${admin(database)}`;
  url = testDbUrl(database);
});
afterEach(async () => {
  rmSync(dir, { recursive: true, force: true });
  await admin`drop database if exists ${admin(database)} with (force)`;
  await admin`drop database if exists ${admin(preview)} with (force)`;
});

const step = (input: unknown, patienceMs = 1_500) => migrateStage(input, { server: { url }, dir, patienceMs });
const exists = async (name: string): Promise<boolean> => (await admin`select 1 from pg_database where datname = ${name}`).length === 1;
const settingsIn = async (name: string) => {
  const db = connect(testDbUrl(name), { max: 1, statementTimeoutMs: 77_000 });
  const rows = await db<{ setconfig: string[] }[]>`select setconfig from pg_db_role_setting s join pg_database d on d.oid = s.setdatabase
    join pg_roles r on r.oid = s.setrole where d.datname = ${name} and r.rolname = current_user`;
  await db.end();
  return rows.flatMap((row) => row.setconfig);
};

test("the first deployment applies every migration and answers which; the next has nothing to do", async () => {
  expect(await step({ tf: { action: "create" }, migrations: "hash" })).toEqual({
    database,
    created: false,
    applied: ["0001_first"],
    dropped: false,
  });
  writeFileSync(join(dir, "0002_second.sql"), "create table second (id int);");
  expect(await step({ tf: { action: "update", prev_input: {} } })).toMatchObject({ applied: ["0002_second"] });
  expect(await step({ tf: { action: "update" } })).toMatchObject({ applied: [] });
  // A person who calls it by hand says nothing.
  expect(await step(null)).toMatchObject({ applied: [] });
});

test("Pendo's own schema is applied, and the role's sessions have their limits in this database alone", async () => {
  const { applied } = await migrateStage({}, { server: { url }, dir: migrationsDir });
  expect(applied.length).toBeGreaterThan(5);
  expect(await settingsIn(database)).toEqual([
    "statement_timeout=15s",
    "lock_timeout=5s",
    "idle_in_transaction_session_timeout=30s",
    "TimeZone=UTC",
  ]);
  expect(Object.keys(roleSettings)).toHaveLength(4);
  expect(await settingsIn(testDbName(admin))).toEqual([]);
});

test("the limits of the role are for requests: a migration takes as long as it takes", async () => {
  await admin.unsafe(`alter role current_user in database "${database}" set statement_timeout = '100ms'`);
  writeFileSync(join(dir, "0002_slow.sql"), "select pg_sleep(0.3);");
  expect((await step({})).applied).toEqual(["0001_first", "0002_slow"]);
});

test("a migration does not queue in front of everybody for a table that is in use: it fails, and is tried again", async () => {
  await step({});
  const busy = connect(url, { max: 1 });
  writeFileSync(join(dir, "0002_second.sql"), "alter table first add column name text;");
  await busy.begin(async (tx) => {
    await tx`insert into first values (1)`;
    const failing = migrate({ url, dir, lockTimeoutSec: 1 });
    await expect(failing).rejects.toThrow("0002_second.sql failed: canceling statement due to lock timeout");
  });
  await busy.end();
  expect((await step({})).applied).toEqual(["0002_second"]);
});

test("a stage that is removed leaves its database alone", async () => {
  await step({ tf: { action: "create" } });
  expect(await step({ tf: { action: "delete" } })).toEqual({ database, created: false, applied: [], dropped: false });
  expect(await step({ tf: { action: "delete" }, database: preview })).toMatchObject({ dropped: false });
  expect(await exists(database)).toBe(true);
});

test("a preview's database is created in the cluster of another stage, migrated, and dropped with the preview though somebody is connected", async () => {
  const input = { database: preview, ephemeral: true };
  expect(await step({ ...input, tf: { action: "create" } })).toEqual({
    database: preview,
    created: true,
    applied: ["0001_first"],
    dropped: false,
  });
  expect(await step({ ...input, tf: { action: "update" } })).toMatchObject({ created: false, applied: [] });
  expect((await settingsIn(preview)).length).toBe(4);
  const connected = connect(testDbUrl(preview), { max: 1 });
  await connected`select 1`;
  expect(await step({ ...input, tf: { action: "delete" } })).toEqual({ database: preview, created: false, applied: [], dropped: true });
  await connected.end({ timeout: 1 });
  expect(await exists(preview)).toBe(false);
  expect(await exists(database)).toBe(true);
  expect(await step({ ...input, tf: { action: "delete" } })).toMatchObject({ dropped: false });
});

test.each(["postgres", "pendo", "pr_0", "pr_1; drop", "pr_", "PR_1", "pr_1\n", "xpr_1", "pr_1234567"])(
  "ephemeral %j is refused: only a preview's database is ever created or dropped",
  async (name) => {
    for (const action of ["create", "delete"])
      await expect(step({ tf: { action }, database: name, ephemeral: true })).rejects.toThrow(
        /is no preview's: those are called pr_<number>\.$/,
      );
  },
);

test.each([
  [{ tf: { action: "destroy" } }, "The input of the migration step is unusable: tf.action must be create, update or delete."],
  [{ ephemeral: "yes" }, "The input of the migration step is unusable: ephemeral must be true or false."],
  ["text", /^The input of the migration step is unusable: it /],
])("%j is refused in one line", async (input, message) => {
  await expect(step(input)).rejects.toThrow(message);
});

test("a migration that fails is named in one line, and changes nothing", async () => {
  writeFileSync(join(dir, "0002_bad.sql"), "create table second (id int); select 1 / 0;");
  await expect(step({})).rejects.toThrow(/^The database could not be brought up to date: 0002_bad\.sql failed: division by zero$/);
  expect(await settingsIn(database)).toEqual([]);
});

test("a function that was deployed without its migrations says so, instead of succeeding", async () => {
  rmSync(join(dir, "0001_first.sql"));
  await expect(step({})).rejects.toThrow(/^The function was deployed without its migrations: .* is empty\.$/);
  await expect(migrateStage({}, { server: { url }, dir: join(dir, "none") })).rejects.toThrow(/without its migrations: there is no /);
});

test("what waiting does not mend fails at once, in one line without the password", async () => {
  const wrong = new URL(url);
  wrong.pathname = "/no_such_database";
  const startedMs = performance.now();
  const failing = migrateStage({}, { server: { url: wrong.toString() }, dir, patienceMs: 60_000 });
  await expect(failing).rejects.toThrow(/^The database no_such_database cannot be used: [^\n]*does not exist\.$/);
  if (wrong.password) await expect(failing).rejects.not.toThrow(wrong.password);
  // It did not wait for as long as it may.
  expect(performance.now() - startedMs).toBeLessThan(60_000);
});

test("a database that wakes up is waited for", async () => {
  const { server, port, wake } = await sleeping(url);
  const asleep = new URL(url);
  asleep.host = `127.0.0.1:${port}`;
  asleep.searchParams.delete("host");
  setTimeout(wake, 1_200);
  try {
    expect(await migrateStage({}, { server: { url: asleep.toString() }, dir, patienceMs: 20_000 })).toMatchObject({
      applied: ["0001_first"],
    });
  } finally {
    server.close();
  }
});

test("a database that does not wake up fails the deployment when patience is over", async () => {
  const { server, port } = await sleeping(url);
  try {
    const failing = migrateStage({}, { server: { url: `postgres://pendo:secret@127.0.0.1:${port}/pendo` }, dir, patienceMs: 1_200 });
    await expect(failing).rejects.toThrow(/^The database pendo cannot be used: [^\n]+\.$/);
  } finally {
    server.close();
  }
});

test("the handler reads the link; it speaks TLS alone, but for the developer's own machine", async () => {
  const { server, port, wake } = await sleeping(url);
  wake();
  const link = (host: string) => JSON.stringify({ host, port, username: new URL(url).username, password: "p@ss/word", database });
  process.env["PENDO_MIGRATIONS_DIR"] = dir;
  try {
    process.env["SST_RESOURCE_Database"] = link("127.1");
    // The embedded server speaks none.
    await expect(handler({})).rejects.toThrow(`The database ${database} cannot be used: The server does not support SSL connections.`);
    process.env["SST_RESOURCE_Database"] = link("127.0.0.1");
    expect(await handler({})).toMatchObject({ database, applied: ["0001_first"] });
  } finally {
    delete process.env["SST_RESOURCE_Database"];
    delete process.env["PENDO_MIGRATIONS_DIR"];
    server.close();
  }
});

/** A way to the server that drops every connection until it is woken. */
async function sleeping(to: string): Promise<{ server: Server; port: number; wake(): void }> {
  let awake = false;
  const target = new URL(to);
  const server = createServer((socket: Socket) => {
    socket.on("error", () => {});
    if (!awake) return void socket.destroy();
    const socketDir = target.searchParams.get("host");
    const port = Number(target.port || 5432);
    const inner = socketDir ? dial({ path: `${socketDir}/.s.PGSQL.${port}` }) : dial({ host: target.hostname, port });
    inner.on("error", () => socket.destroy());
    socket.pipe(inner).pipe(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { server, port: (server.address() as { port: number }).port, wake: () => void (awake = true) };
}
