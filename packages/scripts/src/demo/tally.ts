import { createHistogram, type RecordableHistogram } from "node:perf_hooks";

export const counters = [
  "joined",
  "photosUploaded",
  "photosVisible",
  "photosRefused",
  "swipes",
  "likes",
  "matches",
  "messages",
  "reactions",
  "reads",
  "reports",
  "blocks",
  "unmatches",
  "frames",
  "reconnects",
] as const;
export type Counter = (typeof counters)[number];

export interface Spread {
  readonly count: number;
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

export interface Happening {
  readonly at: Date;
  readonly text: string;
}

export interface QueueLook {
  readonly waiting: number;
  /** How long the oldest has waited, in seconds. */
  readonly lagSec: number;
  readonly dead: number;
}

/** What the demo has seen so far, in memory that does not grow with its length. */
export interface Tally {
  count(counter: Counter, by?: number): void;
  request(route: string, ms: number, status: number): void;
  /** From the swipe that made a match to the frame that tells of it; from sending a message to the frame at its receiver. In milliseconds. */
  waited(kind: Wait, ms: number): void;
  /** A refusal that belongs to the play (somebody was blocked meanwhile), or one that should not have been. */
  refused(code: string, expected: boolean): void;
  happened(text: string): void;
  looked(queues: QueueLook): void;
  /** Closes a second. */
  tick(): void;
  read(): Seen;
}

export type Wait = "match" | "message";

export interface Seen {
  readonly counts: Readonly<Record<Counter, number>>;
  readonly requests: number;
  readonly requestsPerSec: number;
  readonly api: Spread;
  readonly routes: ReadonlyMap<string, Spread>;
  readonly waits: Readonly<Record<Wait, Spread>>;
  readonly serverErrors: number;
  readonly refusals: ReadonlyMap<string, { readonly count: number; readonly expected: boolean }>;
  readonly lately: readonly Happening[];
  /** Per second, oldest first. */
  readonly messagesPerSec: readonly number[];
  readonly waitingPerSec: readonly number[];
  readonly queues: QueueLook;
  readonly lagMaxSec: number;
  /** Dead letters that were not there when it began. */
  readonly deadSince: number;
}

const SECONDS_KEPT = 60;
const HAPPENINGS_KEPT = 12;

/** The counts of a demo, all zero. It keeps the last 60 s of rates and the last 12 happenings. `now` dates the happenings. */
export function tally(now: () => Date): Tally {
  const counts = Object.fromEntries(counters.map((counter) => [counter, 0])) as Record<Counter, number>;
  const api = latencies();
  const routes = new Map<string, RecordableHistogram>();
  const waits = { match: latencies(), message: latencies() };
  const refusals = new Map<string, { count: number; expected: boolean }>();
  const lately: Happening[] = [];
  const [messagesPerSec, requestsPerSec, waitingPerSec]: [number[], number[], number[]] = [[], [], []];
  let queues: QueueLook = { waiting: 0, lagSec: 0, dead: 0 };
  let deadBefore: number | undefined;
  let [serverErrors, lagMaxSec, messagesBefore, requestsBefore] = [0, 0, 0, 0];

  return {
    count: (counter, by = 1) => void (counts[counter] += by),
    request: (route, ms, status) => {
      record(api, ms);
      const of = routes.get(route) ?? latencies();
      routes.set(route, of);
      record(of, ms);
      if (status >= 500 || status === 0) serverErrors += 1;
    },
    waited: (kind, ms) => record(waits[kind], ms),
    refused: (code, expected) => {
      const known = refusals.get(code);
      refusals.set(code, { count: (known?.count ?? 0) + 1, expected: expected && (known?.expected ?? true) });
    },
    happened: (text) => pushBounded(lately, { at: now(), text }, HAPPENINGS_KEPT),
    looked: (look) => {
      queues = look;
      deadBefore ??= look.dead;
      lagMaxSec = Math.max(lagMaxSec, look.lagSec);
    },
    tick: () => {
      pushBounded(messagesPerSec, counts.messages - messagesBefore, SECONDS_KEPT);
      pushBounded(requestsPerSec, api.count - requestsBefore, SECONDS_KEPT);
      pushBounded(waitingPerSec, queues.waiting, SECONDS_KEPT);
      [messagesBefore, requestsBefore] = [counts.messages, api.count];
    },
    read: () => ({
      counts: { ...counts },
      requests: api.count,
      requestsPerSec: requestsPerSec.at(-1) ?? 0,
      api: spreadOf(api),
      routes: new Map([...routes].map(([route, of]) => [route, spreadOf(of)])),
      waits: { match: spreadOf(waits.match), message: spreadOf(waits.message) },
      serverErrors,
      refusals: new Map(refusals),
      lately: [...lately],
      messagesPerSec: [...messagesPerSec],
      waitingPerSec: [...waitingPerSec],
      queues,
      lagMaxSec,
      deadSince: Math.max(0, queues.dead - (deadBefore ?? 0)),
    }),
  };
}

const latencies = (): RecordableHistogram => createHistogram({ figures: 3 });

function record(histogram: RecordableHistogram, ms: number): void {
  histogram.record(Math.max(1, Math.round(ms * 1000)));
}

function spreadOf(histogram: RecordableHistogram): Spread {
  if (histogram.count === 0) return { count: 0, p50: 0, p99: 0, max: 0 };
  return { count: histogram.count, p50: histogram.percentile(50) / 1000, p99: histogram.percentile(99) / 1000, max: histogram.max / 1000 };
}

function pushBounded<T>(list: T[], entry: T, max: number): void {
  list.push(entry);
  if (list.length > max) list.shift();
}
