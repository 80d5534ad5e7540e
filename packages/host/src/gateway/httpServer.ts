import { createServer, type IncomingMessage, type Server, type ServerOptions, type ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { corsRequestHeaders, corsResponseHeaders } from "@pendo/contract/cors";
import { Fault, reasonsByName } from "@pendo/core/fault";
import type { Clock } from "@pendo/core/ports/clock/clock";
import type { Ids } from "@pendo/core/ports/ids/ids";
import type { Ranges } from "@pendo/core/network/address";
import type { HttpFunction } from "@pendo/functions/middleware/http";
import { problemOf } from "@pendo/functions/middleware/problem";
import type { APIGatewayProxyStructuredResultV2, Context } from "aws-lambda";
import { addHeaders, send } from "./answer.ts";
import { readBody } from "./body.ts";
import { httpEvent, repeatedHeader, sourceOf, targetOf } from "./httpEvent.ts";
import { router } from "./router.ts";

// What the gateway itself refuses; the functions have tighter bounds of their own.
const BODY_BYTES_MAX = 1024 * 1024;
const IN_FLIGHT_MAX = 1024;

/** Answers paths that are no route of the API, such as uploads; null where the path is none of its own. What it throws is a bug. */
export type ServeOther = (request: IncomingMessage, response: ServerResponse, path: string) => Promise<void> | null;

export interface GatewayOptions {
  /** Every route key, and the function of its noun. */
  readonly routes: ReadonlyMap<string, HttpFunction>;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly other: readonly ServeOther[];
  /** A bug in the gateway itself, or in what answers beside the functions. Those tell of their own. */
  readonly onError?: (error: unknown) => void;
  /** How many requests are worked on at once, at most. */
  readonly inFlightMax?: number;
  /** The proxies whose `X-Forwarded-For` is believed; without it, none is. */
  readonly isTrusted?: Ranges;
  /** What every answer says to browsers. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Kept up to date, for others to see how busy the gateway is. */
  readonly traffic?: Traffic;
  /** Answers a request, for what wants to know of it while it is answered. */
  readonly during?: <T>(request: IncomingMessage, answer: () => T) => T;
}

export interface Traffic {
  /** How many requests are being worked on. */
  inFlight: number;
}

/** API Gateway's HTTP API on one machine: the same events to the same functions, with the same refusals in front. */
export function httpServer({
  routes,
  clock,
  ids,
  other,
  onError,
  inFlightMax = IN_FLIGHT_MAX,
  isTrusted = () => false,
  headers: always = {},
  traffic = { inFlight: 0 },
  during = (_request, work) => work(),
}: GatewayOptions): Server {
  const match = router([...routes.keys()]);

  const refuse = (request: IncomingMessage, response: ServerResponse, fault: Fault, headers: Record<string, string> = {}): void => {
    const requestId = ids.next<string>();
    const problem = problemOf(fault, clock, requestId);
    send(request, response, { ...problem, headers: { ...cors, ...problem.headers, ...headers, "x-request-id": requestId } });
  };
  const busy = (): Fault => new Fault("server.busy", { retryAt: new Date(clock.now().getTime() + 1000) });

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    addHeaders(response, always);
    const repeated = repeatedHeader(request);
    if (repeated)
      return refuse(request, response, new Fault("input.invalid", { fields: reasonsByName([[repeated, "is there twice"]]) }), {
        connection: "close",
      });
    const target = targetOf(request);
    for (const serve of other) {
      const serving = serve(request, response, target.path);
      if (serving) return await serving;
    }
    if (request.method === "OPTIONS") return send(request, response, preflight);
    const matched = match(request.method === "HEAD" ? "GET" : (request.method ?? ""), target.path);
    if (!matched) return refuse(request, response, new Fault("route.notFound"));
    if ("allow" in matched) return refuse(request, response, new Fault("route.methodNotAllowed"), { allow: matched.allow.join(", ") });
    if (traffic.inFlight >= inFlightMax) return refuse(request, response, busy());
    const body = await readBody(request, BODY_BYTES_MAX);
    if (body === "tooLarge") return refuse(request, response, new Fault("input.tooLarge"), { connection: "close" });
    if (body === "cutOff") return undefined;
    // Whoever sends slowly is not in flight yet, so that a thousand of them keep nobody out; but meanwhile it may have become full.
    if (traffic.inFlight >= inFlightMax) return refuse(request, response, busy());
    traffic.inFlight++;
    try {
      const serve = routes.get(matched.routeKey) as HttpFunction;
      const from = { requestId: ids.next<string>(), source: sourceOf(request, isTrusted) };
      return write(request, response, await serve(httpEvent(request, target, matched, body, from), {} as Context));
    } finally {
      traffic.inFlight--;
    }
  };

  const server = createServer(serverOptions, (request, response) => {
    during(request, () => answer(request, response)).catch((error: unknown) => {
      onError?.(error);
      if (response.headersSent) response.destroy();
      else refuse(request, response, new Fault("server.failed"), { connection: "close" });
    });
  });
  // What goes wrong later, such as too many open files, ends one connection and not the process.
  server.on("listening", () => server.on("error", (error) => onError?.(error)));
  server.on("clientError", refuseBroken);
  return server;
}

const serverOptions: ServerOptions = {
  maxHeaderSize: 16 * 1024,
  keepAliveTimeout: 65_000,
  requestTimeout: 60_000,
  // A client that only offers another protocol (`Upgrade: h2c`) is answered in this one.
  shouldUpgradeCallback: ({ headers }) => headers.upgrade?.toLowerCase() === "websocket",
};

const STATUS_OF: Readonly<Record<string, string>> = {
  HPE_HEADER_OVERFLOW: "431 Request Header Fields Too Large",
  HPE_CHUNK_EXTENSIONS_OVERFLOW: "413 Content Too Large",
  ERR_HTTP_REQUEST_TIMEOUT: "408 Request Timeout",
};

function refuseBroken(error: NodeJS.ErrnoException, socket: Duplex & { _httpMessage?: ServerResponse | null }): void {
  // In the middle of an answer, another one would be read as part of it.
  if (!socket.writable || socket._httpMessage?.headersSent) return void socket.destroy();
  socket.end(`HTTP/1.1 ${STATUS_OF[error.code ?? ""] ?? "400 Bad Request"}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`, () =>
    socket.destroy(),
  );
}

const cors = {
  "access-control-allow-origin": "*",
  "access-control-expose-headers": corsResponseHeaders.join(", "),
};
const preflight = {
  status: 204,
  headers: {
    ...cors,
    "access-control-allow-methods": "GET, POST, PUT, PATCH, DELETE",
    "access-control-allow-headers": corsRequestHeaders.join(", "),
    "access-control-max-age": "600",
  },
};

function write(
  request: IncomingMessage,
  response: ServerResponse,
  { statusCode = 200, headers, body, isBase64Encoded = false }: APIGatewayProxyStructuredResultV2,
): void {
  const bytes = isBase64Encoded && body !== undefined ? Buffer.from(body, "base64") : body;
  send(request, response, { status: statusCode, headers: { ...cors, ...headers }, body: bytes });
}
