import type { PortName } from "@pendo/contract/ports";
import type { Clock } from "@pendo/core/ports/clock/clock";
import type { Ids } from "@pendo/core/ports/ids/ids";
import type { Ports } from "@pendo/core/ports/ports";
import type { Observer } from "./observer.ts";

/** What a host gives to the handlers it wraps. A function's runtime holds the ports that its entries need, and no others. */
export interface Runtime {
  readonly ports: Partial<Ports>;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly observer: Observer;
  /** Which release this is, where the host knows. */
  readonly release?: string;
  /** X-Ray's header of the invocation that is running, on a host that has one. */
  readonly xray?: () => string | undefined;
}

/** The time that a piece of work has. When it is over, `signal` aborts with the fault `server.busy`. */
export interface TimeLimit {
  readonly signal: AbortSignal;
  /** Infinity where the host sets no limit. */
  readonly leftMs: () => number;
  /** Forgets the limit: the work is done. */
  readonly end: () => void;
}

/** The context of one entry: exactly the ports it names. Fails at start-up, not at the first request, where the host forgot one. */
export function contextOf({ ports, clock, ids }: Runtime, needs: readonly PortName[]): Record<string, unknown> {
  const context: Record<string, unknown> = { clock, ids };
  for (const name of needs) {
    if (!ports[name]) throw new Error(`This host has no port "${name}", which a handler needs.`);
    context[name] = ports[name];
  }
  return context;
}
