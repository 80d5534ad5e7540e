import { callerIp } from "./callerIp.ts";
import type { HttpRequest } from "./httpInvocation.ts";
import { faultOf } from "./problem.ts";
import type { Runtime } from "./runtime.ts";
import { traceparentOf } from "./trace.ts";

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
      internal.caller = { ip: callerIp(event), userAgent, traceparent: traceparentOf(event.headers["traceparent"], runtime.ids) };
      internal.responseHeaders = { "x-request-id": event.requestContext.requestId };
      request.context = { ...request.context, invocation: internal };
    },
    requestEnd: async (request: HttpRequest) => {
      try {
        await request.internal.settle?.();
      } catch (error) {
        // The facts are in the outbox, and leave with the next sweep; the request has been carried out.
        runtime.observer.bug(error, { route: request.internal.route?.name ?? noun });
      }
      report(noun, request, performance.now() - request.internal.startedMs, runtime);
      await runtime.observer.flush();
    },
  };
}

function report(noun: string, { event, internal, response, error }: HttpRequest, latencyMs: number, { observer }: Runtime): void {
  const status = Number(response?.statusCode ?? 500);
  const route = internal.route?.name ?? `${noun}.unknown`;
  const fault = error ? faultOf(error).fault.code : null;
  observer.line(status >= 500 ? "error" : "info", {
    kind: "http",
    route,
    status,
    fault,
    latencyMs: Math.round(latencyMs * 10) / 10,
    requestId: event.requestContext.requestId,
    trace: internal.caller.traceparent.split("-")[1] ?? null,
    userId: internal.me ?? null,
  });
  observer.measure({ route }, { requests: 1, latencyMs, faults: fault ? 1 : 0, errors: status >= 500 ? 1 : 0 });
}
