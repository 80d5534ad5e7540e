import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, expect, test } from "vitest";
import { connect } from "@pendo/core/ports/db/connect";
import { isAlive } from "@pendo/core/parentProcess";
import { startPostgres } from "./embeddedPostgres.ts";
import { endLeftovers, serversOf } from "./leftoverServer.ts";
import { removeLeftoverTestServers, testServerName } from "./leftoverTestServers.ts";
import { findBinaries } from "./postgresBinaries.ts";

const root = mkdtempSync(path.join(os.tmpdir(), "pendo-leftovers-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** The pid of a process that has ended. */
const endedPid = (): number => spawnSync(process.execPath, ["--version"]).pid;

/** Starts a server in a process of its own, and kills that process. */
async function leftover(dataDir: string): Promise<number> {
  const script = `
    const { startPostgres } = await import(${JSON.stringify(path.join(import.meta.dirname, "embeddedPostgres.ts"))});
    const server = await startPostgres({ dataDir: ${JSON.stringify(dataDir)}, mode: "test" });
    console.log(server.pid);
    setInterval(() => {}, 1000);`;
  const owner = spawn(process.execPath, ["--input-type=module", "-e", script], { stdio: ["ignore", "pipe", "inherit"] });
  const [line] = (await once(owner.stdout, "data")) as [Buffer];
  owner.kill("SIGKILL");
  await once(owner, "exit");
  return Number(line.toString());
}

test("a directory that another run has removed meanwhile has no servers, and its cleaning is no failure", async () => {
  const gone = path.join(root, "gone");

  expect(serversOf(gone)).toEqual([]);

  await endLeftovers(gone, findBinaries(gone));
});

test("runs that clear away leftovers at once end the server of a killed run and remove its directory", async () => {
  const dataDir = path.join(root, testServerName(endedPid(), "left"));
  const pid = await leftover(dataDir);
  expect(isAlive(pid)).toBe(true);

  await Promise.all(Array.from({ length: 5 }, () => removeLeftoverTestServers(root)));

  expect([existsSync(dataDir), existsSync(`${dataDir}.lock`)]).toEqual([false, false]);
  // It stays a zombie until its new parent has looked.
  await expect.poll(() => isAlive(pid)).toBe(false);
});

test.each([
  ["whose name says so", process.pid],
  ["whose lock alone says so", endedPid()],
])("the server of a living run stays, %s", async (_how, pid) => {
  const server = await startPostgres({ dataDir: path.join(root, testServerName(pid, "live")), mode: "test" });
  const db = connect(server.url(), { max: 1 });
  try {
    await removeLeftoverTestServers(root);

    expect([...(await db`select 1 as n`)]).toEqual([{ n: 1 }]);
  } finally {
    await db.end({ timeout: 1 });
    await server.stop();
  }
});
