import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Picture } from "./derive.ts";
import type { Unreadable } from "./inspect.ts";
import type { ChildReply, Work } from "./pictureChild.ts";

/** Much longer than a picture's processor time, so that it ends only what hangs, or what a busy machine keeps from running. */
const WAIT_MS = 45_000;
/** A child that keeps more than this is replaced, since allocators give little back. */
const RESIDENT_MB_MAX = 256;

export type Decoded = Picture | { readonly unreadable: Unreadable | "tooCostly" };

export interface DecoderLimits {
  /** Of the whole process, 90 MB of which are its own. */
  readonly memoryMbMax: number;
  readonly cpuSecMax: number;
}

/** A progressive JPEG of 108 megapixels takes about 450 MB and 3 s. */
const LIMITS: DecoderLimits = { memoryMbMax: 640, cpuSecMax: 15 };

export interface ChildDecoder {
  decode(file: Uint8Array): Promise<Decoded>;
}

/**
 * Decodes pictures in a child process, which lives from the first picture on and dies with this process. One picture at a time.
 * What takes more memory or processor time than is allowed costs the child and is `tooCostly`; what crashes it is `damaged`.
 */
export function childDecoder(limits: DecoderLimits = LIMITS): ChildDecoder {
  let child: Promise<ChildProcess> | undefined;

  return {
    async decode(file) {
      const current = await (child ??= startChild(limits));
      const outcome = await ask(current, { file });
      if (outcome.kind === "answered" && outcome.answer.residentMb <= RESIDENT_MB_MAX) return outcome.answer.picture;
      child = undefined;
      current.kill("SIGKILL");
      if (outcome.kind === "answered") return outcome.answer.picture;
      if (outcome.kind === "silent") throw new Error(`a picture was not decoded within ${WAIT_MS / 1000} s`);
      return { unreadable: outcome.signal === "SIGKILL" ? "tooCostly" : "damaged" };
    },
  };
}

type Outcome =
  | { readonly kind: "answered"; readonly answer: ChildReply }
  | { readonly kind: "ended"; readonly signal: NodeJS.Signals | null }
  | { readonly kind: "silent" };

async function ask(child: ChildProcess, work: Work): Promise<Outcome> {
  // Between pictures the child does not keep this process from ending.
  child.ref();
  child.channel?.ref();
  try {
    return await new Promise<Outcome>((resolve) => {
      const timer = setTimeout(() => resolve({ kind: "silent" }), WAIT_MS);
      const settle = (outcome: Outcome): void => {
        clearTimeout(timer);
        child.removeAllListeners("message").removeAllListeners("exit");
        resolve(outcome);
      };
      child.once("exit", (_code, signal) => settle({ kind: "ended", signal }));
      child.once("message", (answer) => settle({ kind: "answered", answer: answer as ChildReply }));
      if (child.exitCode !== null || child.signalCode !== null) return settle({ kind: "ended", signal: child.signalCode });
      child.send(work, (error) => error && settle({ kind: "ended", signal: child.signalCode }));
    });
  } finally {
    child.unref();
    child.channel?.unref();
  }
}

async function startChild({ memoryMbMax, cpuSecMax }: DecoderLimits): Promise<ChildProcess> {
  // Loaded here, so that a bundler leaves it a file of its own.
  const { childFile, SERVE } = await import("./pictureChild.ts");
  const bounds = [memoryMbMax * 2 ** 20, cpuSecMax * 1000, process.pid].map(String);
  const child = fork(fileURLToPath(childFile), [SERVE, ...bounds], {
    execArgv: [],
    serialization: "advanced",
    env: {},
    stdio: ["ignore", "ignore", "ignore", "ipc"],
  });
  await new Promise<void>((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`the process that decodes pictures ended at its start (${code})`)));
    child.once("message", () => resolve());
  });
  child.removeAllListeners("exit").removeAllListeners("error");
  // An error between pictures shows as an exit when the next one is asked for.
  child.on("error", () => {});
  return child;
}
