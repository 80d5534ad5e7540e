import { createHash } from "node:crypto";
import { readdirSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { isAlive } from "@pendo/core/parentProcess";
import { lockDataDir } from "./dataDirLock.ts";
import { endLeftovers } from "./leftoverServer.ts";
import { findBinaries } from "./postgresBinaries.ts";
import { PostgresStartError } from "./postgresStartError.ts";

// A pid means something on its own machine alone, and containers may share a directory for temporary files.
const host = createHash("sha256").update(os.hostname()).digest("hex").slice(0, 8);

/** Where the test server of a run keeps its data, in a name that says which process owns it. */
export function testServerName(pid: number, word: string): string {
  return `pendo-testdb-${host}-${pid}-${word}`;
}

/** Clears away the servers and directories of killed runs. Several runs may do so at once; what a living process owns stays. */
export async function removeLeftoverTestServers(root: string): Promise<void> {
  const ours = new RegExp(`^${testServerName(0, "").replace("-0-", "-(\\d+)-")}[a-z0-9]+$`);
  for (const name of readdirSync(root)) {
    const pid = Number(ours.exec(name)?.[1]);
    if (pid && !isAlive(pid)) await removeServer(path.join(root, name));
  }
}

/** Ends the server in a data directory and removes both, unless a living process holds it. */
export async function removeServer(dataDir: string): Promise<void> {
  const lock = lockUnlessHeld(dataDir);
  if (!lock) return;
  try {
    await endLeftovers(dataDir, findBinaries(dataDir));
    rmSync(dataDir, { recursive: true, force: true });
  } finally {
    lock.release();
  }
}

function lockUnlessHeld(dataDir: string): { release(): void } | undefined {
  try {
    return lockDataDir(dataDir);
  } catch (error) {
    if (error instanceof PostgresStartError && error.problem === "inUse") return undefined;
    throw error;
  }
}
