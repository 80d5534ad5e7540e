import { spawn } from "node:child_process";
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import net from "node:net";
import os from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { connect } from "@pendo/core/ports/db/connect";
import { startPostgres, type EmbeddedPostgres, type EmbeddedPostgresOptions } from "./embeddedPostgres.ts";
import { serversOf } from "./leftoverServer.ts";
import { PostgresStartError } from "./postgresStartError.ts";

let home: string;
let dataDir: string;
/** A stopped server's data directory, which most tests begin with: a copy takes a tenth of the time of a first start. */
let made: string;
const running: EmbeddedPostgres[] = [];

beforeAll(async () => {
  made = path.join(mkdtempSync(path.join(os.tmpdir(), "pendo-pg-")), "postgres");
  await (await startPostgres({ dataDir: made, mode: "test" })).stop();
});

afterAll(() => rmSync(path.dirname(made), { recursive: true, force: true }));

beforeEach(() => {
  home = mkdtempSync(path.join(os.tmpdir(), "pendo-pg-"));
  dataDir = path.join(home, "postgres");
});

afterEach(async () => {
  for (const server of running.splice(0)) await server.stop();
  rmSync(home, { recursive: true, force: true });
});

async function start(options: Partial<EmbeddedPostgresOptions> = {}): Promise<EmbeddedPostgres> {
  const server = await startPostgres({ dataDir, mode: "test", ...options });
  running.push(server);
  return server;
}

function copyMade(): void {
  cpSync(made, dataDir, { recursive: true });
}

async function query<T extends object>(server: EmbeddedPostgres, sql: string): Promise<T[]> {
  const db = connect(server.url(), { max: 1 });
  try {
    return [...(await db.unsafe<T[]>(sql))];
  } finally {
    await db.end({ timeout: 1 });
  }
}

async function problemOf(starting: Promise<unknown>): Promise<PostgresStartError> {
  const error = await starting.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(PostgresStartError);
  const problem = error as PostgresStartError;
  // What a person reads: one line that names the place.
  expect(problem.message).not.toContain("\n");
  return problem;
}

test("a durable server waits for the disk, in UTF-8 and without a locale", async () => {
  const server = await start({ mode: "durable" });
  const [settings] = await query(
    server,
    `select current_setting('fsync') as fsync, current_setting('synchronous_commit') as commit, current_setting('full_page_writes') as pages,
      current_setting('server_encoding') as encoding, datcollate as collate, current_setting('data_checksums') as sums
      from pg_database where datname = 'postgres'`,
  );
  expect(settings).toEqual({ fsync: "on", commit: "on", pages: "on", encoding: "UTF8", collate: "C", sums: "on" });
});

test("only the owner of the data directory can reach a server without a port", async () => {
  copyMade();
  const server = await start();
  expect(new URL(server.url()).searchParams.get("host")).toBe(dataDir);
  expect(await query(server, "select current_setting('listen_addresses') as listens")).toEqual([{ listens: "" }]);
});

test("the second start is quicker than the first, which makes the database, and has its rows", async () => {
  const firstBegun = performance.now();
  const first = await start({ mode: "durable" });
  const firstMs = performance.now() - firstBegun;
  await query(first, "create table kept as select 1 as n");
  await running.pop()?.stop();
  const begun = performance.now();
  const server = await start({ mode: "durable" });
  expect(performance.now() - begun).toBeLessThan(firstMs);
  expect(await query(server, "select n from kept")).toEqual([{ n: 1 }]);
});

test("a server killed at once after a commit keeps it", async () => {
  const server = await start({ mode: "durable" });
  await query(server, "create table kept (n int)");
  await query(server, "insert into kept values (1)");
  process.kill(server.pid, "SIGKILL");
  await server.ended;
  expect(await query(await start({ mode: "durable" }), "select n from kept")).toEqual([{ n: 1 }]);
});

