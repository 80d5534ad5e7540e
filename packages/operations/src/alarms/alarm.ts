import type { Subject } from "../metric.ts";
import type { MetricId } from "../metrics.ts";
import type { Runbook } from "../runbooks.ts";

/** Who hears of an alarm: `pages` wakes an engineer, `tickets` waits for a working day. */
export type Audience = "pages" | "tickets";

/** What a person reads about an alarm. */
export interface AlarmText {
  /** The component's name without the prefix of its area: `EmailDeadLettersAlarm`. */
  readonly name: string;
  /** What the alarm means, and what to do first; the runbook's path is added. */
  readonly says: string;
  readonly runbook: Runbook;
  /** Absent where only a composite alarm listens. */
  readonly to?: Audience;
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

/** One metric against a threshold. */
export interface MetricAlarm extends AlarmText, Threshold {
  readonly metric: MetricId;
  /** The first statistic of the metric's row, unless set. */
  readonly stat?: string;
  readonly periodSec: number;
}

export interface Term {
  readonly id: string;
  readonly metric: MetricId;
  readonly stat: string;
  /** Whose dimensions the term has. */
  readonly subject?: Subject;
  /** Fixed dimensions. */
  readonly dimensions?: Readonly<Record<string, string>>;
}

/** An expression over several metrics against a threshold. */
export interface FormulaAlarm extends AlarmText, Threshold {
  readonly terms: readonly Term[];
  readonly expression: string;
  /** What the expression is, in the graph. */
  readonly label: string;
  readonly periodSec: number;
}
