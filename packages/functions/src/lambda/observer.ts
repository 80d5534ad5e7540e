import { MetricsLogger, Unit } from "aws-embedded-metrics";
import { LogSerializer } from "aws-embedded-metrics/lib/serializers/LogSerializer.js";
import type { Line, Observer } from "../middleware/observer.ts";
import { describeBug } from "./bug.ts";
import type { SentryOptions, SentrySender } from "./sentry.ts";

export interface LambdaObserverOptions {
  readonly write: (line: string) => void;
  /** Absent where bugs go to the log alone. */
  readonly sentry?: SentryOptions;
}

// What may name a metric: each is a table of the contract, so their number is bounded.
const DIMENSIONS = new Set(["route", "queue", "schedule", "frame", "port"]);
const DIMENSION_VALUE = /^[\w.$]{1,64}$/;
const TEXT_MAX = 500;

/** Lines and metrics (in CloudWatch's embedded format) on standard output, one each per line; bugs to Sentry as well, where it is configured. */
export function lambdaObserver({ write, sentry }: LambdaObserverOptions): Observer {
  let leaving: Promise<unknown>[] = [];
  let sender: Promise<SentrySender> | undefined;
  const log = (level: string, line: object): void => write(JSON.stringify({ level, at: new Date().toISOString(), ...line }));

  async function report(bug: ReturnType<typeof describeBug>, about: Line): Promise<void> {
    if (!sentry) return;
    try {
      // Loading it takes as long as all else that a function does when it starts, and most never meet a bug.
      sender ??= import("./sentry.ts").then(({ sentrySender }) => sentrySender(sentry));
      (await sender).send(bug, about);
    } catch (error) {
      sender = undefined;
      log("warn", { kind: "sentry", failed: error instanceof Error ? error.name : "unknown" });
    }
  }

  return {
    line: (level, line) => log(level, bounded(line)),
    measure: (dimensions, values) => {
      leaving.push(
        emit(dimensions, values, write).catch((error: unknown) => log("warn", { kind: "metrics", failed: describeBug(error).type })),
      );
    },
    bug: (error, about) => {
      const bug = describeBug(error);
      log("error", { kind: "bug", ...bug, ...bounded(about) });
      leaving.push(report(bug, about));
    },
    flush: async () => {
      const all = leaving;
      leaving = [];
      await Promise.all(all);
      await (await sender)?.flush();
    },
  };
}

function bounded(line: Line): Line {
  return Object.fromEntries(
    Object.entries(line).map(([key, value]) => [key, typeof value === "string" ? value.slice(0, TEXT_MAX) : value]),
  );
}

async function emit(
  dimensions: Readonly<Record<string, string>>,
  values: Readonly<Record<string, number>>,
  write: (line: string) => void,
): Promise<void> {
  const named = Object.fromEntries(
    Object.entries(dimensions).filter(([name, value]) => DIMENSIONS.has(name) && DIMENSION_VALUE.test(value)),
  );
  const metrics = new MetricsLogger(async () => environment(write));
  metrics.setNamespace("Pendo").setDimensions(named, false);
  for (const [name, value] of Object.entries(values)) {
    if (Number.isFinite(value)) metrics.putMetric(name, value, name.endsWith("Ms") ? Unit.Milliseconds : Unit.Count);
  }
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
