import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { readConsoleSecret } from "@pendo/host/console/consoleSecret";

const main = fileURLToPath(import.meta.resolve("@pendo/host/main"));

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface ChildHost {
  readonly url: string;
  readonly consoleSecret: string;
  /** From its start until it said that it is ready, the start of Node included. */
  readonly readyMs: number;
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  kill(signal: NodeJS.Signals): Promise<Ended>;
}

/** `npm start` as a process of its own, with this environment and no other settings. */
export function runHost(environment: Readonly<Record<string, string>>): { child: ChildProcess; said: () => string; ended: Promise<Ended> } {
  const {
    PORT: _port,
    HOST: _host,
    PENDO_DATA: _data,
    PENDO_URL: _url,
    PENDO_LOG: _log,
    PENDO_TRUSTED_PROXIES: _proxies,
    PENDO_ORIGINS: _origins,
    PENDO_METRICS: _metrics,
    SENTRY_DSN: _dsn,
    ...rest
  } = process.env;
  const child = spawn(process.execPath, [main], {
    env: { ...rest, PENDO_TRUSTED_PROXIES: "127.0.0.1", ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let [stdout, stderr] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (text: string) => void (stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => void (stderr += text));
  // Not "close": PostgreSQL outlives a kill, and holds the pipe.
  const ended = once(child, "exit").then(async ([code, signal]): Promise<Ended> => {
    await new Promise((resolve) => setTimeout(resolve, 50));
    return { code: code as number | null, signal: signal as NodeJS.Signals | null, stdout, stderr };
  });
  return { child, said: () => stdout, ended };
}

/** Starts it and waits until it is ready. Throws with what it said where it ends instead. */
export async function startHost(environment: Readonly<Record<string, string>> & { readonly PENDO_DATA: string }): Promise<ChildHost> {
  const startedMs = performance.now();
  const { child, said, ended } = runHost(environment);
  const isReady = new Promise<string>((resolve) => {
    child.stdout?.on("data", () => {
      const url = /API\s+(http:\S+)\/v1/.exec(said())?.[1];
      if (url) resolve(url);
    });
  });
  const url = await Promise.race([
    isReady,
    ended.then(({ stdout, stderr }) => Promise.reject(new Error(`The host ended: ${stdout}${stderr}`))),
  ]);
  const readyMs = performance.now() - startedMs;
  return {
    ...{ url, consoleSecret: readConsoleSecret(environment.PENDO_DATA) ?? "", readyMs, child, ended },
    kill: async (signal) => {
      child.kill(signal);
      return await ended;
    },
  };
}
