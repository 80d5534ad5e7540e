import { burnWindows, type Slo } from "@pendo/infra/observability/slos";
import { type AlarmContext, bothRing, type Dimensions, mathAlarm } from "./alarm";

// Of fewer than these, a single one that went wrong would wake somebody at night.
const EVENTS_MIN = 50;

/** The alarms of one promise: two for each speed, and one that rings when both do. */
export function burnAlarms(context: AlarmContext, slo: Slo, dimensions: Dimensions = {}): void {
  const budgetPercent = 100 - slo.goodPercent;
  for (const { name, burn, long, short, to } of burnWindows) {
    // Not all of them can be bad more often than always.
    const above = rounded(Math.min(burn * budgetPercent, 99));
    const says = `${slo.title}: fewer than ${slo.goodPercent} %; the error budget is spent ${burn} times as fast as it may be.`;
    const each = [
      { span: long, length: "Long" },
      { span: short, length: "Short" },
    ].map(({ span, length }) =>
      mathAlarm(context, {
        name: `${slo.name}Burn${name}${length}`,
        says,
        runbook: slo.runbook,
        ...badShare(slo, dimensions),
        ...span,
        above,
      }),
    );
    bothRing(
      context,
      { name: `${slo.name}Burn${name}`, says: `${says} Look at what changed last, and take it back.`, runbook: slo.runbook, to },
      each,
    );
  }
}

/** The share of what went wrong, in percent; 0 while there is too little to tell. */
function badShare({ good }: Slo, dimensions: Dimensions) {
  const label = "Bad, in %";
  if (good.kind === "noError") {
    const terms = [
      { id: "errors", metric: good.errors, stat: "Sum", dimensions },
      { id: "all", metric: good.all, stat: "Sum", dimensions },
    ];
    return { label, terms, expression: `IF(all >= ${EVENTS_MIN}, 100 * FILL(errors, 0) / all, 0)` };
  }
  const terms = [
    // The percentile rank of the promise: how many in a hundred kept it.
    { id: "kept", metric: good.metric, stat: `PR(:${good.withinMs})`, dimensions },
    { id: "all", metric: good.metric, stat: "SampleCount", dimensions },
  ];
  return { label, terms, expression: `IF(all >= ${EVENTS_MIN}, 100 - kept, 0)` };
}

function rounded(value: number): number {
  return Math.round(value * 1000) / 1000;
}
