const ROOT = /(?:^|;)\s*Root=1-([0-9a-f]{8})-([0-9a-f]{24})(?=;|$)/;
const SAMPLED = /(?:^|;)\s*Sampled=1(?=;|$)/;
const TRACEPARENT = /^00-([0-9a-f]{8})([0-9a-f]{24})-([0-9a-f]{16})-([0-9a-f]{2})$/;

/** Where an invocation stands in a trace of X-Ray. */
export interface XrayTrace {
  /** The trace id as W3C writes it: 32 hexadecimal digits. */
  readonly id: string;
  readonly isSampled: boolean;
}

/** Reads X-Ray's header, as Lambda gives it and as SQS hands it on. Null where it is absent or malformed. */
export function readXrayHeader(header: string | undefined): XrayTrace | null {
  const [, time, rest] = ROOT.exec(header ?? "") ?? [];
  return time && rest ? { id: `${time}${rest}`, isSampled: SAMPLED.test(header ?? "") } : null;
}

/** A W3C trace context as X-Ray writes it. Null where it is none. */
export function xrayHeaderOf(traceparent: string | null): string | null {
  const [, time, rest, span, flags = "00"] = TRACEPARENT.exec(traceparent ?? "") ?? [];
  return time ? `Root=1-${time}-${rest};Parent=${span};Sampled=${Number.parseInt(flags, 16) & 1}` : null;
}
