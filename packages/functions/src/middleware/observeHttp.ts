import type { HttpRequest, Invocation } from "./httpInvocation.ts";
import { faultOf } from "./problem.ts";
import type { Runtime } from "./runtime.ts";
import { traceparentOf, tracedBus } from "./trace.ts";

/** `middy` runs these around everything, whatever happens in between. */
export interface HttpHooks {
  requestStart(request: HttpRequest): void;
  requestEnd(request: HttpRequest): Promise<void>;
}

/** Opens and closes an invocation: who calls and under which trace; then facts that leave, one line, and metrics. */
export function observeHttp(noun: string, runtime: Runtime): HttpHooks {
  const { ports, ids } = runtime;
  const opened = new WeakMap<Invocation, { readonly startedMs: number; readonly settle?: () => Promise<void> }>();
  return {
    requestStart: (request: HttpRequest) => {
      const { event, internal } = request;
      const traceparent = traceparentOf(event.headers["traceparent"], ids);
      const { sourceIp: ip, userAgent } = event.requestContext.http;
      internal.caller = { ip, userAgent, traceparent };
      internal.responseHeaders = { "x-request-id": event.requestContext.requestId };
      request.context = { ...request.context, invocation: internal };
      const traced = ports.bus && tracedBus(ports.bus, traceparent);
      if (traced) internal.bus = traced.bus;
      opened.set(internal, { startedMs: performance.now(), ...(traced && { settle: traced.settle }) });
    },
    requestEnd: async (request: HttpRequest) => {
      const open = opened.get(request.internal);
      await open?.settle?.();
      report(noun, request, performance.now() - (open?.startedMs ?? 0), runtime);
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
