import type { UserId } from "@pendo/contract/ids";
import { FRAME_BYTES_MAX, type FrameOut } from "@pendo/contract/sockets";
import { Fault } from "../fault.ts";
import type { Connection } from "../ports/connections/connections.ts";
import type { Ports } from "../ports/ports.ts";

type Reach = Pick<Ports, "connections" | "sockets">;

/** A frame as it travels, with the cursor of its receiver where it tells of a change. One that is too large is sent as the nudge it also is. */
export function written(frame: FrameOut, cursor?: string): string {
  const text = JSON.stringify(cursor === undefined ? frame : { ...frame, cursor });
  if (cursor === undefined || Buffer.byteLength(text) <= FRAME_BYTES_MAX) return text;
  return nudge(cursor);
}

/** Says that the receiver's log has gone on, and nothing more. */
export function nudge(cursor: string): string {
  return JSON.stringify({ type: "nudge", data: { cursor } } satisfies FrameOut);
}

/** Sends frames, in this order, to every open socket of a user. Answers as `sendToAll` does. */
export async function sendToUser(reach: Reach, userId: UserId, frames: readonly string[]): Promise<ReadonlySet<UserId>> {
  return await sendToAll(reach, await reach.connections.ofUser(userId), frames);
}

/**
 * Sends frames to these sockets and forgets those that are gone. A peer that does not take a frame now is left alone: frames are hints. Answers
 * the users of whom a socket was gone, for the caller to see whether it was their last.
 */
export async function sendToAll(
  { connections, sockets }: Reach,
  open: readonly Connection[],
  frames: readonly string[],
): Promise<ReadonlySet<UserId>> {
  const lost = new Set<UserId>();
  await Promise.all(
    open.map(async ({ connectionId, userId }) => {
      for (const frame of frames) {
        const outcome = await sockets.send(connectionId, frame).catch(unreachable);
        if (outcome === "gone") {
          await connections.remove(connectionId);
          lost.add(userId);
        }
        if (outcome !== "sent") return;
      }
    }),
  );
  return lost;
}

function unreachable(thrown: unknown): "unreachable" {
  if (thrown instanceof Fault && thrown.code === "store.unavailable") return "unreachable";
  throw thrown;
}
