import type { MiddlewareObj, Request } from "@middy/core";
import type { SessionId, UserId } from "@pendo/contract/ids";
import type { RouteSpec } from "@pendo/contract/route";
import type { KeyedRequest } from "@pendo/core/idempotency/idempotency";
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from "aws-lambda";
import type { Caller } from "./handles.ts";
import type { TimeLimit } from "./runtime.ts";

export type Handle = (ctx: never, input: never) => Promise<unknown>;

/** Where each field of a route's input comes from. */
export interface SchemaPlan {
  readonly fromPath: readonly string[];
  readonly rest: "query" | "body";
}

/** One route, ready to serve. */
export interface BoundRoute {
  readonly name: string;
  readonly spec: RouteSpec;
  readonly plan: SchemaPlan;
  readonly context: Readonly<Record<string, unknown>>;
  readonly handle: Handle;
}

/** What the middlewares of one request hand to each other. */
export interface Invocation extends Record<string, unknown> {
  startedMs: number;
  route: BoundRoute;
  caller: Caller;
  input: unknown;
  responseHeaders: Record<string, string>;
  me?: UserId;
  sessionId?: SessionId;
  /** Lets the facts leave that the handler emitted. */
  settle?: () => Promise<void>;
  /** The request's `Idempotency-Key`, where it has one and the route accepts it. */
  keyed?: KeyedRequest;
}

/** The handler itself is given no middleware state but this. */
export interface HttpContext extends Context {
  invocation: Invocation;
  readonly time: RequestTime;
}

/** The time that one request has. */
export interface RequestTime {
  readonly limit: TimeLimit;
  /** It was answered because its time was over: what its handler still does is not reported. */
  isOver: boolean;
}

export type HttpRequest = Request<APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Error, HttpContext, Invocation>;
export type HttpMiddleware = MiddlewareObj<APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Error, HttpContext, Invocation>;
