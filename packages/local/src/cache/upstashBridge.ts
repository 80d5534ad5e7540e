import { createHash, timingSafeEqual } from "node:crypto";
import http from "node:http";
import type { AddressInfo } from "node:net";
import { ConnectionLost, ReplyError, respClient, type Reply, type RespClient, type RespOptions } from "./respConnection.ts";

export interface UpstashBridgeOptions {
  /** Where Redis is, or whatever answers in its place. */
  readonly redis: RespOptions | RespClient;
  /** What callers must send as their bearer token. */
  readonly token: string;
  readonly host?: string;
  /** 0, the default, takes any free port. */
  readonly port?: number;
  readonly bodyBytesMax?: number;
}

export interface UpstashBridge {
  readonly url: string;
  /** Answers what was asked so far, and takes nothing new. */
  stop(): Promise<void>;
}

interface BridgeResponse {
  readonly status: number;
  readonly body: unknown;
}

class BadRequest extends Error {
  readonly status: 400 | 413;
  constructor(status: 400 | 413, message: string) {
    super(message);
    this.status = status;
  }
}

// All callers share one connection, so a command that changes its state, or waits on it, would hit the others.
const REFUSED = new Set(
  (
    "subscribe psubscribe ssubscribe unsubscribe punsubscribe sunsubscribe monitor multi exec discard watch unwatch select auth hello " +
    "reset quit client blpop brpop blmove brpoplpush bzpopmin bzpopmax blmpop bzmpop xread xreadgroup wait waitaof sync psync " +
    "replicaof slaveof shutdown debug"
  ).split(" "),
);
const COMMANDS_MAX = 10_000;
const DRAIN_MS = 5_000;

/**
 * Speaks Upstash's REST protocol in front of a Redis: `POST /` (one command), `POST /pipeline`, `POST /multi-exec`.
 * `GET /healthz` needs no token and answers 200 where Redis answers, else 503.
 */
export async function startUpstashBridge(options: UpstashBridgeOptions): Promise<UpstashBridge> {
  const { host = "127.0.0.1", port = 0, token, bodyBytesMax = 10 * 1024 * 1024 } = options;
  const redis = "send" in options.redis ? options.redis : respClient(options.redis);
  const tokenDigest = digest(token);

  const answer = async (request: http.IncomingMessage): Promise<BridgeResponse> => {
    const path = new URL(request.url ?? "/", "http://bridge").pathname;
    if (request.method === "GET" && path === "/healthz") return health(redis);
    const sent = request.headers.authorization?.replace(/^Bearer\s+/i, "") ?? "";
    if (!timingSafeEqual(digest(sent), tokenDigest)) return refusal(401, "WRONGPASS invalid or missing auth token");
    if (request.method !== "POST") return refusal(405, "ERR only POST is served");
    const encode = request.headers["upstash-encoding"] === "base64" ? base64 : plain;
    const body = await readJson(request, bodyBytesMax);
    if (path === "/") return single(redis, commandOf(body), encode);
    if (path === "/pipeline") return pipeline(redis, commandsOf(body), encode);
    if (path === "/multi-exec") return transaction(redis, commandsOf(body), encode);
    return refusal(404, "ERR there is nothing at this path");
  };

  const server = http.createServer((request, response) => {
    void answer(request)
      .catch(failure)
      .then(({ status, body }) => response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body)));
  });
  server.keepAliveTimeout = 65_000;
  await new Promise<void>((resolve, reject) => server.once("error", reject).listen(port, host, resolve));
  const bound = server.address() as AddressInfo;
  return {
    url: `http://${bound.family === "IPv6" ? `[${bound.address}]` : bound.address}:${bound.port}`,
    stop: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      // A connection that is kept alive ends with its next answer; a Redis that gives none is given up by its own time limit.
      const sweep = setInterval(() => server.closeIdleConnections(), 20);
      const patience = setTimeout(() => server.closeAllConnections(), DRAIN_MS);
      await closed;
      clearInterval(sweep);
      clearTimeout(patience);
      redis.close();
    },
  };
}

async function health(redis: RespClient): Promise<BridgeResponse> {
  const [reply] = await redis.send([["PING"]]);
  return reply instanceof ReplyError ? refusal(503, reply.message) : { status: 200, body: { result: "PONG" } };
}

