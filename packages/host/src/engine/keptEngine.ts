import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { Clock } from "@pendo/core/ports/clock/clock";
import type { Answers, Ask, ProcessData, EngineMessage } from "./engineMessages.ts";
import type { Engine } from "./engineService.ts";

export interface KeptEngineOptions extends ProcessData {
  readonly clock: Clock;
  /** Something that a person should read. */
  readonly say: (line: string) => void;
}

export interface KeptEngine extends Engine {
  start(): void;
  /** Whether decks come from the engine. */
  isReady(): boolean;
  /** What it measured, in the text format of Prometheus; null while it does not answer. */
  meters(): Promise<string | null>;
  /** The process at this moment, if there is one: for a test that ends it. */
  child(): ChildProcess | undefined;
  /** Ends the process in order, after its last snapshot. */
  stop(): Promise<void>;
}

/** With more decks than this on their way to the process, the next ones are for SQL; and so is one that takes longer. */
const DECKS_WAITING_MAX = 200;
const DECK_MS_MAX = 2_000;
/** Somebody scrapes, who has a timeout of seconds. */
const METERS_MS_MAX = 2_000;
/** A process that does not answer for so long hangs. */
const ANSWER_MS_MAX = 60_000;
const STOP_MS_MAX = 20_000;
const RESTART_MS = 1_000;
const RESTART_MS_MAX = 60_000;
/** The index lies beside this. */
const HEAP_MB = 256;

class EngineAway extends Error {
  override readonly name = "EngineAway";
}

type Question = Ask extends infer A ? (A extends Ask ? Omit<A, "id" | "nowMs"> : never) : never;

interface Connection {
  readonly child: ChildProcess;
  ask<Q extends Question>(question: Q): Promise<Answers[Q["ask"]]>;
}

/**
 * The engine in a process of its own, so that no abort of it ends the host. It is started again whenever it ends. While it is away, or reads what it
 * missed, decks are SQL's, and no fact is kept for it: it takes facts from before it reads what changed, so none falls between the two.
 */
export function keepEngine(options: KeptEngineOptions): KeptEngine {
  const { say } = options;
  let current: Connection | undefined;
  let ready = false;
  let told = false;
  let stopping = false;
  let failures = 0;
  let decksWaiting = 0;
  let restart: NodeJS.Timeout | undefined;

  function begin(): void {
    if (stopping) return;
    const startedMs = performance.now();
    const started = open(options, {
      loaded: (people) => {
        told = true;
        started.ask({ ask: "beReady" }).then(
          () => {
            ready = true;
            const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
            if (failures > 0) say(`The matching engine is back after ${seconds} s, with ${people} people; decks come from it again.`);
            failures = 0;
          },
          () => void started.child.kill("SIGKILL"),
        );
      },
      ended: (problem) => {
        [current, ready, told] = [undefined, false, false];
        if (stopping) return;
        say(`The matching engine ended (${problem}). Decks come from SQL until it is back.`);
        restart = setTimeout(begin, Math.min(RESTART_MS * 2 ** failures++, RESTART_MS_MAX));
      },
    });
    current = started;
  }

  return {
    start: begin,
    isReady: () => ready,
    meters: async () => (told && current ? await within(METERS_MS_MAX, current.ask({ ask: "meters" })) : null),
    child: () => current?.child,
    apply: async (facts) => {
      if (!told || !current) return;
      // Whatever it did not come to, it reads when it is back.
      await current.ask({ ask: "apply", facts }).catch((error: unknown) => {
        if (!(error instanceof EngineAway)) throw error;
      });
    },
    deck: async (userId) => {
      if (!ready || !current || decksWaiting >= DECKS_WAITING_MAX) return null;
      decksWaiting++;
      return await within(DECK_MS_MAX, current.ask({ ask: "deck", userId })).finally(() => decksWaiting--);
    },
    ranked: async (userId, size) => {
      if (!ready || !current) return null;
      return await within(DECK_MS_MAX, current.ask({ ask: "ranked", userId, size }));
    },
    stop: async () => {
      stopping = true;
      clearTimeout(restart);
      if (!current) return;
      const { child } = current;
      await within(STOP_MS_MAX, current.ask({ ask: "stop" }));
      child.kill("SIGKILL");
      if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
    },
  };
}

function open(
  { clock, say, ...data }: KeptEngineOptions,
  { loaded, ended }: { loaded: (people: number) => void; ended: (problem: string) => void },
): Connection {
  const child = fork(fileURLToPath(new URL("./engineProcess.ts", import.meta.url)), [String(process.pid)], {
    // Dates and byte arrays arrive as what they are.
    serialization: "advanced",
    execArgv: [`--max-old-space-size=${HEAP_MB}`, "--max-semi-space-size=8"],
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  const waiting = new Map<
    number,
    { resolve: (answer: Answers[keyof Answers]) => void; reject: (error: Error) => void; patience: NodeJS.Timeout }
  >();
  let problem = "";
  let last = 0;
  let isOver = false;
  // A process that does not start at all has an error and no exit.
  const end = (reason: string): void => {
    if (isOver) return;
    isOver = true;
    for (const { reject, patience } of waiting.values()) {
      clearTimeout(patience);
      reject(new EngineAway("the engine's process ended"));
    }
    ended(problem || reason);
  };
  // What cannot be sent is of a process whose end is about to be known.
  const send = (message: unknown): void => void child.send(message as object, () => {});
  child.on("message", (said: EngineMessage) => {
    if (said.told === "loaded") return loaded(said.people);
    if (said.told === "line") return say(said.line);
    if (said.told === "ended") return void (problem = said.problem);
    const asked = waiting.get(said.id);
    waiting.delete(said.id);
    clearTimeout(asked?.patience);
    if (said.told === "answer") asked?.resolve(said.answer);
    else asked?.reject(new Error(said.problem));
  });
  child.on("error", (error) => (child.pid === undefined ? end(String(error)) : (problem = String(error))));
  child.on("exit", (code, signal) => end(signal ?? `code ${code}`));
  send(data satisfies ProcessData);
  return {
    child,
    ask: <Q extends Question>(question: Q) =>
      new Promise<Answers[Q["ask"]]>((resolve, reject) => {
        const id = ++last;
        const patience = setTimeout(() => {
          problem = "it did not answer";
          child.kill("SIGKILL");
        }, ANSWER_MS_MAX);
        // Reading everything takes as long as it takes.
        if (question.ask === "beReady") clearTimeout(patience);
        // The process answers each question with what belongs to it.
        waiting.set(id, { resolve: resolve as (answer: Answers[keyof Answers]) => void, reject, patience });
        send({ ...question, id, nowMs: clock.now().getTime() } satisfies Ask);
      }),
  };
}

/** The answer, or nothing where it fails or takes longer. */
async function within<T>(ms: number, answer: Promise<T | null>): Promise<T | null> {
  let patience: NodeJS.Timeout | undefined;
  const tooLong = new Promise<null>((resolve) => (patience = setTimeout(() => resolve(null), ms)));
  return await Promise.race([answer.catch(() => null), tooLong]).finally(() => clearTimeout(patience));
}
