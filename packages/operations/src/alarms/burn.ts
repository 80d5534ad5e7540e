import type { Subject } from "../metric.ts";
import { burnWindows, type Slo } from "../slos.ts";
import type { AlarmText, FormulaAlarm } from "./alarm.ts";

// Of fewer than these, a single failure would wake an engineer at night.
const EVENTS_MIN = 50;

/** An alarm that rings while both windows do. */
export interface BurnAlarm extends AlarmText {
  readonly windows: readonly FormulaAlarm[];
}

/** The alarms of one promise: two windows for each speed at which its error budget may burn. */
export function burnAlarms(slo: Slo, subject?: Subject): readonly BurnAlarm[] {
  const budgetPercent = 100 - slo.goodPercent;
  return burnWindows.map(({ name, burn, long, short, to }) => {
    // Not all of them can be bad more often than always.
    const above = rounded(Math.min(burn * budgetPercent, 99));
    const says = `${slo.title}: fewer than ${slo.goodPercent} %; the error budget is spent ${burn} times as fast as it may be.`;
    const { runbook } = slo;
    const windows = [
      { span: long, length: "Long" },
      { span: short, length: "Short" },
    ].map(({ span, length }) => ({
      ...{ name: `${slo.name}Burn${name}${length}`, says, runbook, above },
      ...badShare(slo, subject),
      ...span,
    }));
    return { name: `${slo.name}Burn${name}`, says: `${says} Look at what changed last, and take it back.`, runbook, to, windows };
  });
}

/** The share of what went wrong, in percent; 0 while there is too little to tell. */
function badShare({ good }: Slo, subject: Subject | undefined): Pick<FormulaAlarm, "label" | "terms" | "expression"> {
  const about = subject === undefined ? {} : { subject };
  const label = "Bad, in %";
  if (good.kind === "noError") {
    const terms = [
      { id: "errors", metric: good.errors, stat: "Sum", ...about },
      { id: "all", metric: good.all, stat: "Sum", ...about },
    ];
    return { label, terms, expression: `IF(all >= ${EVENTS_MIN}, 100 * FILL(errors, 0) / all, 0)` };
  }
  const terms = [
    // The percentile rank of the promise: how many in a hundred kept it.
    { id: "kept", metric: good.metric, stat: `PR(:${good.withinMs})`, ...about },
    { id: "all", metric: good.metric, stat: "SampleCount", ...about },
  ];
  return { label, terms, expression: `IF(all >= ${EVENTS_MIN}, 100 - kept, 0)` };
}

function rounded(value: number): number {
  return Math.round(value * 1000) / 1000;
}
