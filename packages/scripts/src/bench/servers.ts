import { type ChildProcess, fork, spawn } from "node:child_process";
import { once } from "node:events";
import type { HostReady, Usage } from "./hostServer.ts";

const beside = (file: string): string => new URL(file, import.meta.url).pathname;

/** The options of Node that `npm start` runs with: a heap that is collected before it doubles keeps the resident memory down. */
const asStarted = ["--max-semi-space-size=8", "--heap-growing-percent=40"];

export interface HostProcess extends HostReady {
  /** Of the host's process, PostgreSQL aside. */
  usage(): Promise<Usage>;
  stop(): Promise<void>;
}

/**
 * Starts the host in a process of its own, with the options of `npm start`. `execArgv` adds options of Node.
 * @throws {Error} where the process ends before it serves
 */
export async function startHost(dataDir: string, execArgv: readonly string[] = []): Promise<HostProcess> {
  const child = fork(beside("hostServer.ts"), [dataDir], {
    execArgv: ["--expose-gc", ...asStarted, ...execArgv],
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  const ended = once(child, "exit").then(() => {
    throw new Error("The host ended before it was ready.");
  });
  const [ready] = (await Promise.race([once(child, "message"), ended])) as [HostReady];
  ended.catch(() => {});
  return {
    ...ready,
    usage: async () => {
      child.send("usage");
      return ((await once(child, "message")) as [Usage])[0];
    },
    stop: () => stop(child),
  };
}

export interface BareProcess {
  readonly port: number;
  stop(): Promise<void>;
}

/**
 * Starts the server that does the same writes without the host around them, in a process of its own: what the host
 * costs is the difference.
 */
export async function startBare(databaseUrl: string, dataDir: string): Promise<BareProcess> {
  const child = spawn(process.execPath, [beside("bareServer.ts"), databaseUrl, dataDir], { stdio: ["ignore", "pipe", "inherit"] });
  const [line] = (await once(child.stdout, "data")) as [Buffer];
  return { port: Number(line.toString()), stop: () => stop(child) };
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  child.kill("SIGTERM");
  await once(child, "exit");
}
