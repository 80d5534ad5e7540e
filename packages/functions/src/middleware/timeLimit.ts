import { setMaxListeners } from "node:events";
import { Fault } from "@pendo/core/fault";
import { gatedDb } from "@pendo/core/ports/db/gated";
import type { Db } from "@pendo/core/ports/db/db";
import type { Context } from "aws-lambda";
import { faultOf } from "./problem.ts";
import type { TimeLimit } from "./runtime.ts";

/** What a host says of the time it gives: all hosts of ours say it, tests may not. */
export type Timed = Partial<Pick<Context, "getRemainingTimeInMillis">>;

/** What an answer needs to leave once its work is over. */
export const ANSWER_MS = 1_000;
/** What a batch or a run needs once its work is over: its bugs may take 2 s to reach Sentry. */
export const REPORT_MS = 2_500;

// What work needs to roll back once the signal has aborted it.
const ROLLBACK_MS = 250;

/** The limit of an invocation: it ends `marginMs` before the host ends the invocation, so that an answer can leave. */
export function limitOf(context: Timed, marginMs: number): TimeLimit {
  const leftMs = context.getRemainingTimeInMillis?.();
  return timeLimit(leftMs === undefined ? Infinity : leftMs - marginMs - ROLLBACK_MS);
}

/** A limit of so long, which is over at the latest when its parent is. */
export function timeLimit(ms: number, parent?: TimeLimit): TimeLimit {
  const controller = new AbortController();
  // One for each message of the batch.
  setMaxListeners(0, controller.signal);
  const endsMs = performance.now() + ms;
  const stop = (): void => controller.abort(new Fault("server.busy"));
  const timer = Number.isFinite(ms) ? setTimeout(stop, Math.max(0, ms)) : undefined;
  parent?.signal.addEventListener("abort", stop, { once: true });
  if (parent?.signal.aborted) stop();
  return {
    signal: controller.signal,
    leftMs: () => Math.min(endsMs - performance.now(), parent?.leftMs() ?? Infinity),
    end: () => {
      clearTimeout(timer);
      parent?.signal.removeEventListener("abort", stop);
    },
  };
}

/**
 * Awaits work until its time is over, and a moment longer for its transaction to roll back.
 * @throws {Fault} `server.busy`: the work is not done by then; it may go on, and nothing waits for what it does then
 */
export async function within<Result>({ signal }: TimeLimit, work: () => Promise<Result>): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  let expire: () => void = () => {};
  const late = new Promise<never>((_, reject) => {
    expire = () => (timer = setTimeout(() => reject(signal.reason as Fault), ROLLBACK_MS));
    signal.addEventListener("abort", expire, { once: true });
    if (signal.aborted) expire();
  });
  try {
    return await Promise.race([work(), late]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", expire);
  }
}

/** Whether work failed because its time was over, rather than by itself. */
export function isLate({ signal }: TimeLimit, error: unknown): boolean {
  return signal.aborted && faultOf(error).fault.code === "server.busy";
}

/** The context of work with a limit: once the time is over, its database takes no more statements, and its transaction rolls back. */
export function limited<Ctx extends Readonly<Record<string, unknown>>>(context: Ctx, { signal, leftMs }: TimeLimit): Ctx {
  return "db" in context && Number.isFinite(leftMs()) ? { ...context, db: gatedDb(context["db"] as Db, signal) } : context;
}
