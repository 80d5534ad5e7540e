import { faults, type FaultCode } from "@pendo/contract/faults";

/** Names a field of the input by JSON Pointer (RFC 6901): `/prompts/1/question`. A header or a query parameter is written the same way. */
export type FieldPointer = `/${string}`;

/** Which fields are wrong, and why, in words for the caller. */
export type FieldReasons = Readonly<Record<FieldPointer, string>>;

export interface FaultDetails {
  readonly fields?: FieldReasons;
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
  readonly fields: FieldReasons | undefined;
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

/** The pointer of a field whose name, or path of names and indexes, is only known at run time. Escapes `~` and `/` in a name. */
export function pointerTo(...steps: readonly PropertyKey[]): FieldPointer {
  return `/${steps.map((step) => String(step).replaceAll("~", "~0").replaceAll("/", "~1")).join("/")}`;
}

/** The reasons of fields whose names are only known at run time. */
export function reasonsByName(reasons: readonly (readonly [name: string, reason: string])[]): FieldReasons {
  return Object.fromEntries(reasons.map(([name, reason]) => [pointerTo(name), reason]));
}
