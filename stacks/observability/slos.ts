import { type AlarmContext, bothRing, type Dimensions, mathAlarm } from "./alarm";
import type { MetricId } from "./metrics";
import type { Runbook } from "./runbooks";

/** What is promised to people, and how it is counted. */
export interface Slo {
  readonly name: string;
  readonly title: string;
  /** How many of all must be good, in percent. */
  readonly goodPercent: number;
  readonly good:
    | { readonly kind: "noError"; readonly errors: MetricId; readonly all: MetricId }
    | { readonly kind: "fast"; readonly metric: MetricId; readonly withinMs: number };
  readonly runbook: Runbook;
}

export const slos = [
  {
    name: "ApiAvailability",
    title: "Requests that are answered without 5xx",
    goodPercent: 99.9,
    good: { kind: "noError", errors: "http5xx", all: "httpRequests" },
    runbook: "api-errors",
  },
  {
    name: "ApiLatency",
    title: "Requests answered within 300 ms",
    goodPercent: 95,
    good: { kind: "fast", metric: "httpLatency", withinMs: 300 },
    runbook: "api-latency",
  },
  {
    name: "MatchNotification",
    title: "Matches whose sockets were told within 2 s of the swipe",
    goodPercent: 99,
    good: { kind: "fast", metric: "matchNotification", withinMs: 2000 },
    runbook: "match-notification",
  },
  {
    name: "MessageDelivery",
    title: "Messages whose sockets were told within 2 s",
    goodPercent: 99.95,
    good: { kind: "fast", metric: "messageDelivery", withinMs: 2000 },
    runbook: "message-delivery",
  },
  {
    name: "PushDelivery",
    title: "Pushes handed over within 30 s of what they tell",
    goodPercent: 99,
    good: { kind: "fast", metric: "pushDelivery", withinMs: 30_000 },
    runbook: "push-delivery",
  },
  {
    name: "Moderation",
    title: "Verdicts within 60 s",
    goodPercent: 95,
    good: { kind: "fast", metric: "moderationLatency", withinMs: 60_000 },
    runbook: "moderation-late",
  },
  {
    name: "SearchFreshness",
    title: "Changes that search knows within 60 s",
    goodPercent: 95,
    good: { kind: "fast", metric: "searchFreshness", withinMs: 60_000 },
    runbook: "search-stale",
  },
] as const satisfies readonly Slo[];

interface Window {
  readonly name: string;
  /** How many times faster than allowed the budget of 30 days is being spent. */
  readonly burn: number;
  readonly long: Span;
  readonly short: Span;
  readonly to: "pages" | "tickets";
}

/** CloudWatch knows no period beyond a day: three days are three days in a row. */
interface Span {
  readonly periodSec: number;
  readonly periods: number;
}

const MINUTE = 60;
const HOUR = 60 * MINUTE;

/**
 * Three speeds, each seen in a long window, which says that it matters, and a short one, which says that it still goes on (Google's SRE Workbook,
 * chapter 5). At 14.4 times, an hour spends 2 % of the budget of 30 days; at 6 times, six hours spend 5 %; at its own speed, three days spend 10 %.
 */
export const burnWindows: readonly Window[] = [
  { name: "Fast", burn: 14.4, long: { periodSec: HOUR, periods: 1 }, short: { periodSec: 5 * MINUTE, periods: 1 }, to: "pages" },
  { name: "Slow", burn: 6, long: { periodSec: 6 * HOUR, periods: 1 }, short: { periodSec: 30 * MINUTE, periods: 1 }, to: "pages" },
  { name: "Steady", burn: 1, long: { periodSec: 24 * HOUR, periods: 3 }, short: { periodSec: 2 * HOUR, periods: 1 }, to: "tickets" },
];

// Of fewer than these, a single one that went wrong would wake somebody at night.
const EVENTS_MIN = 50;

/** The alarms of one promise: two for each speed, and one that rings when both do. */
export function burnAlarms(context: AlarmContext, slo: Slo, dimensions: Dimensions = {}): void {
  const budgetPercent = 100 - slo.goodPercent;
  for (const { name, burn, long, short, to } of burnWindows) {
    // Not all of them can be bad more often than always.
    const above = rounded(Math.min(burn * budgetPercent, 99));
    const says = `${slo.title}: fewer than ${slo.goodPercent} %; the error budget is spent ${burn} times too fast.`;
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
