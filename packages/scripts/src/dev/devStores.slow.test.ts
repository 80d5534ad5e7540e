import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import net from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { upstashCache } from "@pendo/core/ports/cache/upstash";
import { systemClock as clock } from "@pendo/core/ports/clock/clock";
import { connect } from "@pendo/core/ports/db/connect";
import type { Ports } from "@pendo/core/ports/ports";
import { lambdaRuntime } from "@pendo/functions/lambda/ports";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { runScript } from "../terminal/runScript.ts";
import { readSettings } from "./settings.ts";

let dataDir: string;
let environment: Record<string, string>;
let running: { child: ChildProcess; said(): string } | undefined;

beforeAll(async () => {
  dataDir = mkdtempSync(path.join(tmpdir(), "pendo-dev-"));
  environment = {
    PENDO_DEV_DATA: dataDir,
    PENDO_DEV_DATABASE_PORT: String(await freePort()),
    PENDO_DEV_DATABASE_USER: "pendo_dev",
    PENDO_DEV_DATABASE: "pendo",
    PENDO_DEV_DATABASE_PASSWORD: "correct'horse battery",
    PENDO_DEV_CACHE_PORT: String(await freePort()),
    PENDO_DEV_CACHE_TOKEN: "0123456789abcdef",
  };
});
afterEach(stop);
afterAll(() => rmSync(dataDir, { recursive: true, force: true }));

test("npm run dev:stores opens a migrated database and a cache on loopback, and keeps the data when it starts again with another password", async () => {
  const first = await start();
  expect(first).toMatch(/^PostgreSQL listens on 127\.0\.0\.1:\d+: the database pendo, brought up to date by \d+ migrations\.$/m);
  const db = database();
  const [role] = await db`select current_user as name, rolsuper as is_superuser from pg_roles where rolname = current_user`;
  expect(role).toEqual({ name: "pendo_dev", isSuperuser: false });
  await db`create table kept (id int)`;
  await db.end();
  const cache = upstashCache({ url: `http://127.0.0.1:${environment["PENDO_DEV_CACHE_PORT"]}`, token: "0123456789abcdef", clock });
  await cache.set("key", "value", 60);
  expect(await cache.get("key")).toBe("value");
  expect((await cache.hit("hits", 1, 60)).allowed).toBe(true);
  expect((await cache.hit("hits", 1, 60)).allowed).toBe(false);
  expect(await stop()).toBe(0);

  environment["PENDO_DEV_DATABASE_PASSWORD"] = "another password of the stage";
  expect(await start()).toContain("up to date.");
  const again = database();
  expect(await again`select count(*) as rows from kept`).toEqual([{ rows: 0 }]);
  expect(await again`select count(*) as people from users`).toEqual([{ people: 0 }]);
  await again.end();
});

test("a function that is linked to them as under sst dev reaches both", async () => {
  await start();
  const { PENDO_DEV_DATABASE_PORT: port, PENDO_DEV_DATABASE_PASSWORD: password, PENDO_DEV_CACHE_PORT: cachePort } = environment;
  const link = { host: "127.0.0.1", port: Number(port), username: "pendo_dev", password, database: "pendo" };
  const runtime = await lambdaRuntime(["db", "cache"], {
    SST_RESOURCE_Database: JSON.stringify(link),
    SST_RESOURCE_Cache: JSON.stringify({ url: `http://127.0.0.1:${cachePort}`, token: "0123456789abcdef" }),
  });
  const { db, cache: linked } = runtime.ports as Pick<Ports, "db" | "cache">;
  expect(await db`select count(*) as people from users`).toEqual([{ people: 0 }]);
  await linked.set("linked", "yes", 60);
  const cache = upstashCache({ url: `http://127.0.0.1:${cachePort}`, token: "0123456789abcdef", clock });
  // Through the store, and not through the function's own stand-in.
  expect(await cache.get("linked")).toBe("yes");
  await db.end();
});

test("a wrong token or password opens nothing", async () => {
  await start();
  const cache = upstashCache({ url: `http://127.0.0.1:${environment["PENDO_DEV_CACHE_PORT"]}`, token: "another token 0000", clock });
  await expect(cache.get("key")).rejects.toThrow("unavailable");
  const db = connect(`postgres://pendo_dev:wrong@127.0.0.1:${environment["PENDO_DEV_DATABASE_PORT"]}/pendo`, { max: 1 });
  await expect(db`select 1`).rejects.toThrow(/password authentication failed/);
  await db.end();
});

test("settings that are missing or wrong are named in one line, and never quoted", async () => {
  const { code, stderr } = await runScript("devStores", [], {
    ...environment,
    PENDO_DEV_CACHE_TOKEN: "hunter2",
    PENDO_DEV_DATABASE_PORT: "x",
  });
  expect(code).toBe(2);
  expect(stderr).toBe(
    "The local stores cannot run: PENDO_DEV_DATABASE_PORT must be a port number; PENDO_DEV_CACHE_TOKEN must have at least 16 characters. `sst dev` sets them.\n",
  );
  expect(() => readSettings({})).toThrow(/PENDO_DEV_DATABASE_PASSWORD must be set/);
});

test("a port that is taken stops it, and nothing is left running", async () => {
  const taken = net.createServer().listen(Number(environment["PENDO_DEV_CACHE_PORT"]), "127.0.0.1");
  await once(taken, "listening");
  const { code, stderr } = await runScript("devStores", [], environment);
  taken.close();
  expect(code).toBe(1);
  expect(stderr).toMatch(/^The local stores cannot run: [^\n]*EADDRINUSE[^\n]*\n$/);
  // The data directory is free again.
  await start();
});

function database() {
  const { PENDO_DEV_DATABASE_PORT: port = "", PENDO_DEV_DATABASE_PASSWORD: password = "" } = environment;
  return connect(`postgres://pendo_dev:${encodeURIComponent(password)}@127.0.0.1:${port}/pendo`, { max: 1 });
}

/** Starts it as `sst dev` does, and waits until both stores listen; answers what it said. */
async function start(): Promise<string> {
  const file = path.resolve(import.meta.dirname, "../devStores.ts");
  const child = spawn(process.execPath, [file], { env: { ...process.env, ...environment }, stdio: ["ignore", "pipe", "pipe"] });
  let text = "";
  running = { child, said: () => text };
  return await new Promise<string>((resolve, reject) => {
    const hear = (chunk: string): void => {
      text += chunk;
      if (/ listens on http:/.test(text)) resolve(text);
    };
    child.stdout.setEncoding("utf8").on("data", hear);
    child.stderr.setEncoding("utf8").on("data", hear);
    child.once("exit", () => reject(new Error(`It ended: ${text}`)));
  });
}

async function stop(): Promise<number | null | undefined> {
  const { child } = running ?? {};
  running = undefined;
  if (!child || child.exitCode !== null) return child?.exitCode;
  child.kill("SIGTERM");
  const [code] = (await once(child, "exit")) as [number | null];
  return code;
}

async function freePort(): Promise<number> {
  const server = net.createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as net.AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}
