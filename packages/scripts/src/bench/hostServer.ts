import { startOneMachine } from "@pendo/host/oneMachine";

export interface HostReady {
  readonly port: number;
  readonly databaseUrl: string;
}

export interface Usage {
  /** After a garbage collection. */
  readonly residentBytes: number;
  readonly heapBytes: number;
  /** CPU time since the start. */
  readonly cpuMs: number;
}

// The one-machine host as a process of its own, as `npm start` runs it, which tells its parent where it is and how much memory it holds.
const [dataDir = ""] = process.argv.slice(2);
const pendo = await startOneMachine({
  dataDir,
  port: 0,
  host: "127.0.0.1",
  logLevel: "errors",
  write: (line) => process.stderr.write(`${line}\n`),
});
process.send?.({ port: Number(new URL(pendo.url).port), databaseUrl: pendo.databaseUrl } satisfies HostReady);
process.on("message", () => {
  globalThis.gc?.();
  const { user, system } = process.cpuUsage();
  const { rss: residentBytes, heapUsed: heapBytes } = process.memoryUsage();
  process.send?.({ residentBytes, heapBytes, cpuMs: (user + system) / 1000 } satisfies Usage);
});
process.on("SIGTERM", () => void pendo.stop().then(() => process.exit(0)));
