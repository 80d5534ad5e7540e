import { countUnknown } from "@pendo/core/ports/bus/outbox";
import type { HandleSchedule } from "../middleware/handles.ts";

/** Relays events that no request relayed, and counts those of a type that this release does not know. */
export const outboxSweep: HandleSchedule<"outboxSweep"> = async ({ bus, db }) => {
  // Counted before the relay, which fails while a queue is away.
  const unknownEvents = await countUnknown(db);
  await bus.relay();
  return { unknownEvents };
};
