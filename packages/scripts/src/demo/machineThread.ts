import { parentPort, workerData } from "node:worker_threads";
import { startOneMachine } from "@pendo/host/oneMachine";

// The thread behind `machine.ts`: starts Pendo, tells where it answers, and ends it when told.
const { dataDir } = workerData as { readonly dataDir: string };
const tell = (told: object): void => parentPort?.postMessage(told);
try {
  const pendo = await startOneMachine({
    dataDir,
    port: 0,
    host: "127.0.0.1",
    logLevel: "errors",
    trustedProxies: ["127.0.0.1"],
    write: (line) => tell({ line }),
  });
  parentPort?.once("message", () => void pendo.stop().then(() => tell({ stopped: true })));
  tell({ url: pendo.url, consoleSecret: pendo.consoleSecret });
} catch (error) {
  tell({ failed: (error as Error).message });
}
