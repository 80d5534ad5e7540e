import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import { isAlive } from "@pendo/core/parentProcess";
import { PostgresStartError } from "./postgresStartError.ts";

/** Who holds a data directory. A pid alone would lie after a restart of the machine or of its container. */
interface Holder {
  readonly pid: number;
  readonly host: string;
  readonly startedAt: string;
}

/**
 * Takes the data directory for this process, or throws `inUse` where a living process has it. A lock left by a dead one is taken over.
 * PostgreSQL's own interlock stands behind this one; ours exists to tell a living owner from a server that outlived its owner.
 */
export function lockDataDir(dataDir: string): { release(): void } {
  const lock = `${dataDir}.lock`;
  const mine = `${lock}.${process.pid}.${randomBytes(4).toString("hex")}`;
  const me = JSON.stringify(holder(process.pid));
  writeFileSync(mine, me, { mode: 0o600 });
  try {
    for (let attempt = 0; attempt < 20; attempt++) {
      if (linked(mine, lock)) return { release: () => void (read(lock) === me && rmSync(lock, { force: true })) };
      const found = read(lock);
      if (found === undefined) continue;
      const pid = livingPid(found);
      if (pid !== undefined) {
        throw new PostgresStartError(
          "inUse",
          `The data directory ${dataDir} is in use by another Pendo (process ${pid}). Stop it, or give this one a directory of its own.`,
        );
      }
      breakLock(lock, found);
    }
  } finally {
    rmSync(mine, { force: true });
  }
  throw new PostgresStartError(
    "inUse",
    `The data directory ${dataDir} is being taken by several processes at once. Start one of them again.`,
  );
}

function linked(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

// Two processes may both find the dead lock; renaming tells which of them broke it, and a living lock moved by mistake is put back.
function breakLock(lock: string, found: string): void {
  const aside = `${lock}.broken.${process.pid}.${randomBytes(4).toString("hex")}`;
  try {
    renameSync(lock, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return;
    throw error;
  }
  if (read(aside) !== found) linked(aside, lock);
  rmSync(aside, { force: true });
}

function livingPid(text: string): number | undefined {
  try {
    const { pid, host, startedAt } = JSON.parse(text) as Holder;
    const now = holder(pid);
    return isAlive(pid) && host === now.host && startedAt === now.startedAt ? pid : undefined;
  } catch {
    return undefined;
  }
}

function holder(pid: number): Holder {
  return { pid, host: os.hostname(), startedAt: startOf(pid) };
}

/** A word that differs between two processes that had the same pid one after the other; empty where the system does not tell. */
function startOf(pid: number): string {
  try {
    if (process.platform === "linux") {
      // The name in parentheses may hold spaces: the fields are counted from behind it. Field 22 is the start in ticks since boot.
      const ticks =
        readFileSync(`/proc/${pid}/stat`, "utf8")
          .replace(/^.*\) /s, "")
          .split(" ")[19] ?? "";
      return `${readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim()}:${ticks}`;
    }
    if (process.platform === "win32") return "";
    return execFileSync("ps", ["-o", "lstart=", "-p", String(pid)], { encoding: "utf8", env: { ...process.env, LC_ALL: "C" } }).trim();
  } catch {
    return "";
  }
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}