test("backends orphaned by a killed server are ended before the next one starts", async () => {
  copyMade();
  const server = await start();
  const db = connect(server.url(), { max: 1, statementTimeoutMs: 0 });
  // A busy loop does not look whether the server still lives, as a waiting backend would.
  const busy = db`select count(*) from generate_series(1, 100000000000)`.catch((error: unknown) => error);
  await sleep(200);
  process.kill(server.pid, "SIGKILL");
  await server.ended;
  expect(serversOf(dataDir).length).toBeGreaterThan(0);
  const next = await start();
  expect(await busy).toBeInstanceOf(Error);
  expect(await query(next, "select 1 as n")).toEqual([{ n: 1 }]);
  await db.end({ timeout: 0 });
});

test("a server that outlived its killed owner is replaced, and keeps what it had confirmed", async () => {
  const script = `
    const { startPostgres } = await import(${JSON.stringify(path.join(import.meta.dirname, "embeddedPostgres.ts"))});
    const { connect } = await import(${JSON.stringify(path.join(import.meta.dirname, "../../../core/src/ports/db/connect.ts"))});
    const server = await startPostgres({ dataDir: ${JSON.stringify(dataDir)}, mode: "durable" });
    const db = connect(server.url());
    await db\`create table kept as select 7 as n\`;
    console.log("pid " + server.pid);`;
  const owner = spawn(process.execPath, ["--input-type=module", "-e", script], { stdio: ["ignore", "pipe", "inherit"] });
  const pid = Number(await new Promise<string>((resolve) => owner.stdout.on("data", (data: Buffer) => resolve(data.toString().slice(4)))));
  const busy = await problemOf(start());
  expect(busy.problem).toBe("inUse");
  expect(busy.message).toContain(`another Pendo (process ${owner.pid})`);
  owner.kill("SIGKILL");
  await new Promise((resolve) => owner.once("exit", resolve));
  expect(serversOf(dataDir)).toContain(pid);
  expect(await query(await start(), "select n from kept")).toEqual([{ n: 7 }]);
  expect(serversOf(dataDir)).not.toContain(pid);
});

test("a postmaster.pid that names a stranger is not believed, and the stranger lives on", async () => {
  copyMade();
  await start();
  const lines = readFileSync(path.join(dataDir, "postmaster.pid"), "utf8").split("\n");
  await running.pop()?.stop();
  const stranger = spawn("sleep", ["60"], { stdio: "ignore" });
  lines[0] = String(stranger.pid);
  writeFileSync(path.join(dataDir, "postmaster.pid"), lines.join("\n"));
  expect(await query(await start(), "select 1 as n")).toEqual([{ n: 1 }]);
  expect(stranger.exitCode).toBeNull();
  expect(stranger.signalCode).toBeNull();
  stranger.kill();
});

test("two starts on one data directory at once give one server and one readable line", async () => {
  copyMade();
  const outcomes = await Promise.allSettled([start(), start(), start()]);
  expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  const refused = outcomes.flatMap((outcome) => (outcome.status === "rejected" ? [outcome.reason as PostgresStartError] : []));
  expect(refused.map(({ problem }) => problem)).toEqual(["inUse", "inUse"]);
});

test("a lock of a process that is gone, or was written on another boot, is taken over", async () => {
  copyMade();
  writeFileSync(`${dataDir}.lock`, JSON.stringify({ pid: process.pid, host: os.hostname(), startedAt: "another boot:1" }));
  await start();
  await running.pop()?.stop();
  expect(existsSync(`${dataDir}.lock`)).toBe(false);
  writeFileSync(`${dataDir}.lock`, "garbage");
  await start();
});

test("a first start that was killed half way leaves nothing in the way of the next", async () => {
  mkdirSync(`${dataDir}.new/base`, { recursive: true });
  writeFileSync(`${dataDir}.new.password`, "left over");
  expect(await query(await start(), "select 1 as n")).toEqual([{ n: 1 }]);
});

test("a directory with other files in it is left alone and named", async () => {
  mkdirSync(dataDir);
  writeFileSync(path.join(dataDir, "diary.txt"), "mine");
  const error = await problemOf(start());
  expect(error.problem).toBe("corrupt");
  expect(error.message).toContain(dataDir);
  expect(readFileSync(path.join(dataDir, "diary.txt"), "utf8")).toBe("mine");
});

