// By its files: the package as a whole brings detectors of environments and sockets to agents, none of which a function needs.
import { MetricsLogger } from "aws-embedded-metrics/lib/logger/MetricsLogger.js";
import { Unit } from "aws-embedded-metrics/lib/logger/Unit.js";
import { LogSerializer } from "aws-embedded-metrics/lib/serializers/LogSerializer.js";
import type { Line, Measured, Observer } from "../middleware/observer.ts";
import { traceOfLine } from "../middleware/trace.ts";
import { describeBug } from "./bug.ts";
import { bugReporter } from "./bugReporter.ts";
import type { SentryOptions } from "./sentry.ts";

export interface LambdaObserverOptions {
  readonly write: (line: string) => void;
  /** Absent where bugs go to the log alone. */
  readonly sentry?: SentryOptions;
  /** The metrics of a stage lie in `Pendo/<stage>`, so that those of two stages in one account are never added up. */
  readonly stage?: string;
}

// What may name a metric: each is a table of the contract, so their number is bounded.
const DIMENSIONS = new Set(["route", "queue", "fact", "schedule", "frame", "port", "cache", "watch", "canary"]);
const DIMENSION_VALUE = /^[\w.$]{1,64}$/;
const TEXT_MAX = 500;
// A batch holds no more messages.
const TRACES_MAX = 100;

/** Lines and metrics (in CloudWatch's embedded format) on standard output, one each per line; bugs to Sentry as well, where it is configured. */
export function lambdaObserver({ write, sentry, stage }: LambdaObserverOptions): Observer {
  let leaving: Promise<unknown>[] = [];
  let measured = new Map<string, Sum>();
  const namespace = stage === undefined ? "Pendo" : `Pendo/${stage}`;
  const log = (level: string, line: object): void =>
    write(JSON.stringify({ level, at: new Date().toISOString(), trace: traceOfLine(), ...line }));

  const reporter = bugReporter(sentry, (failed) => log("warn", { kind: "sentry", failed }));

  return {
    line: (level, line) => log(level, bounded(line)),
    measure: (dimensions, values) => {
      const named = allowed(dimensions);
      const key = JSON.stringify(named);
      const sum = measured.get(key) ?? { named, traces: new Set<string>(), values: new Map<string, number[]>() };
      measured.set(key, sum);
      if (sum.traces.size < TRACES_MAX) sum.traces.add(traceOfLine());
      add(sum, values);
    },
    bug: (error, about) => {
      const bug = describeBug(error);
      const trace = traceOfLine();
      log("error", { kind: "bug", trace, ...bug, ...bounded(about) });
      leaving.push(reporter.report(bug, { trace, ...about }));
    },
    flush: async () => {
      const all = leaving;
      leaving = [];
      const sums = [...measured.values()];
      measured = new Map();
      for (const sum of sums)
        all.push(emit(namespace, sum, write).catch((error: unknown) => log("warn", { kind: "metrics", failed: describeBug(error).type })));
      await Promise.all(all);
      await reporter.flush();
    },
  };
}

function bounded(line: Line): Line {
  return Object.fromEntries(
    Object.entries(line).map(([key, value]) => [key, typeof value === "string" ? value.slice(0, TEXT_MAX) : value]),
  );
}

/** What one invocation measured by the same names: a line of its own for each call would cost more than the call. */
interface Sum {
  readonly named: Readonly<Record<string, string>>;
  /** Whose measurements these are: several where a batch holds messages of several. */
  readonly traces: Set<string>;
  readonly values: Map<string, number[]>;
}

function allowed(dimensions: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(dimensions).filter(([name, value]) => DIMENSIONS.has(name) && DIMENSION_VALUE.test(value)));
}

/** Counts add up; of durations each is kept, since percentiles need them. */
function add({ values }: Sum, measured: Measured): void {
  for (const [name, value] of Object.entries(measured)) {
    const finite = (typeof value === "number" ? [value] : value).filter(Number.isFinite);
    if (finite.length === 0) continue;
    const kept = values.get(name) ?? [];
    const isDuration = name.endsWith("Ms");
    values.set(name, isDuration ? [...kept, ...finite] : [finite.reduce((sum, one) => sum + one, kept[0] ?? 0)]);
  }
}

async function emit(namespace: string, { named, traces, values }: Sum, write: (line: string) => void): Promise<void> {
  if (values.size === 0) return;
  const metrics = new MetricsLogger(async () => environment(write));
  metrics.setNamespace(namespace).setDimensions(named, false);
  // A property, and no dimension: each trace as a metric of its own would cost more than the request.
  metrics.setProperty("trace", traces.size === 1 ? [...traces][0] : [...traces]);
  for (const [name, all] of values)
    for (const value of all) metrics.putMetric(name, value, name.endsWith("Ms") ? Unit.Milliseconds : Unit.Count);
  await metrics.flush();
}

type Environment = Awaited<ReturnType<ConstructorParameters<typeof MetricsLogger>[0]>>;

// The library's own environment writes through `console`, where Lambda puts a prefix before the JSON, and adds dimensions of its own.
function environment(write: (line: string) => void): Environment {
  const serializer = new LogSerializer();
  const name = "pendo";
  return {
    probe: async () => true,
    getName: () => name,
    getType: () => name,
    getLogGroupName: () => name,
    configureContext: () => {},
    getSink: () => ({
      name,
      accept: async (context) => {
        for (const line of serializer.serialize(context)) write(line);
      },
    }),
  };
}
