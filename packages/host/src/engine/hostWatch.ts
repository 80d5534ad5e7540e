import { isMainThread, Worker, workerData } from "node:worker_threads";
import { parentHasEnded } from "@pendo/core/parentProcess";

const WATCH_MS = 500;
const HEAP_MB = 16;

/** Ends this process soon after its host ended, also while the main thread computes and hears nothing. */
export function endWithHost(hostPid: number): void {
  const watcher = new Worker(new URL(import.meta.url), { workerData: hostPid, resourceLimits: { maxOldGenerationSizeMb: HEAP_MB } });
  watcher.unref();
  // The engine never runs unwatched.
  watcher.on("error", (error) => {
    throw error;
  });
}

if (!isMainThread) {
  setInterval(() => {
    if (parentHasEnded(workerData as number)) process.kill(process.pid, "SIGKILL");
  }, WATCH_MS);
}
