import { Worker } from "node:worker_threads";
import type { Judge, TextVerdict } from "./judge.ts";
import type { Verdicts, Question } from "./judgeThread.ts";

/** With so many texts waiting there is no verdict in time; more would only fill the memory. */
const WAITING_MAX = 1000;
const HEAP_MB = 64;

export interface ThreadJudgeOptions {
  /** A text that takes longer costs its thread: the next text gets a new one. */
  readonly hangMs?: number;
  /** Every caller waits at least so long. For tests on machines that do much else. */
  readonly waitMsMin?: number;
  /** The module that answers in the thread; a test has its own. */
  readonly moduleUrl?: () => Promise<string>;
  /** Called when a thread ended by itself or could not start: a bug. */
  readonly onEnd: (problem: Error) => void;
  /** Called when a text took longer than `hangMs` and cost its thread, as on a machine under load. Its callers get no verdict in time. */
  readonly onHang: (hangMs: number) => void;
}

export interface ThreadJudge extends Judge {
  /** Starts the thread before the first text. */
  warm(): void;
  stop(): Promise<void>;
}

interface Job {
  readonly question: Question;
  readonly finish: (verdicts: Verdicts | null) => void;
  over: boolean;
}

/**
 * Judges texts in one thread of this process, one text after the other. The thread starts with the first text and does not keep the process alive.
 * It is one thread because a verdict takes about a millisecond, and a second thread would wait for the same processor.
 */
export function threadJudge({ hangMs = 1000, waitMsMin = 0, moduleUrl = ownModule, onEnd, onHang }: ThreadJudgeOptions): ThreadJudge {
  const waiting: Job[] = [];
  let current: { readonly job: Job; readonly hang: NodeJS.Timeout } | undefined;
  let thread: Worker | undefined;
  // A text's time begins when the thread has loaded its rules.
  let isReady = false;
  let starting: Promise<void> | undefined;
  let stopped = false;

  async function start(): Promise<void> {
    try {
      const url = await moduleUrl();
      if (stopped) return;
      thread = opened(url, {
        onAnswer: (answer) => {
          if (answer === "ready") isReady = true;
          else finishCurrent(answer);
          next();
        },
        onExit: (problem) => {
          thread = starting = undefined;
          isReady = false;
          if (!stopped && problem) onEnd(problem);
          else if (!stopped) onHang(hangMs);
          finishCurrent(null);
          next();
        },
      });
    } catch (error) {
      starting = undefined;
      onEnd(error instanceof Error ? error : new Error(String(error)));
      for (const job of waiting.splice(0)) job.finish(null);
    }
  }

  function next(): void {
    if (current || stopped) return;
    while (waiting[0]?.over) waiting.shift();
    if (waiting.length === 0) return;
    starting ??= start();
    const asked = thread;
    const job = isReady && asked ? waiting.shift() : undefined;
    if (!asked || !job) return;
    current = { job, hang: setTimeout(() => setImmediate(() => current?.job === job && endHung(asked)), hangMs) };
    asked.postMessage(job.question);
  }

  function finishCurrent(answer: Verdicts | null): void {
    if (!current) return;
    clearTimeout(current.hang);
    current.job.finish(answer);
    current = undefined;
  }

  return {
    verdicts: async (texts, place, waitMs) => {
      if (stopped || waiting.length >= WAITING_MAX) return null;
      const { job, verdicts } = jobOf({ texts, place }, Math.max(waitMs, waitMsMin));
      waiting.push(job);
      next();
      return await verdicts;
    },
    warm: () => void (starting ??= start()),
    stop: async () => {
      stopped = true;
      for (const job of waiting.splice(0)) job.finish(null);
      await thread?.terminate();
    },
  };
}

function jobOf(question: Question, waitMs: number): { job: Job; verdicts: Promise<readonly TextVerdict[] | null> } {
  const { promise: verdicts, resolve } = Promise.withResolvers<readonly TextVerdict[] | null>();
  const job: Job = {
    question,
    over: false,
    finish: (answer) => {
      job.over = true;
      clearTimeout(patience);
      resolve(answer);
    },
  };
  const patience = setTimeout(() => job.finish(null), waitMs);
  return { job, verdicts };
}

interface Heard {
  readonly onAnswer: (answer: Verdicts | "ready") => void;
  /** Null where the thread hung. */
  readonly onExit: (problem: Error | null) => void;
}

const hung = new WeakSet<Worker>();

/** To be called after messages that wait were handled: where this event loop was busy, the verdict may be among them. */
function endHung(worker: Worker): void {
  hung.add(worker);
  void worker.terminate();
}

function opened(url: string, { onAnswer, onExit }: Heard): Worker {
  const worker = new Worker(new URL(url), { workerData: { serves: "verdicts" }, resourceLimits: { maxOldGenerationSizeMb: HEAP_MB } });
  let problem: Error | undefined;
  worker.unref();
  worker.on("message", onAnswer);
  worker.on("error", (error: Error) => void (problem = error));
  worker.on("exit", (code) => {
    const ended = problem ?? new Error(`The thread that judges texts ended with code ${code}.`);
    onExit(hung.has(worker) ? null : ended);
  });
  return worker;
}

async function ownModule(): Promise<string> {
  return (await import("./judgeThread.ts")).url;
}
