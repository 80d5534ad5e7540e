export interface QuotaSpec {
  /** How many a window holds. */
  readonly cap: number;
  /** Windows lie end to end from the start of 1970 in UTC, so the same moment is in the same window on every machine. */
  readonly windowSec: number;
}

/** What a free user may do, and how often. */
export const quotas = {
  like: { cap: 50, windowSec: 12 * 3600 },
  superlike: { cap: 1, windowSec: 24 * 3600 },
  rewind: { cap: 10, windowSec: 24 * 3600 },
  boost: { cap: 1, windowSec: 30 * 24 * 3600 },
  travel: { cap: 1, windowSec: 24 * 3600 },
  /** Forms for pictures in messages, used or not. */
  messagePhoto: { cap: 100, windowSec: 24 * 3600 },
} as const satisfies Record<string, QuotaSpec>;

export type QuotaKind = keyof typeof quotas;
