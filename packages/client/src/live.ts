import type { FaultCode } from "@pendo/contract/faults";
import type { FrameInName, framesIn, FrameOutData, FrameOutName } from "@pendo/contract/sockets";
import type * as z from "zod";
import type { Client } from "./client.ts";
import { faultStatus } from "./contractData.ts";
import { type Deferred, deferred } from "./deferred.ts";
import { ProblemError } from "./problem.ts";

export type Frame = {
  readonly [F in FrameOutName]: { readonly type: F; readonly data: FrameOutData<F>; readonly cursor?: string };
}[FrameOutName];

export interface LiveOptions {
  /** The client whose user it is. */
  readonly client: Pick<Client, "realtime">;
  /** Every frame, as it comes. Frames are hints: truth comes by `sync`. */
  readonly onFrame: (frame: Frame) => void;
  /** The socket opened, at first or again: sync from the last cursor now. */
  readonly onOpen?: () => void;
  /** The socket that was open has closed. */
  readonly onClose?: () => void;
  readonly WebSocket?: typeof globalThis.WebSocket;
  /** The longest wait between two attempts to reconnect. */
  readonly backoffMaxMs?: number;
  /** How often it pings: often enough not to be closed as idle. */
  readonly pingEveryMs?: number;
}

export interface Live {
  /**
   * Sends a frame, once the socket is open, and waits for what answers it: `pong` for `ping`, `ready` for `sync`, else `ack` or `error`.
   * Throws `ProblemError`, or `Error` where the socket closed meanwhile.
   */
  send<F extends FrameInName>(type: F, data: z.input<(typeof framesIn)[F]["data"]>): Promise<Frame>;
  /** Resolves when the socket is open; rejects when it never will be again. */
  ready(): Promise<void>;
  close(): void;
}

const ANSWER_WITHIN_MS = 15_000;
const PING_EVERY_MS = 240_000;
const ANSWERED_BY: Readonly<Partial<Record<FrameInName, FrameOutName>>> = { ping: "pong", sync: "ready" };

/** A socket that stays open: it reconnects with jitter, each time with a fresh ticket, until it is closed or the session is over. */
export function live(options: LiveOptions): Live {
  const { client, onFrame, WebSocket: Socket = globalThis.WebSocket, backoffMaxMs = 10_000, pingEveryMs = PING_EVERY_MS } = options;
  const asked = questions();
  let socket: WebSocket | undefined;
  let [isOpen, closed, failures] = [false, false, 0];
  let retry: ReturnType<typeof setTimeout> | undefined;
  let pinging: ReturnType<typeof setInterval> | undefined;
  let opened = openable();

  const receive = (frame: Frame): void => {
    // Only a socket that does something is a success: one that opens and closes at once must not be tried again at once.
    failures = 0;
    asked.answer(frame);
    onFrame(frame);
  };
  const lost = (): void => {
    clearInterval(pinging);
    asked.giveUp();
    if (isOpen) {
      isOpen = false;
      opened = openable();
      options.onClose?.();
    }
    again();
  };
  const again = (): void => {
    if (closed) return opened.reject(new Error("The socket was closed."));
    const waitMs = Math.min(backoffMaxMs, 100 * 2 ** failures++) * (0.5 + Math.random() / 2);
    retry = setTimeout(() => void connect(), waitMs);
  };
  const connect = async (): Promise<void> => {
    try {
      const { url } = await client.realtime.createTicket();
      if (closed) return again();
      socket = attend(new Socket(url));
    } catch (error) {
      // Signed out, or suspended: nothing to come back to.
      if (error instanceof ProblemError && (error.status === 401 || error.code === "account.suspended")) closed = true;
      again();
    }
  };
  const attend = (opening: WebSocket): WebSocket => {
    opening.addEventListener("open", () => {
      if (closed) return;
      isOpen = true;
      pinging = setInterval(() => void send("ping", {}).catch(() => {}), pingEveryMs);
      opened.resolve();
      options.onOpen?.();
    });
    opening.addEventListener("message", ({ data }) => opening === socket && receive(JSON.parse(data as string) as Frame));
    opening.addEventListener("close", () => opening === socket && lost());
    opening.addEventListener("error", () => {});
    return opening;
  };
  const send: Live["send"] = async (type, data) => {
    await opened.promise;
    return await asked.ask(type, (ref) => socket?.send(JSON.stringify({ type, ref, data })));
  };
  const close = (): void => {
    if (closed) return;
    closed = true;
    clearTimeout(retry);
    socket?.close();
    // Nobody has to wait for the other side's farewell.
    socket = undefined;
    lost();
  };
  void connect();
  return { ready: async () => await opened.promise, send, close };
}

interface Questions {
  /** Sends under a reference of its own, and waits for what answers it. */
  ask(type: FrameInName, send: (ref: string) => void): Promise<Frame>;
  answer(frame: Frame): void;
  /** Nothing will be answered any more. */
  giveUp(): void;
}

interface Question {
  readonly ref: string;
  /** What answers it, where that is no `ack` that names it. */
  readonly by: FrameOutName | undefined;
  readonly resolve: (frame: Frame) => void;
  readonly reject: (error: Error) => void;
}

function questions(): Questions {
  // In the order in which they were sent, which is that of their answers.
  const waiting = new Set<Question>();
  let counter = 0;
  return {
    ask: async (type, send) => {
      const ref = String(++counter);
      const { promise, resolve, reject } = deferred<Frame>();
      const question = { ref, by: ANSWERED_BY[type], resolve, reject };
      waiting.add(question);
      const patience = setTimeout(() => reject(new Error("No answer came in time.")), ANSWER_WITHIN_MS);
      send(ref);
      return await promise.finally(() => {
        clearTimeout(patience);
        waiting.delete(question);
      });
    },
    answer: (frame) => {
      const ref = "ref" in frame.data ? frame.data.ref : null;
      for (const question of waiting) {
        if (ref === null ? question.by !== frame.type : question.ref !== ref) continue;
        waiting.delete(question);
        if (frame.type === "error") question.reject(problemOf(frame.data));
        else question.resolve(frame);
        return;
      }
    },
    giveUp: () => {
      for (const { reject } of waiting) reject(new Error("The socket closed before the answer came."));
      waiting.clear();
    },
  };
}

function openable(): Deferred<void> {
  const opening = deferred<void>();
  // Nobody may be waiting when it turns out that it never opens.
  opening.promise.catch(() => {});
  return opening;
}

function problemOf({ code, detail, fields = {} }: FrameOutData<"error">): ProblemError {
  const status = Object.hasOwn(faultStatus, code) ? faultStatus[code as FaultCode] : 400;
  return new ProblemError({
    status,
    code: code as FaultCode,
    detail,
    errors: Object.entries(fields).map(([pointer, reason]) => ({ pointer, detail: reason })),
  });
}
