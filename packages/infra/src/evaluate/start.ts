import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Document } from "../evaluated.ts";

interface Started {
  /** Why it does not start. */
  readonly refusal?: string;
  /** Files that were loaded by the time the handler was there. */
  readonly loaded: readonly string[];
  /** Links that it read. */
  readonly uses: readonly string[];
}

interface Starting {
  /** The bundle's entry. */
  readonly entry: string;
  /** The export that Lambda calls. */
  readonly exported: string;
  readonly links: Readonly<Record<string, Document>>;
  readonly environment: Readonly<Record<string, string>>;
  readonly region: string;
}

const timeoutSec = 30;

/** Starts a bundled handler as Lambda would, up to its first request, with nothing but its links and its environment. */
export async function start({ entry, exported, links, environment, region }: Starting): Promise<Started> {
  const child = fork(fileURLToPath(new URL("probe.ts", import.meta.url)), [entry, exported], {
    stdio: ["ignore", "ignore", "pipe", "ipc"],
    timeout: timeoutSec * 1000,
    env: {
      ...environment,
      AWS_REGION: region,
      AWS_ACCESS_KEY_ID: "offline",
      AWS_SECRET_ACCESS_KEY: "offline",
      SST_RESOURCES_JSON: JSON.stringify(links),
    },
  });
  let [answer, complaint]: [Started | undefined, string] = [undefined, ""];
  child.on("message", (message) => (answer = message as unknown as Started));
  child.stderr?.on("data", (chunk: Buffer) => (complaint += chunk.toString()));
  const code = await new Promise<number | null>((resolve, reject) => child.on("error", reject).on("exit", resolve));
  if (answer) return answer;
  const why = complaint.trim().split("\n").at(-1) || `it ended with ${code === null ? `no answer in ${timeoutSec} s` : `code ${code}`}`;
  return { refusal: why, loaded: [], uses: [] };
}
