import { createHistogram, type RecordableHistogram } from "node:perf_hooks";
import type { Line, Observer } from "@pendo/functions/middleware/observer";
import { traceOfLine } from "@pendo/functions/middleware/trace";

export interface Meter {
  readonly of: string;
  readonly counts: Readonly<Record<string, number>>;
  readonly latencyMs: { readonly p50: number; readonly p99: number; readonly max: number } | null;
}

export interface HostObserver extends Observer {
  /** Everything measured since the start, by name of the contract. */
  meters(): Meter[];
}

interface Sum {
  readonly counts: Record<string, number>;
  readonly latency: RecordableHistogram;
}

export type LogLevel = "off" | "errors" | "all";

/** Keeps sums and histograms in memory for the local console, and writes lines to the log: bugs always, the rest as the level says. */
export function hostObserver({ level, write }: { level: LogLevel; write: (line: string) => void }): HostObserver {
  const sums = new Map<string, Sum>();
  const log = (line: object): void => write(JSON.stringify({ at: new Date().toISOString(), trace: traceOfLine(), ...line }));
  return {
    line: (severity, line) => {
      if (level === "all" || (level === "errors" && severity === "error")) log({ level: severity, ...line });
    },
    measure: (dimensions, values) => {
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
      if (level !== "off")
        log({
          level: "error",
          bug: error instanceof Error ? (error.stack ?? error.message) : String(error),
          cause: causeOf(error),
          ...about,
        });
    },
    flush: async () => {},
    meters: () =>
      [...sums].map(([of, { counts, latency }]) => ({ of, counts: { ...counts }, latencyMs: latency.count > 0 ? summary(latency) : null })),
  };
}

function summary(latency: RecordableHistogram): { p50: number; p99: number; max: number } {
  return { p50: latency.percentile(50) / 1000, p99: latency.percentile(99) / 1000, max: latency.max / 1000 };
}

function causeOf(error: unknown): string | null {
  if (!(error instanceof Error) || error.cause === undefined) return null;
  return error.cause instanceof Error ? String(error.cause) : JSON.stringify(error.cause);
}
