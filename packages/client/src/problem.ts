import type { FaultCode } from "@pendo/contract/faults";

export interface FieldError {
  /** A JSON Pointer into the request. */
  readonly pointer: string;
  readonly detail: string;
}

/** The API refused a request: RFC 9457 problem details, as an error. */
export class ProblemError extends Error {
  override readonly name = "ProblemError";
  readonly status: number;
  readonly code: FaultCode;
  readonly errors: readonly FieldError[];
  /** When it may be tried again, where the API said so. */
  readonly retryAt: Date | null;
  /** When a quota that is spent begins again, where the API said so. */
  readonly resetsAt: Date | null;

  constructor(problem: {
    status: number;
    code: FaultCode;
    detail: string;
    errors?: readonly FieldError[];
    retryAt?: string;
    resetsAt?: string;
  }) {
    const fields = problem.errors?.map(({ pointer, detail }) => `${pointer} ${detail}`).join("; ");
    super(fields ? `${problem.detail} (${fields})` : problem.detail);
    this.status = problem.status;
    this.code = problem.code;
    this.errors = problem.errors ?? [];
    this.retryAt = problem.retryAt ? new Date(problem.retryAt) : null;
    this.resetsAt = problem.resetsAt ? new Date(problem.resetsAt) : null;
  }
}

/** No answer came: the network, not the API. The request may or may not have been carried out. */
export class NetworkError extends Error {
  override readonly name = "NetworkError";
}
