export interface QuotaSpec {
  /** How many actions a window allows. */
  readonly cap: number;
  /** Windows follow each other from the start of 1970 in UTC, so all machines agree on them. */
  readonly windowSec: number;
}

/** The quotas of a free user. */
export const quotas = {
  like: { cap: 50, windowSec: 12 * 3600 },
  superlike: { cap: 1, windowSec: 24 * 3600 },
  rewind: { cap: 10, windowSec: 24 * 3600 },
  boost: { cap: 1, windowSec: 30 * 24 * 3600 },
  travel: { cap: 1, windowSec: 24 * 3600 },
  /** Upload forms for pictures in messages, used or not. */
  messagePhoto: { cap: 100, windowSec: 24 * 3600 },
} as const satisfies Record<string, QuotaSpec>;

export type QuotaKind = keyof typeof quotas;
