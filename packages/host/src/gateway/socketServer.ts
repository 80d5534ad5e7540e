import { randomBytes } from "node:crypto";
import type { IncomingMessage, Server } from "node:http";
import type { Duplex } from "node:stream";
import { faults } from "@pendo/contract/faults";
import { FRAME_BYTES_MAX, SOCKET_IDLE_SEC, SOCKET_LIFE_SEC } from "@pendo/contract/sockets";
import { Fault } from "@pendo/core/fault";
import type { LocalSocketRegistry } from "@pendo/local/sockets/localSockets";
import type { SocketEvent, SocketFunction } from "@pendo/functions/middleware/socket";
import type { Context } from "aws-lambda";
import { type RawData, type WebSocket, WebSocketServer } from "ws";
import type { Admit } from "./admission.ts";
import { repeatedHeader, targetOf } from "./httpEvent.ts";

// A client that sends faster than its frames are answered waits: nothing more is read from it meanwhile.
const WAITING_FRAMES_MAX = 64;
/** How many handshakes are under way at once, at most. */
const OPENING_MAX = 256;
/** How much may wait in a slow reader's buffer before its socket is closed: it will sync when it comes back. */
const BUFFERED_BYTES_MAX = 1024 * 1024;
const NOT_TEXT = JSON.stringify({ type: "error", data: { ref: null, code: "input.notText", detail: faults["input.notText"].text } });
/** How long a socket has to answer the closing of the whole gateway. */
const FAREWELL_MS = 1000;

const PROTOCOL = {
  noServer: true,
  maxPayload: FRAME_BYTES_MAX,
  perMessageDeflate: false,
  clientTracking: true,
  // Pendo speaks no subprotocol, and API Gateway confirms none that the function does not name.
  handleProtocols: (): false => false,
} as const;

export interface SocketServerOptions {
  readonly serve: SocketFunction;
  readonly registry: LocalSocketRegistry;
  readonly path: string;
  /** Whether the page that asks may open a socket. */
  readonly isOriginAllowed?: (request: IncomingMessage) => boolean;
  /** Throws `rate.limited` where the client's network opened too many. */
  readonly admit?: Admit;
  /** After so long without a frame from the client a socket is closed. */
  readonly idleMs?: number;
  /** After so long any socket is closed. */
  readonly lifeMs?: number;
}

export interface SocketGateway {
  readonly openCount: () => number;
  /** Lets no more sockets in, closes every one, and waits for the closings to be handled. */
  stop(): Promise<void>;
}

