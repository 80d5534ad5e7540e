import { awsMetrics } from "./awsMetrics.ts";
import type { Metric } from "./metric.ts";
import { ownMetrics } from "./ownMetrics.ts";
import { storeMetrics } from "./storeMetrics.ts";

/**
 * Every metric that anybody looks at. Dashboards, alarms, Grafana's panels and docs/observability.md are made from this table, and a test holds it
 * against what the code really measures.
 */
export const metrics = { ...ownMetrics, ...awsMetrics, ...storeMetrics } as const satisfies Readonly<Record<string, Metric>>;

export type MetricId = keyof typeof metrics;

/** The table with its names. */
export const everyMetric: readonly (Metric & { readonly id: MetricId })[] = Object.entries<Metric>(metrics).map(([id, metric]) => ({
  ...metric,
  id: id as MetricId,
}));
