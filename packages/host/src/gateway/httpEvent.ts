import type { IncomingMessage } from "node:http";
import { isIP } from "node:net";
import { sentOf } from "@pendo/functions/middleware/text";
import type { APIGatewayProxyEventV2 } from "aws-lambda";
import type { Routed } from "./router.ts";

export interface RequestTarget {
  readonly path: string;
  readonly query: string;
}

/** Splits a request line's target; no `URL`, which would normalize what the client sent and costs more than the routing. */
export function targetOf(request: IncomingMessage): RequestTarget {
  const url = request.url ?? "/";
  // A proxy may name the whole address (RFC 9112, 3.2.2).
  const target = url.startsWith("/") ? url : url.replace(/^https?:\/\/[^/?]*(?=(\/?))/i, (_, slash: string) => (slash ? "" : "/"));
  const mark = target.indexOf("?");
  return mark < 0 ? { path: target, query: "" } : { path: target.slice(0, mark), query: target.slice(mark + 1) };
}

/** The event that API Gateway's HTTP API sends to a function (payload format 2.0). */
export function httpEvent(
  request: IncomingMessage,
  { path, query }: RequestTarget,
  { routeKey, pathParameters }: Routed,
  body: Buffer,
  requestId: string,
): APIGatewayProxyEventV2 {
  const headers = request.headers as Record<string, string>;
  const nowMs = Date.now();
  return {
    version: "2.0",
    routeKey,
    rawPath: path,
    rawQueryString: query,
    headers,
    ...(query && { queryStringParameters: queryOf(query) }),
    pathParameters,
    requestContext: {
      accountId: "local",
      apiId: "local",
      domainName: headers["host"] ?? "localhost",
      domainPrefix: "local",
      http: {
        method: request.method ?? "GET",
        path,
        protocol: `HTTP/${request.httpVersion}`,
        sourceIp: sourceOf(request),
        userAgent: headers["user-agent"] ?? "",
      },
      requestId,
      routeKey,
      stage: "$default",
      time: "",
      timeEpoch: nowMs,
    },
    ...(body.byteLength > 0 ? sentOf(body) : { isBase64Encoded: false }),
  };
}

const LOOPBACK = /^(::1|127\.\d+\.\d+\.\d+)$/;

/** Who calls: the peer, or whom a proxy on this machine names last in `X-Forwarded-For`. Nobody else is believed. */
export function sourceOf(request: IncomingMessage): string {
  const peer = request.socket.remoteAddress?.replace(/^::ffff:/, "") ?? "";
  const forwarded = request.headers["x-forwarded-for"];
  if (forwarded === undefined || !LOOPBACK.test(peer)) return peer;
  const last = String(forwarded).split(",").at(-1)?.trim() ?? "";
  return isIP(last) === 0 ? peer : last;
}

// Repeated parameters are joined by commas, as the gateway joins them.
function queryOf(query: string): Record<string, string> {
  // Without a prototype, so that `__proto__` is a name like any other, and refused like any other that no route knows.
  const parameters = Object.create(null) as Record<string, string>;
  for (const [name, value] of new URLSearchParams(query)) {
    const before = parameters[name];
    parameters[name] = before === undefined ? value : `${before},${value}`;
  }
  return parameters;
}
