import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { Fault } from "@pendo/core/fault";
import type { Clock } from "@pendo/core/ports/clock/clock";
import type { Ids } from "@pendo/core/ports/ids/ids";
import type { HttpFunction } from "@pendo/functions/middleware/http";
import { problemOf } from "@pendo/functions/middleware/problem";
import type { APIGatewayProxyStructuredResultV2, Context } from "aws-lambda";
import { httpEvent, targetOf } from "./httpEvent.ts";
import { router } from "./router.ts";

// What the gateway itself refuses; the functions have tighter bounds of their own.
const BODY_BYTES_MAX = 1024 * 1024;
const IN_FLIGHT_MAX = 1024;

/** Answers paths that are no route of the API, such as uploads; says whether it did. */
export type ServeOther = (request: IncomingMessage, response: ServerResponse, path: string) => Promise<boolean>;

export interface GatewayOptions {
  /** Every route key, and the function of its noun. */
  readonly routes: ReadonlyMap<string, HttpFunction>;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly other: readonly ServeOther[];
}

/** API Gateway's HTTP API on one machine: the same events to the same functions, with the same refusals in front. */
export function httpServer({ routes, clock, ids, other }: GatewayOptions): Server {
  const match = router([...routes.keys()]);
  let inFlight = 0;

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const requestId = ids.next<string>();
    const target = targetOf(request);
    const refuse = (fault: Fault, headers: Record<string, string> = {}): void => {
      const problem = problemOf(fault, clock, requestId);
      write(request, response, { statusCode: problem.status, headers: { ...problem.headers, ...headers, "x-request-id": requestId }, body: problem.body });
    };
    for (const serve of other) if (await serve(request, response, target.path)) return undefined;
    if (request.method === "OPTIONS") return write(request, response, preflight);
    const matched = match(request.method === "HEAD" ? "GET" : (request.method ?? ""), target.path);
    if (!matched) return refuse(new Fault("route.notFound"));
    if ("allow" in matched) return refuse(new Fault("route.methodNotAllowed"), { allow: matched.allow.join(", ") });
    if (inFlight >= IN_FLIGHT_MAX) return refuse(new Fault("server.busy", { retryAt: new Date(clock.now().getTime() + 1000) }));
    inFlight++;
    try {
      const body = await bodyOf(request);
      if (body === null) return refuse(new Fault("input.tooLarge"), { connection: "close" });
      const serve = routes.get(matched.routeKey) as HttpFunction;
      return write(request, response, await serve(httpEvent(request, target, matched, body, requestId), {} as Context));
    } finally {
      inFlight--;
    }
  };

  const server = createServer({ maxHeaderSize: 16 * 1024, keepAliveTimeout: 65_000, requestTimeout: 60_000 }, (request, response) => {
    answer(request, response).catch((error: unknown) => {
      // The client went away in the middle of its request, or a writer failed; there is nobody left to tell.
      if (!response.headersSent) response.writeHead(500).end();
      else response.destroy(error instanceof Error ? error : undefined);
    });
  });
  server.on("clientError", (error: NodeJS.ErrnoException, socket) => {
    if (!socket.writable) return;
    const status = error.code === "HPE_HEADER_OVERFLOW" ? "431 Request Header Fields Too Large" : "400 Bad Request";
    socket.end(`HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
  });
  return server;
}

const cors = {
  "access-control-allow-origin": "*",
  "access-control-expose-headers": "etag, location, ratelimit-limit, ratelimit-remaining, ratelimit-reset, retry-after, x-request-id",
};
const preflight: APIGatewayProxyStructuredResultV2 = {
  statusCode: 204,
  headers: {
    "access-control-allow-methods": "GET, POST, PUT, PATCH, DELETE",
    "access-control-allow-headers": "authorization, content-type, idempotency-key, if-none-match, traceparent",
    "access-control-max-age": "600",
  },
};

function write(request: IncomingMessage, response: ServerResponse, { statusCode = 200, headers, body }: APIGatewayProxyStructuredResultV2): void {
  const bytes = body ? Buffer.from(body) : undefined;
  response.writeHead(statusCode, { ...cors, ...headers, ...(statusCode !== 204 && statusCode !== 304 && { "content-length": bytes?.byteLength ?? 0 }) } as never);
  response.end(request.method === "HEAD" ? undefined : bytes);
}

/** The body as text, or null where it is larger than the gateway takes. */
async function bodyOf(request: IncomingMessage): Promise<string | null> {
  if (Number(request.headers["content-length"] ?? 0) > BODY_BYTES_MAX) return null;
  if (request.headers["content-length"] === undefined && request.headers["transfer-encoding"] === undefined) return "";
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.byteLength;
    if (bytes > BODY_BYTES_MAX) return null;
    chunks.push(chunk);
  }
  return chunks.length === 1 ? (chunks[0] as Buffer).toString("utf8") : Buffer.concat(chunks).toString("utf8");
}