async function single(redis: RespClient, command: string[], encode: Encode): Promise<BridgeResponse> {
  const refused = whyRefused(command);
  if (refused) return refusal(400, refused);
  const [reply = null] = await redis.send([command]);
  return reply instanceof ReplyError ? refusal(400, reply.message) : { status: 200, body: { result: encode(reply) } };
}

async function pipeline(redis: RespClient, commands: string[][], encode: Encode): Promise<BridgeResponse> {
  const replies = await redis.send(commands.filter((command) => !whyRefused(command)));
  let next = 0;
  const body = commands.map((command) => {
    const refused = whyRefused(command);
    return refused ? { error: refused } : outcome(replies[next++] ?? null, encode);
  });
  return { status: 200, body };
}

async function transaction(redis: RespClient, commands: string[][], encode: Encode): Promise<BridgeResponse> {
  const refused = commands.map(whyRefused).find((reason) => reason !== undefined);
  if (refused) return refusal(400, refused);
  const replies = await redis.send([["MULTI"], ...commands, ["EXEC"]]);
  const results = replies.at(-1);
  if (results instanceof ReplyError) return refusal(400, results.message);
  if (!Array.isArray(results)) return refusal(400, "EXECABORT the transaction did not run");
  return { status: 200, body: (results as readonly Reply[]).map((reply) => outcome(reply, encode)) };
}

function outcome(reply: Reply, encode: Encode): { result: unknown } | { error: string } {
  return reply instanceof ReplyError ? { error: reply.message } : { result: encode(reply) };
}

function refusal(status: number, error: string): BridgeResponse {
  return { status, body: { error } };
}

function failure(thrown: unknown): BridgeResponse {
  if (thrown instanceof BadRequest) return refusal(thrown.status, `ERR ${thrown.message}`);
  if (thrown instanceof ConnectionLost) return refusal(503, `ERR ${thrown.message}`);
  return refusal(500, "ERR the bridge failed");
}

function whyRefused([name = ""]: readonly string[]): string | undefined {
  return REFUSED.has(name.toLowerCase()) ? `ERR ${name.toUpperCase()} is not served over a shared connection` : undefined;
}

type Encode = (reply: Reply) => unknown;

function plain(reply: Reply): unknown {
  if (reply === null || typeof reply === "number") return reply;
  if (Buffer.isBuffer(reply)) return reply.toString("utf8");
  if (reply instanceof ReplyError) return null;
  return "status" in reply ? reply.status : reply.map(plain);
}

// Clients read a bare "OK" as the status and decode everything else, stored bytes that read "OK" included.
function base64(reply: Reply): unknown {
  return isStatus(reply) && reply.status === "OK" ? "OK" : base64Inside(reply);
}

function base64Inside(reply: Reply): unknown {
  if (Buffer.isBuffer(reply)) return reply.toString("base64");
  if (isStatus(reply)) return Buffer.from(reply.status).toString("base64");
  return Array.isArray(reply) ? (reply as readonly Reply[]).map(base64Inside) : plain(reply);
}

function isStatus(reply: Reply): reply is Extract<Reply, { readonly status: string }> {
  return typeof reply === "object" && reply !== null && "status" in reply;
}

async function readJson(request: http.IncomingMessage, bytesMax: number): Promise<unknown> {
  const tooLarge = new BadRequest(413, `the body is larger than ${bytesMax} bytes`);
  // Leaving the loop below closes the connection; a body that says its length gets an answer instead.
  if (Number(request.headers["content-length"] ?? 0) > bytesMax) throw tooLarge;
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > bytesMax) throw tooLarge;
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString("utf8")) as unknown;
  } catch {
    throw new BadRequest(400, "the body is not JSON");
  }
}

function commandsOf(body: unknown): string[][] {
  if (!Array.isArray(body) || body.length === 0) throw new BadRequest(400, "expected an array of commands");
  if (body.length > COMMANDS_MAX) throw new BadRequest(413, `more than ${COMMANDS_MAX} commands`);
  return body.map(commandOf);
}

function commandOf(body: unknown): string[] {
  if (!Array.isArray(body) || body.length === 0) throw new BadRequest(400, "expected a command as an array of arguments");
  return body.map((arg: unknown) => {
    if (typeof arg === "string") return arg;
    if (typeof arg === "number" || typeof arg === "boolean") return String(arg);
    throw new BadRequest(400, "an argument is neither text nor a number");
  });
}

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
