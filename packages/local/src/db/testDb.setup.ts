import { createHash, randomBytes } from "node:crypto";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import type { TestProject } from "vitest/node";
import { connect } from "@pendo/core/ports/db/connect";
import { startPostgres, type EmbeddedPostgres } from "./embeddedPostgres.ts";
import { removeLeftoverTestServers, removeServer, testServerName } from "./leftoverTestServers.ts";
import { migrate, migrationsDir } from "@pendo/core/ports/db/migrate";

const template = "pendo_template";
const OLD_MS = 3_600_000;
const cacheDir = fileURLToPath(new URL("../../../../node_modules/.cache/pendo-testdb", import.meta.url));

/** Starts one PostgreSQL for the whole run, with a database that holds the schema and waits to be cloned. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  await removeLeftoverTestServers(os.tmpdir());
  const prepared = await prepare();
  const dataDir = path.join(os.tmpdir(), testServerName(process.pid, randomWord()));
  cpSync(prepared, dataDir, { recursive: true });
  const server = await startPostgres({ dataDir, mode: "test" });
  project.provide("testPostgres", { url: server.url(), template });
  return async () => {
    await server.stop();
    rmSync(dataDir, { recursive: true, force: true });
  };
}

// A data directory with the schema, kept under a hash of all that made it. Several runs may make it at once: one of them wins the place.
async function prepare(): Promise<string> {
  const place = path.join(cacheDir, schemaHash());
  if (isKept(place)) return place;
  const fresh = `${place}.${process.pid}-${randomWord()}`;
  mkdirSync(cacheDir, { recursive: true });
  const server = await startPostgres({ dataDir: fresh, mode: "test" });
  try {
    await makeTemplate(server);
    await checkpointAndStop(server);
  } catch (error) {
    await server.stop();
    rmSync(fresh, { recursive: true, force: true });
    throw error;
  }
  try {
    renameSync(fresh, place);
  } catch (error) {
    rmSync(fresh, { recursive: true, force: true });
    if (!existsSync(place)) throw error;
  }
  for (const name of readdirSync(cacheDir)) {
    const old = path.join(cacheDir, name);
    const age = Date.now() - (statSync(old, { throwIfNoEntry: false })?.mtimeMs ?? 0);
    if (old !== place && age > OLD_MS && !name.endsWith(".lock")) await removeServer(old);
  }
  return place;
}

/** Whether it is there; it is then as young as its last use, so that no other run removes it while this one copies it. */
function isKept(place: string): boolean {
  try {
    utimesSync(place, new Date(), new Date());
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return false;
    throw error;
  }
}

const randomWord = (): string => randomBytes(4).toString("hex");

async function makeTemplate(server: EmbeddedPostgres): Promise<void> {
  const admin = connect(server.url(), { max: 1 });
  try {
    await admin`create database ${admin(template)}`;
    await migrate({ url: server.url(template) });
    // Nobody may connect to it, so cloning never finds it busy.
    await admin`alter database ${admin(template)} with is_template true allow_connections false`;
  } finally {
    await admin.end();
  }
}

// A test server is stopped abruptly; what is kept must be on the disk first.
async function checkpointAndStop(server: EmbeddedPostgres): Promise<void> {
  const admin = connect(server.url(), { max: 1 });
  await admin`checkpoint`;
  await admin.end();
  await server.stop();
}

function schemaHash(): string {
  const hash = createHash("sha256");
  const sources = [
    ...readdirSync(migrationsDir)
      .filter((name) => name.endsWith(".sql"))
      .sort()
      .map((name) => path.join(migrationsDir, name)),
    ...["embeddedPostgres.ts", "testDb.setup.ts"].map((name) => path.join(import.meta.dirname, name)),
    path.join(migrationsDir, "../src/ports/db/migrate.ts"),
  ];
  for (const file of sources) hash.update(path.basename(file)).update("\0").update(readFileSync(file)).update("\0");
  return hash
    .update(`${process.platform}-${process.arch}-${process.getuid?.() ?? ""}`)
    .digest("hex")
    .slice(0, 20);
}