/** API Gateway's WebSocket API on one machine: `$connect`, `$default`, `$disconnect`, with its limits. */
export function socketServer(server: Server, options: SocketServerOptions): SocketGateway {
  const { serve, registry, path, isOriginAllowed = () => true, admit = async () => {} } = options;
  const wss = new WebSocketServer(PROTOCOL);
  /** What is being opened, or open and not yet disconnected. */
  const present = new Set<Promise<unknown>>();
  let stopping = false;
  let opening = 0;

  const track = (one: Promise<unknown>): void => {
    present.add(one);
    void one.finally(() => present.delete(one));
  };

  const open = async (request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> => {
    const { path: asked, query } = targetOf(request);
    if (asked !== path) return reject(socket, "404 Not Found");
    if (stopping || opening >= OPENING_MAX) return reject(socket, "503 Service Unavailable", "retry-after: 1\r\n");
    if (repeatedHeader(request)) return reject(socket, "400 Bad Request");
    if (!isOriginAllowed(request)) return reject(socket, "403 Forbidden");
    await admit(request, "handshake");
    const connectionId = randomBytes(12).toString("base64url");
    // From `$connect` on the user counts as connected, so frames may come before the handshake is through: they wait for it.
    const early: string[] = [];
    registry.set(connectionId, { send: async (frame) => void early.push(frame), close: () => socket.destroy() });
    const connect = {
      ...event(connectionId, "$connect", "CONNECT"),
      headers: request.headers as Record<string, string>,
      queryStringParameters: Object.fromEntries(new URLSearchParams(query)),
    };
    const statusCode = await serve(connect, {} as Context).then(
      (answer) => answer.statusCode,
      () => 500,
    );
    let isAttended = false;
    if (statusCode === 200 && !socket.destroyed) {
      wss.handleUpgrade(request, socket, head, (ws) => {
        isAttended = true;
        track(attend(ws, { connectionId, early, options }));
        if (stopping) ws.close(1001, "shutting down");
      });
    }
    if (isAttended) return undefined;
    registry.delete(connectionId);
    // It went away meanwhile, or what it asked for was no handshake: it has been answered, and never was here.
    if (statusCode === 200) return await disconnected(serve, connectionId);
    return reject(socket, statusCode === 401 ? "401 Unauthorized" : "500 Internal Server Error");
  };

  server.on("upgrade", (request, socket, head) => {
    socket.on("error", () => {});
    opening++;
    track(
      open(request, socket, head)
        .catch((error: unknown) => refuse(socket, error))
        .finally(() => opening--),
    );
  });
  return {
    openCount: () => wss.clients.size,
    stop: async () => {
      stopping = true;
      for (const ws of wss.clients) ws.close(1001, "shutting down");
      const patience = setInterval(() => wss.clients.forEach((ws) => ws.terminate()), FAREWELL_MS);
      while (present.size > 0) await Promise.allSettled(present);
      clearInterval(patience);
    },
  };
}

interface Attended {
  readonly connectionId: string;
  readonly early: readonly string[];
  readonly options: SocketServerOptions;
}

/** Serves an open socket; resolves when it has closed and that was handled. */
function attend(ws: WebSocket, { connectionId, early, options }: Attended): Promise<void> {
  const { serve, registry, idleMs = SOCKET_IDLE_SEC * 1000, lifeMs = SOCKET_LIFE_SEC * 1000 } = options;
  // From here on it is gone for whoever wants to send, however long the closing handshake takes.
  const shut = (code: number, reason: string): void => {
    registry.delete(connectionId);
    // Otherwise the answer to the closing would not be read.
    ws.resume();
    ws.close(code, reason);
  };
  const send = async (frame: string): Promise<void> => {
    if (ws.readyState === ws.OPEN && ws.bufferedAmount > BUFFERED_BYTES_MAX) shut(1013, "too slow");
    if (ws.readyState !== ws.OPEN) {
      registry.delete(connectionId);
      throw new Error("The socket is closing.");
    }
    // Handed to the network stack; waiting for the peer's acknowledgement would make one slow reader everybody's pace.
    ws.send(frame);
  };
  const close = (): void => {
    ws.resume();
    ws.close(1000);
  };
  registry.set(connectionId, { send, close });
  for (const frame of early) ws.send(frame);

  const idle = setTimeout(() => shut(1001, "idle"), idleMs);
  const life = setTimeout(() => shut(1001, "reconnect"), lifeMs);
  let waiting = 0;
  let turn: Promise<unknown> = Promise.resolve();
  const answered = (): void => {
    if (--waiting < WAITING_FRAMES_MAX) ws.resume();
  };
  ws.on("message", (data: RawData, isBinary: boolean) => {
    // Frames still come while a socket is closing; they are for nobody.
    if (ws.readyState !== ws.OPEN) return;
    idle.refresh();
    if (++waiting >= WAITING_FRAMES_MAX) ws.pause();
    // In one piece, since that is what this server asks for. API Gateway takes no binary frames either.
    if (isBinary) {
      ws.send(NOT_TEXT);
      return shut(1003, "text frames only");
    }
    const body = (data as Buffer).toString("utf8");
    // One after the other: what a client sent first happens first. A function that fails has said so itself.
    turn = turn.then(() => serve({ ...event(connectionId, "$default", "MESSAGE"), body }, {} as Context)).then(answered, answered);
  });
  ws.on("error", () => {});
  return new Promise((resolve) => {
    ws.on("close", () => {
      clearTimeout(idle);
      clearTimeout(life);
      registry.delete(connectionId);
      void turn.then(() => disconnected(serve, connectionId)).then(resolve);
    });
  });
}

async function disconnected(serve: SocketFunction, connectionId: string): Promise<void> {
  await serve(event(connectionId, "$disconnect", "DISCONNECT"), {} as Context).catch(() => {});
}

function refuse(socket: Duplex, error: unknown): void {
  if (error instanceof Fault && error.code === "rate.limited") return reject(socket, "429 Too Many Requests", "retry-after: 60\r\n");
  return reject(socket, "500 Internal Server Error");
}

function reject(socket: Duplex, status: string, headers = ""): void {
  if (socket.destroyed) return;
  // A client that never closes its own half would keep the connection for ever.
  socket.end(`HTTP/1.1 ${status}\r\n${headers}connection: close\r\ncontent-length: 0\r\n\r\n`, () => socket.destroy());
}

function event(connectionId: string, routeKey: string, eventType: "CONNECT" | "MESSAGE" | "DISCONNECT"): SocketEvent {
  const nowMs = Date.now();
  return {
    requestContext: {
      routeKey,
      eventType,
      connectionId,
      messageId: routeKey,
      extendedRequestId: connectionId,
      requestTime: "",
      messageDirection: "IN",
      stage: "local",
      connectedAt: nowMs,
      requestTimeEpoch: nowMs,
      requestId: connectionId,
      domainName: "localhost",
      apiId: "local",
    },
    isBase64Encoded: false,
  };
}
