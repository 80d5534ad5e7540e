import { componentOf } from "../components.ts";
import type { MetricAlarm } from "./alarm.ts";

// Of the time a function has: a function that needs that much runs out of it soon.
const TIMEOUT_SHARE = 0.9;
const MINUTES_5 = 300;

/** Crashes, throttles and time limits of a function: what its handler could not answer. */
export function functionAlarms({ name, timeoutSec }: { readonly name: string; readonly timeoutSec: number }): readonly MetricAlarm[] {
  const common = { runbook: "function-errors", to: "tickets", periodSec: MINUTES_5 } as const;
  return [
    {
      ...common,
      name: `${name}Errors`,
      metric: "functionErrors",
      says: `${name} crashed or ran out of time five times in five minutes. Look for its bugs in the log and in Sentry.`,
      atLeast: 5,
      periods: 1,
    },
    {
      ...common,
      name: `${name}Throttles`,
      metric: "functionThrottles",
      says: `${name} was throttled: no more instances were allowed. See what runs at once, and raise the account's limit.`,
      above: 0,
      periods: 2,
      ofPeriods: 3,
    },
    {
      ...common,
      name: `${name}NearTimeout`,
      metric: "functionDuration",
      stat: "Maximum",
      says: `${name} took more than ${TIMEOUT_SHARE * 100} % of its ${timeoutSec} s. Find what it waited for in its traces.`,
      above: TIMEOUT_SHARE * timeoutSec * 1000,
      periods: 2,
      ofPeriods: 3,
    },
  ];
}

/** One message among a queue's dead letters is one thing that did not happen. */
export function deadLetterAlarm(label: string): MetricAlarm {
  return {
    name: `${componentOf(label)}DeadLettersAlarm`,
    metric: "deadLetters",
    says: `Messages of ${label} were given up after all their attempts. Find out why, mend it, and send them again; they are kept for 14 days.`,
    runbook: "dead-letters",
    to: "tickets",
    above: 0,
    periodSec: 60,
    periods: 1,
  };
}
