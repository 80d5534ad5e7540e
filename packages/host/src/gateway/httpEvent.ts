import type { IncomingMessage } from "node:http";
import { addressIn, type Ranges } from "@pendo/core/network/address";
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
  { requestId, source }: { readonly requestId: string; readonly source: string },
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
        sourceIp: source,
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

/** Of which a second one would be dropped in silence, while a proxy in front may have looked at that one. */
const ONCE = new Set(["host", "authorization", "content-type"]);

/** The name of a header that must come once and comes again. */
export function repeatedHeader({ rawHeaders }: IncomingMessage): string | undefined {
  const seen = new Set<string>();
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i]?.toLowerCase() ?? "";
    if (!ONCE.has(name)) continue;
    if (seen.has(name)) return name;
    seen.add(name);
  }
  return undefined;
}

/** How many entries of `X-Forwarded-For` are read at most, from the right. */
const HOPS_MAX = 20;

/**
 * The address that limits count a request by. It is the peer, or where the peer is a trusted proxy, the rightmost address of `X-Forwarded-For` that is
 * no trusted proxy. An entry that is no address ends the walk: the proxy that wrote the entry is counted, because anything else can be varied at will.
 */
export function sourceOf(request: IncomingMessage, isTrusted: Ranges): string {
  const { remoteAddress = "" } = request.socket;
  const peer = addressIn(remoteAddress) ?? remoteAddress;
  const hops = String(request.headers["x-forwarded-for"] ?? "")
    .split(",")
    .slice(-HOPS_MAX)
    .toReversed();
  let source = peer;
  for (const hop of hops) {
    const address = isTrusted(source) ? addressIn(hop) : null;
    if (address === null) break;
    source = address;
  }
  return source;
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
