import middy from "@middy/core";
import type { RouteSpec } from "@pendo/contract/route";
import { Fault } from "@pendo/core/fault";
import type { Bus } from "@pendo/core/ports/bus/bus";
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from "aws-lambda";
import { authenticate, authorize } from "./authenticate.ts";
import { compress } from "./compress.ts";
import { conditional } from "./conditional.ts";
import type { BoundRoute, Handle, HttpContext, HttpMiddleware, Invocation, RequestTime } from "./httpInvocation.ts";
import { carryOutOnce, idempotency } from "./idempotency.ts";
import { observeHttp, reportAnswer } from "./observeHttp.ts";
import { parseInput, schemaPlan } from "./parseInput.ts";
import { answersPings } from "./ping.ts";
import { answerProblems, faultOf, problemOf } from "./problem.ts";
import { rateLimit } from "./rateLimit.ts";
import { contextOf, type Runtime } from "./runtime.ts";
import { ANSWER_MS, isLate, limited, limitOf, within } from "./timeLimit.ts";
import { inTrace, joinTrace, tracedBus } from "./trace.ts";

/** What a gateway calls: an HTTP API event in (payload 2.0), a structured answer out. It never throws. */
export type HttpFunction = (event: APIGatewayProxyEventV2, context: Context) => Promise<APIGatewayProxyStructuredResultV2>;

/**
 * Wraps a noun's handlers as one function, which dispatches on the gateway's `routeKey`. In order: find the route, say who calls, limit the rate, let in whom it is for,
 * validate the input, replay an idempotent answer, handle, answer a conditional read, compress; faults become problem details on the way out.
 */
export function httpFunction(noun: string, specs: object, handlers: object, runtime: Runtime): HttpFunction {
  const routes = bind(noun, specs as Record<string, RouteSpec>, handlers as Record<string, Handle>, runtime);
  const serveRoutes = middy<APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Error, HttpContext, Invocation>(
    observeHttp(noun, runtime) as never,
  )
    .use(compress())
    .use(answerProblems(runtime))
    .use(route(routes))
    .use(authenticate(runtime))
    .use(rateLimit(runtime))
    .use(authorize(runtime))
    .use(parseInput())
    .use(idempotency())
    .use(conditional())
    .handler(serve(runtime)) as unknown as HttpFunction;
  return answersPings(inTime({ noun, routes, serve: serveRoutes, runtime }), runtime);
}

interface Timely {
  readonly noun: string;
  readonly routes: ReadonlyMap<string, BoundRoute>;
  readonly serve: HttpFunction;
  readonly runtime: Runtime;
}

/** Serves each request in its trace, and answers 503 before the host's deadline where it is not done by then. */
function inTime({ noun, routes, serve: work, runtime }: Timely): HttpFunction {
  return async (event, context) => {
    const time: RequestTime = { limit: limitOf(context, ANSWER_MS), isOver: false };
    const startedMs = performance.now();
    return await inTrace(joinTrace(runtime, event.headers["traceparent"]), async () => {
      try {
        return await within(time.limit, () => work(event, { ...context, time } as Context));
      } catch (error) {
        // The limit throws: whatever a handler throws has become an answer.
        time.isOver = true;
        const { requestId } = event.requestContext;
        const { fault, isBug } = faultOf(error);
        if (isBug) runtime.observer.bug(error, { requestId, route: event.routeKey });
        const { status, headers, body } = problemOf(fault, runtime.clock, requestId);
        const route = routes.get(event.routeKey)?.name ?? `${noun}.unknown`;
        const latencyMs = performance.now() - startedMs;
        reportAnswer({ route, status, fault: fault.code, latencyMs, requestId, userId: null, wasLate: isLate(time.limit, error) }, runtime);
        await runtime.observer.flush();
        return { statusCode: status, headers: { "x-request-id": requestId, ...headers }, body };
      } finally {
        time.limit.end();
      }
    });
  };
}

