import type { Stage } from "../stage";
import { type Metric, ownNamespace } from "@pendo/operations/metric";
import type { AlarmText, FormulaAlarm, MetricAlarm, Threshold } from "@pendo/operations/alarms/alarm";
import type { BurnAlarm } from "@pendo/operations/alarms/burn";
import { metrics } from "@pendo/operations/metrics";
import { pathOf } from "@pendo/operations/runbooks";
import type { Dimensions, SubjectsFound } from "./subjects";
import type { Area, Topics } from "./topics";

/** Where alarms are made, and whom they call. */
export interface AlarmContext {
  readonly stage: Stage;
  readonly area: Area;
  readonly topics: Topics;
}

/** One metric against a threshold. */
export function alarm(context: AlarmContext, spec: MetricAlarm, dimensions: Dimensions = {}): aws.cloudwatch.MetricAlarm {
  const row: Metric = metrics[spec.metric];
  const stat = spec.stat ?? row.stats[0];
  const simple = ["Sum", "Average", "Maximum", "Minimum", "SampleCount"].includes(stat);
  return made(context, spec, {
    ...located(context.stage, row, dimensions),
    ...(simple ? { statistic: stat } : { extendedStatistic: stat }),
    period: spec.periodSec,
  });
}

/** An expression over several metrics against a threshold. */
export function formulaAlarm(context: AlarmContext, spec: FormulaAlarm, found: SubjectsFound): aws.cloudwatch.MetricAlarm {
  const queries = spec.terms.map(({ id, metric, stat, subject, dimensions }) => {
    const all = { ...(subject && found[subject]?.[0]?.dimensions), ...dimensions };
    return { id, returnData: false, metric: { ...located(context.stage, metrics[metric], all), period: spec.periodSec, stat } };
  });
  const result = { id: "result", expression: spec.expression, label: spec.label, returnData: true };
  return made(context, spec, { metricQueries: [...queries, result] });
}

/** Rings while the alarms of both windows do. */
export function burnAlarm(context: AlarmContext, spec: BurnAlarm, found: SubjectsFound): aws.cloudwatch.CompositeAlarm {
  const { area } = context;
  const alarms = spec.windows.map((window) => formulaAlarm(context, window, found));
  return new aws.cloudwatch.CompositeAlarm(
    `${area.prefix}${spec.name}`,
    {
      ...area.args,
      alarmName: physical(context, spec.name),
      alarmDescription: described(spec),
      alarmRule: $util.all(alarms.map(({ name }) => name)).apply((names) => names.map((name) => `ALARM("${name}")`).join(" AND ")),
      ...calls(context, spec),
    },
    area.opts,
  );
}

type What = Partial<aws.cloudwatch.MetricAlarmArgs>;

function made(context: AlarmContext, spec: AlarmText & Threshold, what: What): aws.cloudwatch.MetricAlarm {
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

/** An engineer who was woken hears as well when it is over. */
function calls({ topics }: AlarmContext, { to }: AlarmText) {
  return to ? { alarmActions: [topics[to].arn], okActions: [topics[to].arn] } : {};
}

function described({ says, runbook }: AlarmText): string {
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
