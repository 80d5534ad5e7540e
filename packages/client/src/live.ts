import type { FrameInName, framesIn, FrameOutData, FrameOutName } from "@pendo/contract/sockets";
import type { z } from "zod";
import type { Client } from "./client.ts";
import { ProblemError } from "./problem.ts";

export type Frame = { readonly [F in FrameOutName]: { readonly type: F; readonly data: FrameOutData<F>; readonly cursor?: string } }[FrameOutName];

export interface LiveOptions {
  /** The client whose user it is. */
  readonly client: Client;
  /** Every frame, as it comes. Frames are hints: truth comes by `sync`. */
  readonly onFrame: (frame: Frame) => void;
  /** The socket opened, at first or again: sync from the last cursor now. */
  readonly onOpen?: () => void;
  readonly onClose?: () => void;
  readonly WebSocket?: typeof globalThis.WebSocket;
  /** The longest wait between two attempts to reconnect. */
  readonly backoffMaxMs?: number;
}

export interface Live {
  /** Sends a frame and waits for its `ack` or `error`; throws `ProblemError`, or `Error` where the socket closed meanwhile. */
  send<F extends FrameInName>(type: F, data: z.input<(typeof framesIn)[F]["data"]>): Promise<Frame>;
  /** Resolves when the socket is open. */
  ready(): Promise<void>;
  close(): void;
}

const ANSWER_WITHIN_MS = 15_000;

/** A socket that stays open: it reconnects with jitter, each time with a fresh ticket, until it is closed or the session is over. */
export function live(options: LiveOptions): Live {
  const { client, onFrame, WebSocket: Socket = globalThis.WebSocket, backoffMaxMs = 10_000 } = options;
  const waiting = new Map<string, { resolve: (frame: Frame) => void; reject: (error: Error) => void }>();
  let socket: WebSocket | undefined;
  let closed = false;
  let failures = 0;
  let counter = 0;
  let opened = Promise.withResolvers<void>();
  opened.promise.catch(() => {});

  const receive = (text: string): void => {
    const frame = JSON.parse(text) as Frame;
    const ref = "ref" in frame.data ? frame.data.ref : null;
    const asked = ref === null ? undefined : waiting.get(ref);
    if (asked && ref !== null) {
      waiting.delete(ref);
      if (frame.type === "error") asked.reject(new ProblemError({ status: 400, code: frame.data.code as never, detail: frame.data.detail }));
      else asked.resolve(frame);
    }
    onFrame(frame);
  };

  const lost = (): void => {
    for (const { reject } of waiting.values()) reject(new Error("The socket closed before the answer came."));
    waiting.clear();
    options.onClose?.();
    opened = Promise.withResolvers<void>();
    opened.promise.catch(() => {});
    again();
  };
  const again = (): void => {
    if (closed) return opened.reject(new Error("The socket was closed."));
    const waitMs = Math.min(backoffMaxMs, 100 * 2 ** failures++) * (0.5 + Math.random() / 2);
    setTimeout(() => void connect(), waitMs);
  };
  const connect = async (): Promise<void> => {
    if (closed) return;
    let url: string;
    try {
      ({ url } = await client.realtime.ticket());
    } catch (error) {
      // Signed out: nothing to come back to.
      if (error instanceof ProblemError && error.status === 401) closed = true;
      return again();
    }
    const opening = (socket = new Socket(url));
    opening.addEventListener("open", () => {
      failures = 0;
      opened.resolve();
      options.onOpen?.();
    });
    opening.addEventListener("message", ({ data }) => receive(String(data)));
    opening.addEventListener("close", lost);
    opening.addEventListener("error", () => {});
  };
  void connect();

  return {
    ready: async () => await opened.promise,
    close: () => {
      closed = true;
      socket?.close();
    },
    send: async (type, data) => {
      await opened.promise;
      const ref = String(++counter);
      const answered = Promise.withResolvers<Frame>();
      waiting.set(ref, answered);
      const patience = setTimeout(() => {
        waiting.delete(ref);
        answered.reject(new Error("No answer came in time."));
      }, ANSWER_WITHIN_MS);
      socket?.send(JSON.stringify({ type, ref, data }));
      return await answered.promise.finally(() => clearTimeout(patience));
    },
  };
}
