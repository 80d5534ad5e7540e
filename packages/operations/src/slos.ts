import type { MetricId } from "./metrics.ts";
import type { Runbook } from "./runbooks.ts";

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

export interface Window {
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
