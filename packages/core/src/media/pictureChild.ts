import { once } from "node:events";
import { isMainThread, Worker, workerData } from "node:worker_threads";
import { parentHasEnded } from "../parentProcess.ts";
import type { Picture } from "./derive.ts";
import type { Unreadable } from "./inspect.ts";

// Runs in a process of its own (see `childDecoder.ts`), which a hostile picture may cost. It serves one picture at a time until its parent ends.

export interface Work {
  readonly file: Uint8Array;
}

export interface ChildReply {
  readonly picture: Picture | { readonly unreadable: Unreadable };
  /** The memory of the process afterwards. */
  readonly residentMb: number;
}

/** This file, wherever a bundler put it: what the parent starts. */
export const childFile = import.meta.url;

/** The argument that says the file was started, and not imported. Bytes of memory, milliseconds of processor time and the parent's pid follow. */
export const SERVE = "pendo-picture-child";
const WATCH_MS = 10;

if (process.argv[2] === SERVE) {
  if (isMainThread) await serve();
  else watch();
}

async function serve(): Promise<void> {
  const [{ default: sharp }, { derive }] = await Promise.all([import("sharp"), import("./derive.ts")]);
  sharp.cache(false);
  sharp.concurrency(1);
  const endsAtMs = new Int32Array(new SharedArrayBuffer(4));
  const watcher = new Worker(new URL(childFile), { argv: process.argv.slice(2), workerData: endsAtMs });
  // An exit would wait for the thread that decodes.
  process.on("disconnect", () => process.kill(process.pid, "SIGKILL"));
  const answer = async ({ file }: Work): Promise<void> => {
    Atomics.store(endsAtMs, 0, cpuMs() + Number(process.argv[4]));
    const picture = await derive(file);
    // On a busy machine the watcher may have slept through all of it.
    if (isTooCostly(endsAtMs)) process.kill(process.pid, "SIGKILL");
    Atomics.store(endsAtMs, 0, 0);
    process.send?.({ picture, residentMb: process.memoryUsage.rss() / 2 ** 20 } satisfies ChildReply);
  };
  // What `derive` does not expect ends the process, and the parent sees that.
  process.on("message", (work: Work) => void answer(work));
  // Nothing is decoded unwatched.
  await once(watcher, "online");
  process.send?.("ready");
}

/** Ends the process, where it takes too much or its parent has ended, from a thread that no decoder blocks. */
function watch(): void {
  const parentPid = Number(process.argv[5]);
  setInterval(() => {
    if (isTooCostly(workerData as Int32Array) || parentHasEnded(parentPid)) process.kill(process.pid, "SIGKILL");
  }, WATCH_MS);
}

function isTooCostly(endsAtMs: Int32Array): boolean {
  const endMs = Atomics.load(endsAtMs, 0);
  // 0: no picture is decoded just now.
  return endMs !== 0 && (process.memoryUsage.rss() > Number(process.argv[3]) || cpuMs() > endMs);
}

function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return Math.round((user + system) / 1000);
}
