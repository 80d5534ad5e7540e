import { Fault } from "@pendo/core/fault";
import { assertSendable } from "@pendo/core/ports/sockets/frame";
import type { Sockets } from "@pendo/core/ports/sockets/sockets";

/** One open socket of this process, as its server hands it over. */
export interface LocalSocket {
  /** Resolves when the frame was handed to the network, rejects when it was not. */
  send(frame: string): Promise<void>;
  close(): void;
}

/** The server adds a socket when it opens and removes it when it closes. */
export type LocalSocketRegistry = Map<string, LocalSocket>;

export interface LocalSocketsOptions {
  readonly registry: LocalSocketRegistry;
  /** A peer that takes longer to accept a frame fails the call, so that a stalled one holds nobody up. */
  readonly timeoutMs?: number;
}

/** The sockets of this process. Throws `input.tooLarge` and, where sending may be tried again, `store.unavailable`. */
export function localSockets({ registry, timeoutMs = 2000 }: LocalSocketsOptions): Sockets {
  return {
    send: async (connectionId, frame) => {
      assertSendable(frame);
      const socket = registry.get(connectionId);
      if (!socket) return "gone";
      try {
        await within(timeoutMs, socket.send(frame));
        return "sent";
      } catch (thrown) {
        // It closed while we wrote to it.
        if (registry.get(connectionId) !== socket) return "gone";
        throw new Fault("store.unavailable", { cause: thrown });
      }
    },
    close: async (connectionId) => {
      registry.get(connectionId)?.close();
      // From now on it is gone, however long the closing handshake takes.
      registry.delete(connectionId);
    },
  };
}

async function within(timeoutMs: number, sending: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error("The peer did not accept the frame in time.")), timeoutMs);
  });
  try {
    await Promise.race([sending, late]);
  } finally {
    clearTimeout(timer);
  }
}
