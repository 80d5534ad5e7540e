import type { LiveFunction } from "../functions";
import { capitalized } from "../queues";
import { alarm, type AlarmContext } from "./alarm";
import type { SubjectsFound } from "./subjects";

// Of the time a function has: whoever needs that much runs out of it soon.
const TIMEOUT_SHARE = 0.9;
const MINUTES_5 = 300;

/** Crashes, throttles and time limits of every function. What a handler answers is no crash; these are what it could not answer. */
export function functionAlarms(context: AlarmContext, functions: readonly LiveFunction[]): void {
  for (const { spec, fn } of functions) {
    const { name, timeoutSec } = spec;
    const dimensions = { FunctionName: fn.name };
    const common = { runbook: "function-errors", to: "tickets", dimensions, periodSec: MINUTES_5 } as const;
    alarm(context, {
      ...common,
      name: `${name}Errors`,
      metric: "functionErrors",
      says: `${name} crashed or ran out of time five times in five minutes. Look for its bugs in the log and in Sentry.`,
      atLeast: 5,
      periods: 1,
    });
    alarm(context, {
      ...common,
      name: `${name}Throttles`,
      metric: "functionThrottles",
      says: `${name} was throttled: no more instances were allowed. See what runs at once, and raise the account's limit.`,
      above: 0,
      periods: 2,
      ofPeriods: 3,
    });
    alarm(context, {
      ...common,
      name: `${name}NearTimeout`,
      metric: "functionDuration",
      stat: "Maximum",
      says: `${name} took more than ${TIMEOUT_SHARE * 100} % of its ${timeoutSec} s. Find what it waited for in its traces.`,
      above: TIMEOUT_SHARE * timeoutSec * 1000,
      periods: 2,
      ofPeriods: 3,
    });
  }
}

/** Every queue of dead letters: one message there is one thing that did not happen. */
export function deadLetterAlarms(context: AlarmContext, { deadLetters = [] }: SubjectsFound): void {
  for (const { label, dimensions } of deadLetters)
    alarm(context, {
      name: `${capitalized(label)}DeadLettersAlarm`,
      metric: "deadLetters",
      dimensions,
      says: `Messages of ${label} were given up after all their attempts. Find out why, mend it, and send them again; they are kept for 14 days.`,
      runbook: "dead-letters",
      to: "tickets",
      above: 0,
      periodSec: 60,
      periods: 1,
    });
}
