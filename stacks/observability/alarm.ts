import type { Stage } from "../stage";
import { type Metric, ownNamespace } from "@pendo/infra/observability/metric";
import { type MetricId, metrics } from "@pendo/infra/observability/metrics";
import { pathOf, type Runbook } from "@pendo/infra/observability/runbooks";
import type { Area, Topics } from "./topics";

/** Where alarms are made, and whom they call. */
export interface AlarmContext {
  readonly stage: Stage;
  readonly area: Area;
  readonly topics: Topics;
}

export type Dimensions = Readonly<Record<string, $util.Input<string>>>;

interface Said {
  /** The component's name without the prefix of its area: `EmailDeadLettersAlarm`. */
  readonly name: string;
  /** What it means when it rings, and what to do first; the runbook's path is added. */
  readonly says: string;
  readonly runbook: Runbook;
  /** Absent where only other alarms listen. */
  readonly to?: keyof Topics;
}

export interface Threshold {
  readonly above?: number;
  readonly atLeast?: number;
  readonly below?: number;
  /** How many of the last periods, if not all of them. */
  readonly periods: number;
  readonly ofPeriods?: number;
  readonly missing?: "notBreaching" | "breaching" | "ignore";
}

export interface AlarmSpec extends Said, Threshold {
  readonly metric: MetricId;
  readonly dimensions?: Dimensions;
  /** The table's first, unless told. */
  readonly stat?: string;
  readonly periodSec: number;
}

/** One metric against a threshold. */
export function alarm(context: AlarmContext, spec: AlarmSpec): aws.cloudwatch.MetricAlarm {
  const row: Metric = metrics[spec.metric];
  const stat = spec.stat ?? row.stats[0];
  const simple = ["Sum", "Average", "Maximum", "Minimum", "SampleCount"].includes(stat);
  return made(context, spec, {
    ...located(context.stage, row, spec.dimensions),
    ...(simple ? { statistic: stat } : { extendedStatistic: stat }),
    period: spec.periodSec,
  });
}

export interface Term {
  readonly id: string;
  readonly metric: MetricId;
  readonly dimensions?: Dimensions;
  readonly stat: string;
}

export interface MathSpec extends Said, Threshold {
  readonly terms: readonly Term[];
  readonly expression: string;
  /** What the expression is, in the graph. */
  readonly label: string;
  readonly periodSec: number;
}

/** An expression over several metrics against a threshold. */
export function mathAlarm(context: AlarmContext, spec: MathSpec): aws.cloudwatch.MetricAlarm {
  const queries = spec.terms.map(({ id, metric, dimensions, stat }) => ({
    id,
    returnData: false,
    metric: { ...located(context.stage, metrics[metric], dimensions), period: spec.periodSec, stat },
  }));
  const result = { id: "result", expression: spec.expression, label: spec.label, returnData: true };
  return made(context, spec, { metricQueries: [...queries, result] });
}

/** Rings while all of these do. */
export function bothRing(context: AlarmContext, said: Said, alarms: readonly aws.cloudwatch.MetricAlarm[]): aws.cloudwatch.CompositeAlarm {
  const { area } = context;
  return new aws.cloudwatch.CompositeAlarm(
    `${area.prefix}${said.name}`,
    {
      ...area.args,
      alarmName: physical(context, said.name),
      alarmDescription: described(said),
      alarmRule: $util.all(alarms.map(({ name }) => name)).apply((names) => names.map((name) => `ALARM("${name}")`).join(" AND ")),
      ...calls(context, said),
    },
    area.opts,
  );
}

type What = Partial<aws.cloudwatch.MetricAlarmArgs>;

function made(context: AlarmContext, spec: Said & Threshold, what: What): aws.cloudwatch.MetricAlarm {
  const { area } = context;
  return new aws.cloudwatch.MetricAlarm(
    `${area.prefix}${spec.name}`,
    {
      ...area.args,
      name: physical(context, spec.name),
      alarmDescription: described(spec),
      ...what,
      ...compared(spec),
      evaluationPeriods: spec.ofPeriods ?? spec.periods,
      datapointsToAlarm: spec.periods,
      treatMissingData: spec.missing ?? "notBreaching",
      ...calls(context, spec),
    },
    area.opts,
  );
}

function compared({ above, atLeast, below }: Threshold): Pick<aws.cloudwatch.MetricAlarmArgs, "comparisonOperator" | "threshold"> {
  if (above !== undefined) return { comparisonOperator: "GreaterThanThreshold", threshold: above };
  if (atLeast !== undefined) return { comparisonOperator: "GreaterThanOrEqualToThreshold", threshold: atLeast };
  if (below !== undefined) return { comparisonOperator: "LessThanThreshold", threshold: below };
  throw new Error("An alarm needs a threshold.");
}

/** Somebody who was woken is told as well when it is over. */
function calls({ topics }: AlarmContext, { to }: Said) {
  return to ? { alarmActions: [topics[to].arn], okActions: [topics[to].arn] } : {};
}

function described({ says, runbook }: Said): string {
  return `${says} Runbook: ${pathOf(runbook)}`;
}

function physical({ stage, area }: AlarmContext, name: string): string {
  return `${$app.name}-${stage.name}-${area.prefix}${name}`;
}

/** Where CloudWatch keeps a metric of the table. */
function located(stage: Stage, row: Metric, dimensions: Dimensions = {}) {
  const own = row.source === "aws" ? {} : { ...(row.source === "code" && row.only) };
  const all = { ...own, ...dimensions };
  return {
    namespace: row.source === "aws" ? row.namespace : ownNamespace(stage.name),
    metricName: row.name,
    ...(Object.keys(all).length > 0 && { dimensions: all }),
  };
}
