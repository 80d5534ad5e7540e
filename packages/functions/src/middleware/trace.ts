import { AsyncLocalStorage } from "node:async_hooks";
import type { About, Bus } from "@pendo/core/ports/bus/bus";
import { readXrayHeader } from "@pendo/core/ports/bus/xray";
import { type Ids, randomIds } from "@pendo/core/ports/ids/ids";
import type { Runtime } from "./runtime.ts";

/** The place of one invocation in a trace. */
export interface Trace {
  /** The same in every invocation that one request of a phone leads to. */
  readonly id: string;
  /** W3C Trace Context: the trace, and this invocation as the parent of what follows. */
  readonly traceparent: string;
}

const TRACEPARENT = /^00-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-([0-9a-f]{2})$/;
const current = new AsyncLocalStorage<Trace>();

/**
 * Joins the trace of the caller, where the caller names a valid one; else that of X-Ray, else begins a new one. The span is always new.
 * X-Ray alone says what is sampled: a caller who could say so would choose what AWS charges.
 */
export function joinTrace({ ids, xray }: Pick<Runtime, "ids" | "xray">, caller?: string | null): Trace {
  const [, callersId, callersFlags] = TRACEPARENT.exec(caller ?? "") ?? [];
  const amazon = readXrayHeader(xray?.());
  const random = hex(ids, 24);
  const id = callersId ?? amazon?.id ?? random.slice(16);
  const flags = amazon ? (amazon.isSampled ? "01" : "00") : (callersFlags ?? "01");
  return { id, traceparent: `00-${id}-${random.slice(0, 16)}-${flags}` };
}

/** Runs one invocation: every line, measurement and bug in it, also of the ports, carries its trace. */
export function inTrace<Result>(trace: Trace, work: () => Result): Result {
  return current.run(trace, work);
}

/** The trace of the invocation that is running, or null outside of any. */
export function currentTrace(): Trace | null {
  return current.getStore() ?? null;
}

/** The trace id of a line. A line outside of any invocation begins a trace of its own. */
export function traceOfLine(): string {
  return currentTrace()?.id ?? hex(randomIds, 16);
}

function hex(ids: Pick<Ids, "bytes">, bytes: number): string {
  return Buffer.from(ids.bytes(bytes)).toString("hex");
}

/** A bus for one invocation: its events carry the invocation's trace, and leave when it is done. */
export function tracedBus(bus: Bus, traceparent: string): { bus: Bus; settle(): Promise<void> } {
  let emitted = false;
  return {
    bus: {
      ...bus,
      emit: (tx, name, data, about?: About) => {
        emitted = true;
        return bus.emit(tx, name, data, { traceparent, ...about });
      },
      emitAll: (tx, events) => {
        emitted ||= events.length > 0;
        return bus.emitAll(
          tx,
          events.map((event) => ({ traceparent, ...event })),
        );
      },
    },
    settle: async () => {
      if (emitted) await bus.relaySoon();
    },
  };
}