/** Runs the handler that the middlewares prepared; a request with an `Idempotency-Key` runs it once. */
function serve(runtime: Runtime) {
  return async (_event: APIGatewayProxyEventV2, { invocation, time }: HttpContext): Promise<APIGatewayProxyStructuredResultV2> => {
    const { route: bound, me, sessionId, caller, input, responseHeaders, keyed } = invocation;
    // Most routes emit nothing, and need no bus of their own.
    const traced = "bus" in bound.context ? tracedBus(bound.context["bus"] as Bus, caller.traceparent) : undefined;
    if (traced) invocation.settle = traced.settle;
    const context = { ...limited(bound.context, time.limit), ...(traced && { bus: traced.bus }), ...(me && { me, sessionId }), caller };
    const carryOut = async (own: object): Promise<APIGatewayProxyStructuredResultV2> =>
      answer(bound.spec, await bound.handle({ ...context, ...own } as never, input as never), responseHeaders);
    if (!keyed) return await carryOut({});
    const ports = limited(runtime.ports, time.limit);
    const renew = bound.spec.renewed ? async (first: unknown) => await carryOut({ first }) : undefined;
    const request = { keyed, invocation, renew };
    return await carryOutOnce({ ...runtime, ports }, request, async (db) => await carryOut("db" in context ? { db } : {}));
  };
}

function answer(spec: RouteSpec, output: unknown, headers: Record<string, string>): APIGatewayProxyStructuredResultV2 {
  const status = spec.status ?? 200;
  if (!spec.cache) headers["cache-control"] = "no-store";
  if (status === 204) return { statusCode: 204, headers };
  // Parsing the output drops whatever the contract does not name: a column added to a query can't leak.
  const parsed = spec.output.parse(output);
  headers["content-type"] = spec.contentType ?? "application/json";
  return { statusCode: status, headers, body: spec.contentType && typeof parsed === "string" ? parsed : JSON.stringify(parsed) };
}

function bind(noun: string, specs: Record<string, RouteSpec>, handlers: Record<string, Handle>, runtime: Runtime): Map<string, BoundRoute> {
  const routes = new Map<string, BoundRoute>();
  for (const [name, spec] of Object.entries(specs)) {
    const handle = handlers[name];
    if (!handle) throw new Error(`The route ${noun}.${name} has no handler.`);
    routes.set(spec.at, { name: `${noun}.${name}`, spec, plan: schemaPlan(spec), context: contextOf(runtime, spec.needs), handle });
  }
  return routes;
}

/**
 * Finds the route that the gateway matched. What it did not match arrives as `$default`. A gateway takes `PUT /v1/swipes/rewind` for
 * `PUT /v1/swipes/{targetId}`; the contract says that `/v1/swipes/rewind` is an address of its own, with POST alone: 405.
 */
function route(routes: ReadonlyMap<string, BoundRoute>): HttpMiddleware {
  const fixed = methodsByAddress(routes.keys());
  return {
    before: ({ event, internal }) => {
      const bound = routes.get(event.routeKey);
      if (!bound) throw new Fault("route.notFound");
      const methods = fixed.get(event.rawPath);
      if (methods && !methods.includes(event.routeKey.split(" ")[0] ?? "")) {
        internal.responseHeaders["allow"] = methods.flatMap((method) => (method === "GET" ? ["GET", "HEAD"] : [method])).join(", ");
        throw new Fault("route.methodNotAllowed");
      }
      internal.route = bound;
    },
  };
}

/** The methods of every address without a variable. */
function methodsByAddress(routeKeys: Iterable<string>): ReadonlyMap<string, readonly string[]> {
  const methods = new Map<string, string[]>();
  for (const key of routeKeys) {
    const [method = "", address = ""] = key.split(" ");
    if (!address.includes("{")) methods.set(address, [...(methods.get(address) ?? []), method]);
  }
  return methods;
}
