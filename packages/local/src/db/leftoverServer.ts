import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, readlinkSync, realpathSync, rmSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { isAlive } from "@pendo/core/parentProcess";
import { runProgram, type PostgresBinaries } from "./postgresBinaries.ts";
import { PostgresStartError } from "./postgresStartError.ts";

/**
 * Ends what an earlier owner of the data directory left running: a whole server whose parent was killed, or the orphaned backends of a
 * killed server, which would still write into the files. Touches only server processes working in this directory: a pid found in
 * `postmaster.pid` may long belong to somebody else. The caller holds the directory's lock.
 */
export async function endLeftovers(dataDir: string, binaries: PostgresBinaries): Promise<void> {
  const pidFile = path.join(dataDir, "postmaster.pid");
  const pids = ifThere(() => readFileSync(pidFile, "utf8"));
  if (pids === undefined) return;
  const postmaster = Number(pids.split("\n")[0]);
  if (process.platform === "win32") {
    // There pg_ctl speaks to the server through its own pipe, so a stranger with the same pid is not harmed.
    await runProgram(binaries, "pg_ctl", ["stop", "-D", dataDir, "-m", "fast", "-t", "15"]);
  } else {
    // Fast shutdown first, where somebody is there to lead it; then an abrupt one, which crash recovery mends.
    const steps: readonly (readonly [NodeJS.Signals | undefined, number])[] = [
      serversOf(dataDir).includes(postmaster) ? ["SIGINT", 15_000] : [undefined, 1_000],
      ["SIGQUIT", 3_000],
      ["SIGKILL", 3_000],
    ];
    for (const [signal, patienceMs] of steps) {
      const pids = signal === "SIGINT" ? [postmaster] : serversOf(dataDir);
      if (signal) for (const pid of pids) endProcess(pid, signal);
      if (await allGone(dataDir, patienceMs)) break;
    }
    const left = serversOf(dataDir);
    if (left.length > 0) {
      throw new PostgresStartError(
        "inUse",
        `The data directory ${dataDir} is held by server processes that do not end: ${left.join(", ")}.`,
      );
    }
  }
  rmSync(pidFile, { force: true });
}

async function allGone(dataDir: string, patienceMs: number): Promise<boolean> {
  for (let waitedMs = 0; serversOf(dataDir).length > 0; waitedMs += 25) {
    if (waitedMs >= patienceMs) return false;
    await sleep(25);
  }
  return true;
}

function endProcess(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

/** The server processes that work in a data directory: each has it as its working directory. */
export function serversOf(dataDir: string): number[] {
  const dir = ifThere(() => realpathSync(dataDir));
  // Another run may have removed it.
  if (dir === undefined) return [];
  const found = process.platform === "linux" ? serversOnLinux() : serversByLsof();
  return found
    .filter(({ cwd }) => cwd === dir)
    .map(({ pid }) => pid)
    .filter(isAlive);
}

function ifThere<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

function serversOnLinux(): { pid: number; cwd: string }[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const isServer = path.basename(readlinkSync(`/proc/${name}/exe`)).replace(/ \(deleted\)$/, "") === "postgres";
        return isServer ? [{ pid: Number(name), cwd: readlinkSync(`/proc/${name}/cwd`) }] : [];
      } catch {
        return [];
      }
    });
}

function serversByLsof(): { pid: number; cwd: string }[] {
  let listing = "";
  try {
    listing = execFileSync("lsof", ["-a", "-c", "postgres", "-d", "cwd", "-F", "pn"], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    });
  } catch {
    // It ends with an error where nothing matches.
  }
  return listing.split("\np").flatMap((entry) => {
    const pid = Number(/^p?(\d+)/.exec(entry)?.[1]);
    const cwd = /^n(.*)$/m.exec(entry)?.[1];
    return pid && cwd ? [{ pid, cwd }] : [];
  });
}
