import { monitorEventLoopDelay } from "node:perf_hooks";
import type { Line, Measured } from "@pendo/functions/middleware/observer";
import { type Histogram, histogram, histogramText, labels, metric, observe, type Sample } from "./prometheusText.ts";

type Dimension = "route" | "queue" | "schedule" | "frame" | "port";

// By the dimension and the name that the code measures: the metric, and what it says.
const COUNTERS: Readonly<Record<Dimension, Readonly<Record<string, readonly [name: string, help: string]>>>> = {
  route: { timeouts: ["pendo_http_timeouts_total", "Requests answered 503, because their time was over."] },
  queue: {
    messages: ["pendo_queue_messages_total", "Messages that a consumer worked."],
    retried: ["pendo_queue_retried_total", "Messages that were put back for another attempt."],
    dropped: ["pendo_queue_dropped_total", "Messages acknowledged, because no attempt would better them."],
    timeouts: ["pendo_queue_timeouts_total", "Messages put back, because the time of their batch was over."],
    splitBatches: ["pendo_queue_split_batches_total", "Batches tried message by message, or answered in part."],
  },
  schedule: {
    runs: ["pendo_schedule_runs_total", "Runs of a schedule."],
    failures: ["pendo_schedule_failures_total", "Runs of a schedule that failed."],
    timeouts: ["pendo_schedule_timeouts_total", "Runs given up, because their time was over."],
  },
  frame: {
    frames: ["pendo_socket_frames_total", "Frames that sockets sent, opening and closing included."],
    faults: ["pendo_socket_faults_total", "Frames answered by a fault."],
    timeouts: ["pendo_socket_timeouts_total", "Frames given up, because their time was over."],
  },
  port: {
    failures: ["pendo_port_failures_total", "Calls that a store did not answer."],
    fallbacks: ["pendo_port_fallbacks_total", "Calls that another store answered instead."],
  },
};
const DURATIONS: Readonly<Record<Dimension, Readonly<Record<string, readonly [name: string, help: string]>>>> = {
  route: { latencyMs: ["pendo_http_request_duration_seconds", "Time until a request was answered."] },
  queue: {
    durationMs: ["pendo_queue_batch_duration_seconds", "Time that a batch took."],
    handledMs: ["pendo_queue_handled_seconds", "Time from when an event became true until a consumer was done with it."],
  },
  schedule: { durationMs: ["pendo_schedule_duration_seconds", "Time that a run took."] },
  frame: { latencyMs: ["pendo_socket_frame_duration_seconds", "Time until a frame was answered."] },
  port: {},
};
const SEC = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];
const LOOK_MS = 20;

/** What the one-machine host counts for Prometheus since its start. Labels are names of the contract, so their number is bounded. */
export interface HostMetrics {
  line(line: Line): void;
  measure(dimensions: Readonly<Record<string, string>>, values: Measured): void;
  bug(): void;
  text(): string;
  /** Ends the watch over the event loop. */
  end(): void;
}

/** Counts from zero, and watches the event loop until `end`. */
export function hostMetrics(): HostMetrics {
  const counters = new Map<string, Map<string, number>>();
  const durations = new Map<string, Map<string, readonly [Readonly<Record<string, string>>, Histogram]>>();
  const lag = monitorEventLoopDelay({ resolution: LOOK_MS });
  lag.enable();
  let bugs = 0;

  const count = (name: string, of: Readonly<Record<string, string | number>>, by: number): void => {
    const samples = counters.get(name) ?? new Map<string, number>();
    counters.set(name, samples);
    const label = labels(of);
    samples.set(label, (samples.get(label) ?? 0) + by);
  };
  const time = (name: string, of: Readonly<Record<string, string>>, ms: number): void => {
    const samples = durations.get(name) ?? new Map<string, readonly [typeof of, Histogram]>();
    durations.set(name, samples);
    const label = labels(of);
    const sample = samples.get(label) ?? [of, histogram(SEC)];
    samples.set(label, sample);
    observe(sample[1], ms / 1000);
  };

  return {
    line: ({ kind, route, status }) => {
      if (kind === "http") count("pendo_http_requests_total", { route: String(route), status: Number(status) }, 1);
    },
    measure: (dimensions, values) => {
      // What is measured by two names is a part of what is measured by the first.
      const [[dimension, value] = ["", ""], ...others] = Object.entries(dimensions);
      if (!(dimension in COUNTERS) || others.length > 0) return;
      for (const [name, measured] of Object.entries(values)) {
        const [counter] = COUNTERS[dimension as Dimension][name] ?? [];
        const [duration] = DURATIONS[dimension as Dimension][name] ?? [];
        const all = (typeof measured === "number" ? [measured] : measured).filter(Number.isFinite);
        if (counter) for (const one of all) count(counter, { [dimension]: value }, one);
        if (duration) for (const one of all) time(duration, { [dimension]: value }, one);
      }
    },
    bug: () => void bugs++,
    text: () =>
      [
        metric("pendo_http_requests_total", "counter", "Requests, by what they were answered.", [
          ...(counters.get("pendo_http_requests_total") ?? []),
        ]),
        metric("pendo_bugs_total", "counter", "What was thrown that nobody expected.", [["", bugs]]),
        ...tables(COUNTERS).map(([name, help]) => metric(name, "counter", help, [...(counters.get(name) ?? [])])),
        ...tables(DURATIONS).map(([name, help]) => histogramText(name, help, [...(durations.get(name)?.values() ?? [])])),
        processText(lag),
      ].join(""),
    end: () => void lag.disable(),
  };
}

function tables(of: Readonly<Record<Dimension, Readonly<Record<string, readonly [string, string]>>>>): (readonly [string, string])[] {
  return Object.values(of).flatMap((named) => Object.values(named));
}

function processText(lag: ReturnType<typeof monitorEventLoopDelay>): string {
  const sec = (ns: number): number => (Number.isFinite(ns) ? Math.max(0, ns / 1e9 - LOOK_MS / 1000) : 0);
  const gauge = (name: string, help: string, value: number): string => metric(name, "gauge", help, [["", value]] satisfies Sample[]);
  const { user, system } = process.cpuUsage();
  const text = [
    gauge("pendo_event_loop_lag_mean_seconds", "How late the event loop was since the last look, on average.", sec(lag.mean)),
    gauge("pendo_event_loop_lag_p99_seconds", "The same: 99 % were below.", sec(lag.percentile(99))),
    gauge("pendo_event_loop_lag_max_seconds", "The same: the worst.", sec(lag.max)),
    gauge("process_resident_memory_bytes", "Resident memory of the host.", process.memoryUsage.rss()),
    gauge("process_start_time_seconds", "When the host started, since 1970.", Math.round(Date.now() / 1000 - process.uptime())),
    metric("process_cpu_seconds_total", "counter", "Processor time of the host.", [["", (user + system) / 1e6]]),
  ].join("");
  lag.reset();
  return text;
}
