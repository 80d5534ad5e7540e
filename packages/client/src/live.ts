import { type FaultCode, faults } from "@pendo/contract/faults";
import type { FrameInName, framesIn, FrameOutData, FrameOutName } from "@pendo/contract/sockets";
import type { z } from "zod";
import type { Client } from "./client.ts";
import { ProblemError } from "./problem.ts";

export type Frame = { readonly [F in FrameOutName]: { readonly type: F; readonly data: FrameOutData<F>; readonly cursor?: string } }[FrameOutName];

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

interface Asked {
  readonly ref: string;
  /** What answers it, where that is no `ack` that names it. */
  readonly by: FrameOutName | undefined;
  readonly resolve: (frame: Frame) => void;
  readonly reject: (error: Error) => void;
}

const ANSWER_WITHIN_MS = 15_000;
const PING_EVERY_MS = 240_000;
const ANSWERED_BY: Readonly<Partial<Record<FrameInName, FrameOutName>>> = { ping: "pong", sync: "ready" };

/** A socket that stays open: it reconnects with jitter, each time with a fresh ticket, until it is closed or the session is over. */
export function live(options: LiveOptions): Live {
  const { client, onFrame, WebSocket: Socket = globalThis.WebSocket, backoffMaxMs = 10_000, pingEveryMs = PING_EVERY_MS } = options;
  /** In the order in which they were sent, which is that of their answers. */
  const waiting = new Set<Asked>();
  let socket: WebSocket | undefined;
  let isOpen = false;
  let closed = false;
  let failures = 0;
  let counter = 0;
  let retry: ReturnType<typeof setTimeout> | undefined;
  let pinging: ReturnType<typeof setInterval> | undefined;
  let opened = openable();

  const receive = (text: string): void => {
    const frame = JSON.parse(text) as Frame;
    // Only a socket that does something is a success: one that opens and closes at once must not be tried again at once.
    failures = 0;
    const ref = "ref" in frame.data ? frame.data.ref : null;
    for (const asked of waiting) {
      if (ref === null ? asked.by !== frame.type : asked.ref !== ref) continue;
      waiting.delete(asked);
      if (frame.type === "error") asked.reject(problemOf(frame.data));
      else asked.resolve(frame);
      break;
    }
    onFrame(frame);
  };

  const lost = (): void => {
    clearInterval(pinging);
    for (const { reject } of waiting) reject(new Error("The socket closed before the answer came."));
    waiting.clear();
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
    let url: string;
    try {
      ({ url } = await client.realtime.ticket());
    } catch (error) {
      // Signed out, or suspended: nothing to come back to.
      if (error instanceof ProblemError && (error.status === 401 || error.code === "account.suspended")) closed = true;
      return again();
    }
    if (closed) return again();
    const opening = (socket = new Socket(url));
    opening.addEventListener("open", () => {
      if (closed) return;
      isOpen = true;
      pinging = setInterval(() => void send("ping", {}).catch(() => {}), pingEveryMs);
      opened.resolve();
      options.onOpen?.();
    });
    opening.addEventListener("message", ({ data }) => opening === socket && receive(String(data)));
    opening.addEventListener("close", () => opening === socket && lost());
    opening.addEventListener("error", () => {});
  };
  const send: Live["send"] = async (type, data) => {
    await opened.promise;
    const ref = String(++counter);
    const { promise, resolve, reject } = Promise.withResolvers<Frame>();
    const asked: Asked = { ref, by: ANSWERED_BY[type], resolve, reject };
    waiting.add(asked);
    const patience = setTimeout(() => reject(new Error("No answer came in time.")), ANSWER_WITHIN_MS);
    socket?.send(JSON.stringify({ type, ref, data }));
    return await promise.finally(() => {
      clearTimeout(patience);
      waiting.delete(asked);
    });
  };
  void connect();

  return {
    ready: async () => await opened.promise,
    send,
    close: () => {
      if (closed) return;
      closed = true;
      clearTimeout(retry);
      const closing = socket;
      // Nobody has to wait for the other side's farewell.
      socket = undefined;
      closing?.close();
      lost();
    },
  };
}

function openable(): PromiseWithResolvers<void> {
  const opening = Promise.withResolvers<void>();
  // Nobody may be waiting when it turns out that it never opens.
  opening.promise.catch(() => {});
  return opening;
}

function problemOf({ code, detail, fields = {} }: FrameOutData<"error">): ProblemError {
  const status = Object.hasOwn(faults, code) ? faults[code as FaultCode].status : 400;
  return new ProblemError({ status, code: code as FaultCode, detail, errors: Object.entries(fields).map(([pointer, reason]) => ({ pointer, detail: reason })) });
}
