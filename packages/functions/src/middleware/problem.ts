import { type FaultCode, faults } from "@pendo/contract/faults";
import { problemTitle, problemType } from "@pendo/contract/problem";
import type { Clock } from "@pendo/core/ports/clock/clock";
import { Fault } from "@pendo/core/fault";
import type { HttpMiddleware } from "./httpInvocation.ts";
import type { Runtime } from "./runtime.ts";

export interface Problem {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A fault as RFC 9457 problem details. `errors` names the fields by JSON Pointer. */
export function problemOf(fault: Fault, clock: Clock, instance?: string): Problem {
  const { status, text } = faults[fault.code];
  // What is busy or away may be there again at once; whoever asks without a pause makes it worse.
  const retrySec = fault.retryAt
    ? Math.max(1, Math.ceil((fault.retryAt.getTime() - clock.now().getTime()) / 1000))
    : status === 503
      ? 1
      : undefined;
  return {
    status,
    headers: {
      "content-type": "application/problem+json",
      "cache-control": "no-store",
      ...(retrySec !== undefined && { "retry-after": String(retrySec) }),
      ...(status === 401 && { "www-authenticate": "Bearer" }),
    },
    body: JSON.stringify({
      type: problemType(fault.code),
      title: problemTitle(fault.code),
      status,
      detail: text,
      code: fault.code,
      ...(instance && { instance: `urn:request:${instance}` }),
      ...(fault.fields && { errors: Object.entries(fault.fields).map(([pointer, detail]) => ({ pointer, detail })) }),
      ...(fault.retryAt && { retryAt: fault.retryAt.toISOString() }),
      ...(fault.resetsAt && { resetsAt: fault.resetsAt.toISOString() }),
    }),
  };
}

/** What was thrown, as a fault: a store that is full or away is expected, anything else is a bug. */
export function faultOf(error: unknown): { fault: Fault; isBug: boolean } {
  if (error instanceof Fault) return { fault: error, isBug: false };
  const code = storeFault(error);
  return code
    ? { fault: new Fault(code, { cause: error }), isBug: false }
    : { fault: new Fault("server.failed", { cause: error }), isBug: true };
}

/** Turns every error into problem details; internals stay in the log. */
export function answerProblems({ clock, observer }: Runtime): HttpMiddleware {
  return {
    onError: (request) => {
      const { fault, isBug } = faultOf(request.error);
      const requestId = request.event.requestContext.requestId;
      if (isBug) observer.bug(request.error, { requestId, route: request.internal.route?.name ?? request.event.routeKey });
      const problem = problemOf(fault, clock, requestId);
      request.response = {
        statusCode: problem.status,
        headers: { ...request.internal.responseHeaders, ...problem.headers },
        body: problem.body,
      };
    },
  };
}

// PostgreSQL's classes: 53 insufficient resources, 57 operator intervention (shutdown), 08 connection, 40 rolled back in favour of another.
// 25006 is a write that reached a standby, which is what the writer becomes in a failover.
// `pg`, which the queues use, gives the end of a connection no code.
const WITHOUT_CODE = /^(Connection terminated|timeout expired|timeout exceeded when trying to connect|Query read timeout)/;

function storeFault(error: unknown): FaultCode | null {
  const code = typeof error === "object" && error !== null && "code" in error ? String(error.code) : "";
  if (code === "53100" || code === "ENOSPC" || code === "EDQUOT") return "store.full";
  if (code === "53300" || code === "57014" || code === "40P01" || code === "40001" || code === "CONNECTIONS_BUSY") return "server.busy";
  if (/^(08|25006|57P0|53)/.test(code) || /^(CONNECTION_|CONNECT_TIMEOUT|ECONN|EPIPE|ETIMEDOUT|EHOST|ENET|ENOTFOUND|EAI_AGAIN)/.test(code))
    return "store.unavailable";
  // Of a socket file, a server that is away is a file that is missing.
  const isUnconnected = error instanceof Error && "syscall" in error && error.syscall === "connect";
  return isUnconnected || (error instanceof Error && code === "" && WITHOUT_CODE.test(error.message)) ? "store.unavailable" : null;
}
