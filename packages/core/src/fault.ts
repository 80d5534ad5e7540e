import { faults, type FaultCode } from "@pendo/contract/faults";

export interface FaultDetails {
  /** Which fields are wrong, and why, in words for the caller: JSON Pointer → reason. */
  readonly fields?: Readonly<Record<string, string>>;
  /** When it may be tried again: soon. */
  readonly retryAt?: Date;
  /** When a quota that is spent begins again, which may be far away. */
  readonly resetsAt?: Date;
  readonly cause?: unknown;
}

/** An expected failure. Anything else that is thrown is a bug and answers 500. */
export class Fault extends Error {
  override readonly name = "Fault";
  readonly code: FaultCode;
  readonly fields: Readonly<Record<string, string>> | undefined;
  readonly retryAt: Date | undefined;
  readonly resetsAt: Date | undefined;

  constructor(code: FaultCode, details: FaultDetails = {}) {
    super(faults[code].text, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.fields = details.fields;
    this.retryAt = details.retryAt;
    this.resetsAt = details.resetsAt;
  }
}
