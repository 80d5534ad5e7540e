import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { freePort } from "@pendo/host/gateway/listen";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type ChildHost, runHost, startHost } from "./childHost.ts";

const root = mkdtempSync(path.join(tmpdir(), "pendo-bad-start-"));
const good = path.join(root, "good");
const port = String(await freePort(0, "127.0.0.1"));
let running: ChildHost | undefined;
let squatter: Server | undefined;
let takenPort = 0;

beforeAll(async () => {
  const host = await startHost({ PENDO_DATA: good, PORT: port });
  await host.kill("SIGTERM");
  squatter = createServer();
  await new Promise<void>((resolve) => squatter?.listen(0, "127.0.0.1", resolve));
  takenPort = (squatter.address() as { port: number }).port;
});
afterAll(async () => {
  await running?.kill("SIGTERM");
  squatter?.close();
  rmSync(root, { recursive: true, force: true });
});

/** A data directory that was a good one, until something happened to it. */
function damaged(name: string, damage: (dir: string) => void): () => string {
  return () => {
    const dir = path.join(root, name);
    cpSync(good, dir, { recursive: true });
    // A copy is open to other users, of which the start would say a line of its own.
    chmodSync(dir, 0o700);
    damage(dir);
    return dir;
  };
}

interface BadStart {
  readonly what: string;
  readonly environment?: () => Record<string, string>;
  readonly data?: () => string;
  readonly says: RegExp;
}

const starts: BadStart[] = [
  { what: "a port that another program has", environment: () => ({ PORT: String(takenPort) }), says: /Port \d+ is in use .*PORT=/ },
  { what: "a port that is none", environment: () => ({ PORT: "abc" }), says: /PORT must be a port number/ },
  {
    what: "several settings that are none, each named",
    environment: () => ({ PORT: "70000", PENDO_URL: "pendo", PENDO_LOG: "loud", PENDO_DATA: "" }),
    says: /PORT .*PENDO_DATA must name a directory.*PENDO_URL must be an http or https address.*PENDO_LOG must be off, errors or all/,
  },
  { what: "an address of another machine", environment: () => ({ HOST: "192.0.2.1" }), says: /192\.0\.2\.1 \(HOST\)/ },
  { what: "a data directory below a file", data: () => path.join(file("a-file"), "data"), says: /cannot be made: \S+ is a file/ },
  { what: "a data directory that is a file", data: () => file("another-file"), says: /cannot be made: \S+ is a file/ },
  { what: "a data directory behind a dead link", data: () => link("nothing"), says: /cannot be made: \S+ is a link to nothing/ },
  { what: "a data directory with a long name", data: () => path.join(root, "x".repeat(300)), says: /the name is too long/ },
  ...(process.platform === "linux"
    ? [{ what: "a data directory under /proc", data: () => "/proc/pendo/data", says: /that place takes no directories/ }]
    : []),
  {
    what: "a database that is other files",
    data: damaged("other-files", (dir) => emptied(path.join(dir, "postgres"), { "holiday.jpg": "no database" })),
    says: /damaged or not a database/,
  },
  {
    what: "a database whose control file is cut off",
    data: damaged("cut-off", (dir) => truncateSync(path.join(dir, "postgres/global/pg_control"), 100)),
    says: /is damaged/,
  },
  {
    what: "a database of another version",
    data: damaged("old", (dir) => writeFileSync(path.join(dir, "postgres/PG_VERSION"), "12\n")),
    says: /belongs to PostgreSQL 12/,
  },
  {
    what: "secrets that are no JSON",
    data: damaged("secrets", (dir) => writeFileSync(path.join(dir, "secrets.json"), "{ garbage")),
    says: /secrets\.json are damaged \(not JSON\)/,
  },
];

function file(name: string): string {
  writeFileSync(path.join(root, name), "a file");
  return path.join(root, name);
}

function link(name: string): string {
  symlinkSync(path.join(root, "gone"), path.join(root, name));
  return path.join(root, name, "data");
}

function emptied(dir: string, files: Readonly<Record<string, string>>): void {
  rmSync(dir, { recursive: true });
  mkdirSync(dir);
  for (const [name, text] of Object.entries(files)) writeFileSync(path.join(dir, name), text);
}

test.each(starts)("$what: one readable line and exit code 1", async ({ environment = () => ({}), data, says }) => {
  const dataDir = data?.() ?? path.join(root, "untouched");
  const before = data ? undefined : readdirSync(root);
  const { ended } = runHost({ PENDO_DATA: dataDir, PORT: port, ...environment() });
  const { code, stdout, stderr } = await ended;
  expect(stderr).toMatch(/^Pendo could not start: [^\n]+\n$/);
  expect(stderr).toMatch(says);
  expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
  // What is refused before anything is touched leaves no half of a data directory behind.
  if (before) expect(readdirSync(root)).toEqual(before);
});

test("settings for PostgreSQL in the shell change nothing", async () => {
  const shell = { PGSSLMODE: "require", PGOPTIONS: "-c default_transaction_read_only=on", PGHOST: "192.0.2.1", PGPORT: "1" };
  const more = { PGTARGETSESSIONATTRS: "nonsense", PGDATABASE: "none", PGUSER: "none", PGTZ: "nonsense", PGCLIENTENCODING: "nonsense" };

  const host = await startHost({ PENDO_DATA: good, PORT: port, ...shell, ...more, LC_ALL: "nonsense", MALLOC_CHECK_: "3" });

  const { status } = await fetch(`${host.url}/readyz`);
  expect([status, (await host.kill("SIGTERM")).stderr]).toEqual([200, ""]);
});

test("Ctrl-C in the middle of a start ends in order, and leaves no database server behind", async () => {
  const { child, ended } = runHost({ PENDO_DATA: good, PORT: port });
  const pidFile = path.join(good, "postgres/postmaster.pid");
  await expect.poll(() => existsSync(pidFile), { interval: 5 }).toBe(true);
  child.kill("SIGINT");
  expect(await ended).toMatchObject({ code: 0, stderr: "", stdout: "\nFinishing what is under way …\n" });
  expect(existsSync(pidFile)).toBe(false);
});

test("a data directory that another Pendo has: one readable line and exit code 1, and the other goes on", async () => {
  running = await startHost({ PENDO_DATA: good, PORT: port });
  const { ended } = runHost({ PENDO_DATA: good, PORT: "0" });
  expect(await ended).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/^Pendo could not start: The data directory \S+ is in use by another Pendo \(process \d+\)[^\n]*\n$/),
  });
  expect((await fetch(`${running.url}/readyz`)).status).toBe(200);
});
