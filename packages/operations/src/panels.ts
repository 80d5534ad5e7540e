import type { MetricKind } from "./metric.ts";
import { everyMetric, type MetricId } from "./metrics.ts";

/** A line that is computed of others in the same panel. */
export interface Formula {
  readonly label: string;
  /** Over the names in `of`. */
  readonly expression: string;
  readonly of: Readonly<Record<string, MetricId>>;
}

export interface Panel {
  readonly title: string;
  readonly rows: readonly (typeof everyMetric)[number][];
  readonly formulas: readonly Formula[];
}

const formulas: Readonly<Record<string, readonly Formula[]>> = {
  "Decks at hand": [
    { label: "Hit rate, in %", expression: "100 * hits / (hits + misses)", of: { hits: "cacheHits", misses: "cacheMisses" } },
  ],
  "API errors": [{ label: "5xx, in %", expression: "100 * errors / all", of: { errors: "http5xx", all: "httpRequests" } }],
  Matches: [{ label: "Matches in 100 likes", expression: "100 * made / liked", of: { made: "matches", liked: "likes" } }],
};

export const dashboardTitles: Readonly<Record<MetricKind, string>> = {
  application: "What people meet: requests, sockets, queues and how long facts take",
  system: "What Pendo stands on: functions, stores, the edge, backups and logs",
  business: "What people do: counted once each, by day",
};
export const dashboardKinds = ["application", "system", "business"] as const satisfies readonly MetricKind[];

/** The panels of a dashboard, in the order of the table. What nothing measures yet has a panel too: it shows that there is nothing. */
export function panelsOf(kind: MetricKind): Panel[] {
  const rows = Map.groupBy(
    everyMetric.filter((metric) => metric.kind === kind),
    ({ panel }) => panel,
  );
  return [...rows].map(([title, own]) => ({ title, rows: own, formulas: formulas[title] ?? [] }));
}

/** Where a panel lies, on CloudWatch's and Grafana's grid of 24 columns. */
export function placeOf(index: number): { readonly x: number; readonly y: number; readonly width: number; readonly height: number } {
  const perRow = 3;
  const [width, height] = [24 / perRow, 6];
  return { x: (index % perRow) * width, y: Math.floor(index / perRow) * height, width, height };
}

/** The lines of a row that are drawn: of a latency its percentiles, and no count among them. */
export function drawnStats({ stats, unit }: Panel["rows"][number]): string[] {
  return unit === "count" ? [...stats] : stats.filter((stat) => stat !== "SampleCount");
}

/** What finds every combination of a metric's dimensions. Names are quoted, since a stage's may have a hyphen. */
export function searchOf(
  namespace: string,
  { by, name }: { readonly by: readonly string[]; readonly name: string },
  stat: string,
  periodSec: number,
): string {
  return `SEARCH('{"${namespace}",${by.join(",")}} MetricName="${name}"', '${stat}', ${periodSec})`;
}
