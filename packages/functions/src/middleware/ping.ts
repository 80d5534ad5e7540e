import type { PortName } from "@pendo/contract/ports";
import { pingDb } from "@pendo/core/ports/db/ping";
import type { Ports } from "@pendo/core/ports/ports";
import type { Runtime } from "./runtime.ts";

/** What a release asks the new version of a function before it gets any traffic. No gateway, queue or schedule sends it. */
export const ping = { pendo: "ping" } as const;

export interface Pong {
  readonly pendo: "pong";
  readonly release: string;
  /** Whether every port that can be asked has answered. */
  readonly ok: boolean;
  readonly ports: Readonly<Record<string, boolean>>;
}

const ANSWER_MS = 3_000;

type Probes = { readonly [P in PortName]?: (port: Ports[P]) => PromiseLike<unknown> };

// Each only reads. The others have nothing harmless to ask: that they were made of their links has to do.
const probes: Probes = {
  db: pingDb,
  cache: (cache) => cache.ping(),
  search: (search) => search.ping(),
  bus: (bus) => bus.ping(),
  deadLetters: (deadLetters) => deadLetters.depths(),
  storage: (storage) => storage.ping(),
  connections: (connections) => connections.ping(),
};

/** Whether an event is the ping of a release. The events of gateways, queues and schedules have no such field. */
export function isPing(event: unknown): boolean {
  return typeof event === "object" && event !== null && "pendo" in event && event.pendo === ping.pendo;
}

/** The answer of a function that has no ports. */
export function pong(release: string, ports: Readonly<Record<string, boolean>> = {}): Pong {
  return { pendo: "pong", release, ok: Object.values(ports).every(Boolean), ports };
}

/** Answers pings before anything else sees them, without a trace in any store; every other event is served. */
export function answersPings<Event, Rest extends unknown[], Answer>(
  serve: (event: Event, ...rest: Rest) => Promise<Answer>,
  { ports, release = "unreleased", observer }: Runtime,
): (event: Event, ...rest: Rest) => Promise<Answer> {
  return async (event, ...rest) => {
    if (!isPing(event)) return await serve(event, ...rest);
    const asked = Object.entries(probes).filter(([name]) => name in ports);
    const answered = await Promise.all(
      asked.map(
        async ([name, probe]) =>
          [name, await answers(() => (probe as (port: unknown) => PromiseLike<unknown>)(ports[name as PortName]))] as const,
      ),
    );
    const answer = pong(release, Object.fromEntries(answered));
    observer.line(answer.ok ? "info" : "error", { kind: "ping", ...answer.ports });
    await observer.flush();
    return answer as Answer;
  };
}

async function answers(ask: () => PromiseLike<unknown>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), ANSWER_MS);
  });
  const answered = (async () => (await ask(), true))().catch(() => false);
  return await Promise.race([answered, tooLate]).finally(() => clearTimeout(timer));
}
