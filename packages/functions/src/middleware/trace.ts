import type { About, Bus } from "@pendo/core/ports/bus/bus";
import type { Ids } from "@pendo/core/ports/ids/ids";

const TRACEPARENT = /^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/;

/** The caller's W3C trace context where it sent a valid one, else a new one. */
export function traceparentOf(header: string | undefined, ids: Ids): string {
  if (header && TRACEPARENT.test(header)) return header;
  const hex = Buffer.from(ids.bytes(24)).toString("hex");
  return `00-${hex.slice(0, 32)}-${hex.slice(32)}-01`;
}

/** A bus for one invocation: its facts carry the invocation's trace, and leave when it is done. */
export function tracedBus(bus: Bus, traceparent: string | null): { bus: Bus; settle(): Promise<void> } {
  let emitted = false;
  return {
    bus: {
      ...bus,
      emit: (tx, name, data, about?: About) => {
        emitted = true;
        return bus.emit(tx, name, data, { ...(traceparent && { traceparent }), ...about });
      },
    },
    settle: async () => {
      if (emitted) await bus.relaySoon();
    },
  };
}
