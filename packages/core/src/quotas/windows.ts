import { quotas, type QuotaKind } from "@pendo/contract/quotas";

export interface QuotaWindow {
  readonly kind: QuotaKind;
  readonly cap: number;
  readonly start: Date;
  /** When everything comes back. */
  readonly resetsAt: Date;
}

/** The window of a quota that a moment lies in. */
export function windowOf(kind: QuotaKind, at: Date): QuotaWindow {
  const { cap, windowSec } = quotas[kind];
  const lengthMs = windowSec * 1000;
  const startMs = Math.floor(at.getTime() / lengthMs) * lengthMs;
  return { kind, cap, start: new Date(startMs), resetsAt: new Date(startMs + lengthMs) };
}
