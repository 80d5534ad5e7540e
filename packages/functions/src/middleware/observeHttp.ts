import type { FaultCode } from "@pendo/contract/faults";
import type { UserId } from "@pendo/contract/ids";
import { callerIp } from "./callerIp.ts";
import type { HttpRequest } from "./httpInvocation.ts";
import { faultOf } from "./problem.ts";
import { reportRelayFailure } from "./relayFailure.ts";
import type { Runtime } from "./runtime.ts";
import { isLate } from "./timeLimit.ts";
import { currentTrace } from "./trace.ts";

/** `middy` runs these around everything, whatever happens in between. */
export interface HttpHooks {
  requestStart(request: HttpRequest): void;
  requestEnd(request: HttpRequest): Promise<void>;
}

/** Opens and closes an invocation: who calls and under which trace; then facts that leave, one line, and metrics. */
export function observeHttp(noun: string, runtime: Runtime): HttpHooks {
  return {
    requestStart: (request: HttpRequest) => {
      const { event, internal } = request;
      const { userAgent } = event.requestContext.http;
      internal.startedMs = performance.now();
      internal.caller = { ip: callerIp(event), userAgent, traceparent: currentTrace()?.traceparent ?? "" };
      internal.responseHeaders = { "x-request-id": event.requestContext.requestId };
      request.context = { ...request.context, invocation: internal };
    },
    requestEnd: async (request: HttpRequest) => {
      try {
        await request.internal.settle?.();
      } catch (error) {
        // The events are in the outbox, and leave with the next sweep; the request has been carried out.
        reportRelayFailure(runtime.observer, error, { route: request.internal.route?.name ?? noun });
      }
      if (request.context.time.isOver) return;
      report(noun, request, performance.now() - request.internal.startedMs, runtime);
      await runtime.observer.flush();
    },
  };
}

function report(noun: string, { event, context, internal, response, error }: HttpRequest, latencyMs: number, runtime: Runtime): void {
  reportAnswer(
    {
      route: internal.route?.name ?? `${noun}.unknown`,
      status: Number(response?.statusCode ?? 500),
      fault: error ? faultOf(error).fault.code : null,
      latencyMs,
      requestId: event.requestContext.requestId,
      userId: internal.me ?? null,
      wasLate: isLate(context.time.limit, error),
    },
    runtime,
  );
}

export interface Answered {
  readonly route: string;
  readonly status: number;
  readonly fault: FaultCode | null;
  readonly latencyMs: number;
  readonly requestId: string;
  readonly userId: UserId | null;
  /** Its time was over. */
  readonly wasLate: boolean;
}

/** Writes the line of a request, and measures it. */
export function reportAnswer({ route, latencyMs, wasLate, ...answered }: Answered, { observer }: Pick<Runtime, "observer">): void {
  const { status, fault } = answered;
  observer.line(status >= 500 ? "error" : "info", { kind: "http", route, latencyMs: Math.round(latencyMs * 10) / 10, ...answered });
  observer.measure({ route }, { requests: 1, latencyMs, faults: fault ? 1 : 0, errors: status >= 500 ? 1 : 0 });
  if (wasLate) observer.measure({ route }, { timeouts: 1 });
}
