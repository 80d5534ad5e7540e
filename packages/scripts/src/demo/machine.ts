import { Worker } from "node:worker_threads";
import type { ConsoleAddress } from "@pendo/host/console/askConsole";

export interface Machine extends ConsoleAddress {
  /** What it wrote to its log: nothing, unless something went wrong. */
  readonly log: readonly string[];
  stop(): Promise<void>;
}

type MachineMessage = ConsoleAddress | { readonly line: string } | { readonly failed: string } | { readonly stopped: true };

/** A whole Pendo in a thread of its own, so that its times are not those of the audience. Throws where it cannot start. */
export async function startMachine(dataDir: string): Promise<Machine> {
  const log: string[] = [];
  const worker = new Worker(new URL("machineThread.ts", import.meta.url), { workerData: { dataDir } });
  const started = Promise.withResolvers<ConsoleAddress>();
  const stopped = Promise.withResolvers<void>();
  worker.on("message", (told: MachineMessage) => {
    if ("url" in told) started.resolve(told);
    else if ("line" in told) log.push(told.line);
    else if ("failed" in told) started.reject(new Error(told.failed));
    else stopped.resolve();
  });
  worker.on("error", (error) => {
    log.push(String((error as Error).stack ?? error));
    started.reject(error);
  });
  worker.on("exit", () => stopped.resolve());
  return {
    ...(await started.promise),
    log,
    stop: async () => {
      worker.postMessage("stop");
      await stopped.promise;
      await worker.terminate();
    },
  };
}