test.each([
  ["PG_VERSION is missing", () => rmSync(path.join(dataDir, "PG_VERSION"))],
  ["PG_VERSION is garbage", () => writeFileSync(path.join(dataDir, "PG_VERSION"), "x\0y")],
  ["the control file is garbage", () => writeFileSync(path.join(dataDir, "global/pg_control"), Buffer.alloc(8192, 7))],
  ["the control file is cut short", () => truncateSync(path.join(dataDir, "global/pg_control"), 100)],
  ["the control file is missing", () => rmSync(path.join(dataDir, "global/pg_control"))],
  ["the log of changes is missing", () => rmSync(path.join(dataDir, "pg_wal"), { recursive: true })],
])("a damaged data directory is said to be damaged: %s", async (_what, damage) => {
  copyMade();
  damage();
  const error = await problemOf(start());
  expect(error.problem).toBe("corrupt");
  expect(error.message).toMatch(/damaged.*Restore a backup/);
});

test("a data directory of another major version is refused by both numbers", async () => {
  copyMade();
  writeFileSync(path.join(dataDir, "PG_VERSION"), "14\n");
  const error = await problemOf(start());
  expect(error.problem).toBe("wrongVersion");
  expect(error.message).toMatch(/PostgreSQL 14, this is 17/);
});

test("a port that is in use is named, and the data directory is free again", async () => {
  copyMade();
  const squatter = net.createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => squatter.once("listening", resolve));
  const { port } = squatter.address() as net.AddressInfo;
  const error = await problemOf(start({ tcpPort: port }));
  expect(error.problem).toBe("portInUse");
  expect(error.message).toContain(String(port));
  squatter.close();
  await start();
});

test("over TCP the server asks for the password", async () => {
  copyMade();
  const server = await start({ tcpPort: await freePort() });
  const port = new URL(server.url()).port;
  const password = readFileSync(path.join(dataDir, "pendo.password"), "utf8");
  const ask = async (secret: string) => {
    const db = connect(`postgres://pendo:${secret}@127.0.0.1:${port}/postgres`, { max: 1 });
    const answer = await db`select 1 as n`.catch((error: unknown) => error);
    await db.end({ timeout: 0 });
    return answer;
  };
  expect(await ask(password)).toEqual([{ n: 1 }]);
  expect(await ask("guess")).toMatchObject({ code: "28P01" });
});

test("a data directory that cannot be made is named", async () => {
  writeFileSync(path.join(home, "file"), "");
  const error = await problemOf(startPostgres({ dataDir: path.join(home, "file", "postgres"), mode: "test" }));
  expect(error.problem).toBe("notWritable");
});

test("a path too long for a socket file gets its socket elsewhere, in a private directory", async () => {
  const deep = path.join(home, "d".repeat(60), "e".repeat(60), "postgres");
  const server = await start({ dataDir: deep, mode: "test" });
  expect(new URL(server.url()).searchParams.get("host")).not.toContain("eee");
  expect(await query(server, "select 1 as n")).toEqual([{ n: 1 }]);
});

test.runIf(process.getuid?.() === 0)(
  "root without user namespaces runs the server as nobody, and takes the files back with them",
  async () => {
    chmodSync(home, 0o755);
    const server = await start({ useNamespace: false });
    await query(server, "create table kept as select 1 as n");
    await query(server, "checkpoint");
    await running.pop()?.stop();
    expect(await query(await start(), "select n from kept")).toEqual([{ n: 1 }]);
  },
);

test.runIf(process.getuid?.() === 0)("root without user namespaces starts in a directory whose parents are missing", async () => {
  chmodSync(home, 0o755);
  const deep = path.join(home, "new", "deeper", "postgres");

  const server = await start({ dataDir: deep, useNamespace: false });
  expect(await query(server, "select 1 as n")).toEqual([{ n: 1 }]);
  await running.pop()?.stop();
  const again = await start({ dataDir: deep, useNamespace: false });
  expect(await query(again, "select 1 as n")).toEqual([{ n: 1 }]);

  const modes = ["new", "new/deeper", "new/deeper/postgres"].map((name) => statSync(path.join(home, name)).mode & 0o777);
  expect(modes).toEqual([0o710, 0o710, 0o700]);
});

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = net.createServer().listen(0, "127.0.0.1", () => {
      const { port } = probe.address() as net.AddressInfo;
      probe.close(() => resolve(port));
    });
  });
}
