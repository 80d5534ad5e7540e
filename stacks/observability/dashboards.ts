import type { Place } from "../place";
import type { Stage } from "../stage";
import { type Metric, type MetricKind, ownNamespace } from "@pendo/operations/metric";
import { type MetricId, metrics } from "@pendo/operations/metrics";
import { dashboardKinds, drawnStats, type Formula, type Panel, panelsOf, placeOf, searchOf } from "@pendo/operations/panels";
import type { SubjectsFound } from "./subjects";

export interface Drawn {
  readonly stage: Stage;
  readonly place: Place;
  readonly found: SubjectsFound;
}

/** The three dashboards of a place. Each panel is a panel of the table of metrics; what a place lacks is left out. */
export function dashboards(drawn: Drawn): void {
  const { stage, place } = drawn;
  for (const kind of dashboardKinds)
    new aws.cloudwatch.Dashboard(
      `${place.prefix}${kind.charAt(0).toUpperCase()}${kind.slice(1)}Dashboard`,
      {
        dashboardName: `${$app.name}-${stage.name}${place.prefix && "-standby"}-${kind}`,
        dashboardBody: $jsonStringify({ widgets: widgets(drawn, kind) }),
      },
      place.opts,
    );
}

// Of the business a day is what counts; of everything else a minute.
const PERIOD_SEC: Readonly<Record<MetricKind, number>> = { application: 60, system: 60, business: 86_400 };

type Line = readonly unknown[];

function widgets(drawn: Drawn, kind: MetricKind) {
  const periodSec = PERIOD_SEC[kind];
  return panelsOf(kind)
    .map((panel) => ({ panel, lines: linesOf(drawn, panel, periodSec) }))
    .filter(({ lines }) => lines.length > 0)
    .map(({ panel, lines }, index) => ({
      type: "metric",
      ...placeOf(index),
      properties: {
        title: titleOf(panel),
        region: drawn.place.region,
        view: "timeSeries",
        stacked: false,
        period: periodSec,
        metrics: lines,
        yAxis: { left: { min: 0, label: panel.rows[0]?.unit ?? "", showUnits: false } },
      },
    }));
}

function linesOf(drawn: Drawn, { rows, formulas }: Panel, periodSec: number): Line[] {
  const lines = rows.flatMap((row) => drawnStats(row).flatMap((stat) => rowLines(drawn, row, stat, periodSec)));
  return [...lines, ...formulas.flatMap((formula) => formulaLines(drawn, formula, periodSec))];
}

function rowLines({ stage, found }: Drawn, row: Panel["rows"][number], stat: string, periodSec: number): Line[] {
  const label = row.stats.length > 1 ? `${row.title}, ${stat}` : row.title;
  if (row.source === "aws")
    return (found[row.subject] ?? []).map((one) => [
      row.namespace,
      row.name,
      ...Object.entries(one.dimensions).flat(),
      { stat, label: `${one.label}: ${label}`, ...(one.region !== undefined && { region: one.region }) },
    ]);
  const namespace = ownNamespace(stage.name);
  if (row.source === "code" && row.only === undefined)
    return stat === row.stats[0] ? [[{ expression: searchOf(namespace, row, stat, periodSec), label: "" }]] : [];
  return [[namespace, row.name, ...Object.entries(onlyOf(row)).flat(), { stat, label }]];
}

function formulaLines({ stage, found }: Drawn, { label, expression, of }: Formula, periodSec: number): Line[] {
  const terms = Object.entries(of).map(([id, metric]) => termOf(stage, found, metric, { id, period: periodSec, visible: false }));
  if (terms.includes(undefined)) return [];
  return [...terms.flatMap((term) => (term ? [term] : [])), [{ expression, label, id: "formula", yAxis: "right" }]];
}

function termOf(stage: Stage, found: SubjectsFound, id: MetricId, options: object): Line | undefined {
  const row: Metric = metrics[id];
  const all = { ...options, stat: row.stats[0] };
  if (row.source !== "aws") return [ownNamespace(stage.name), row.name, ...Object.entries(onlyOf(row)).flat(), all];
  const [first] = found[row.subject] ?? [];
  return first && [row.namespace, row.name, ...Object.entries(first.dimensions).flat(), all];
}

function onlyOf(row: Metric): Readonly<Record<string, string>> {
  return row.source === "code" ? (row.only ?? {}) : {};
}

/** What was promised stands over the lines that show it. */
function titleOf({ title, rows }: Panel): string {
  const target = rows.find((row) => row.target !== undefined)?.target;
  return target === undefined ? title : `${title} (${target})`;
}
