import { createHistogram, type RecordableHistogram } from "node:perf_hooks";
import { describeBug } from "@pendo/functions/lambda/bug";
import { bugReporter } from "@pendo/functions/lambda/bugReporter";
import type { SentryOptions } from "@pendo/functions/lambda/sentry";
import type { Line, Observer } from "@pendo/functions/middleware/observer";
import { traceOfLine } from "@pendo/functions/middleware/trace";
import type { HostMetrics } from "./hostMetrics.ts";

export interface Meter {
  readonly of: string;
  readonly counts: Readonly<Record<string, number>>;
  readonly latencyMs: { readonly p50: number; readonly p99: number; readonly max: number } | null;
}

export interface HostObserver extends Observer {
  /** Everything measured since the start, by name of the contract. */
  meters(): Meter[];
  /** Resolves when every bug has reached Sentry, or after two seconds. */
  end(): Promise<void>;
  /** The last lines, the newest first: all, or those of one trace. What the level keeps out of the log is among them. */
  recent(wanted: { readonly trace?: string | undefined; readonly limit: number }): object[];
}

interface Sum {
  readonly counts: Record<string, number>;
  readonly latency: RecordableHistogram;
}

/** Between one and two times as many lines are kept. */
const RECENT_MAX = 1_000;

export type LogLevel = "off" | "errors" | "all";

export interface HostObserverOptions {
  readonly level: LogLevel;
  readonly write: (line: string) => void;
  /** Absent where no `/metrics` is served. */
  readonly metrics?: HostMetrics;
  /** Absent where bugs go to the log alone. */
  readonly sentry?: SentryOptions;
}

/** Keeps sums and histograms in memory for the local console, and writes lines to the log: bugs always, the rest as the level says. */
export function hostObserver({ level, write, metrics, sentry }: HostObserverOptions): HostObserver {
  const sums = new Map<string, Sum>();
  const recent: { readonly trace: string }[] = [];
  const log = (line: object, isWritten: boolean): void => {
    const whole = { at: new Date(), trace: traceOfLine(), ...line };
    if (recent.push(whole) >= 2 * RECENT_MAX) recent.splice(0, RECENT_MAX);
    if (isWritten) write(JSON.stringify(whole));
  };
  const reporter = bugReporter(sentry, (failed) => log({ level: "warn", kind: "sentry", failed }, level !== "off"));
  return {
    line: (severity, line) => {
      metrics?.line(line);
      log({ level: severity, ...line }, level === "all" || (level === "errors" && severity === "error"));
    },
    measure: (dimensions, values) => {
      metrics?.measure(dimensions, values);
      let of = "";
      for (const name in dimensions) of = of === "" ? `${dimensions[name]}` : `${of} ${dimensions[name]}`;
      let sum = sums.get(of);
      if (!sum) sums.set(of, (sum = { counts: {}, latency: createHistogram({ figures: 2 }) }));
      for (const name in values) {
        const value = values[name] ?? 0;
        // How long facts waited is for the metrics of AWS: here it would mix with how long work took.
        if (typeof value !== "number") continue;
        // A measurement that is none must not fail the work that it measured.
        if (!Number.isFinite(value)) continue;
        if (name.endsWith("Ms")) sum.latency.record(Math.max(1, Math.round(value * 1000)));
        else sum.counts[name] = (sum.counts[name] ?? 0) + value;
      }
    },
    bug: (error, about: Line) => {
      metrics?.bug();
      const [bug, trace] = [describeBug(error), traceOfLine()];
      log({ level: "error", trace, kind: "bug", ...bug, ...about }, level !== "off");
      void reporter.report(bug, { trace, ...about });
    },
    // A request shall not wait for Sentry.
    flush: async () => {},
    end: () => reporter.flush(),
    recent: ({ trace, limit }) =>
      recent
        .filter((line) => trace === undefined || line.trace === trace)
        .slice(-limit)
        .toReversed(),
    meters: () =>
      [...sums].map(([of, { counts, latency }]) => ({ of, counts: { ...counts }, latencyMs: latency.count > 0 ? summary(latency) : null })),
  };
}

function summary(latency: RecordableHistogram): { p50: number; p99: number; max: number } {
  return { p50: latency.percentile(50) / 1000, p99: latency.percentile(99) / 1000, max: latency.max / 1000 };
}
