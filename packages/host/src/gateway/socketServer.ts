import { randomBytes } from "node:crypto";
import type { IncomingMessage, Server } from "node:http";
import type { Duplex } from "node:stream";
import { FRAME_BYTES_MAX, SOCKET_IDLE_SEC, SOCKET_LIFE_SEC } from "@pendo/contract/sockets";
import type { LocalSocketRegistry } from "@pendo/core/ports/sockets/local";
import type { SocketEvent, SocketFunction } from "@pendo/functions/middleware/socket";
import type { Context } from "aws-lambda";
import { type RawData, type WebSocket, WebSocketServer } from "ws";
import { targetOf } from "./httpEvent.ts";

// A client that sends faster than its frames are answered is not waited for without end.
const WAITING_FRAMES_MAX = 64;
/** How much may wait in a slow reader's buffer before its socket is closed: it will sync when it comes back. */
const BUFFERED_BYTES_MAX = 1024 * 1024;

export interface SocketGateway {
  readonly openCount: () => number;
  /** Closes every socket and waits for the closings to be handled. */
  stop(): Promise<void>;
}

/** API Gateway's WebSocket API on one machine: `$connect`, `$default`, `$disconnect`, with its limits. */
export function socketServer(server: Server, { serve, registry, path }: { serve: SocketFunction; registry: LocalSocketRegistry; path: string }): SocketGateway {
  const wss = new WebSocketServer({ noServer: true, maxPayload: FRAME_BYTES_MAX, perMessageDeflate: false, clientTracking: true });
  const closings = new Set<Promise<unknown>>();

  const open = async (request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> => {
    const target = targetOf(request);
    if (target.path !== path) return reject(socket, "404 Not Found");
    const connectionId = randomBytes(12).toString("base64url");
    // From `$connect` on the user counts as connected, so frames may come before the handshake is through: they wait for it.
    const early: string[] = [];
    registry.set(connectionId, { send: async (frame) => void early.push(frame), close: () => socket.destroy() });
    const opening = { ...event(connectionId, "$connect", "CONNECT"), queryStringParameters: Object.fromEntries(new URLSearchParams(target.query)) };
    const { statusCode } = (await serve(opening, {} as Context)) as { statusCode: number };
    if (statusCode === 200 && !socket.destroyed) return wss.handleUpgrade(request, socket, head, (ws) => attend(ws, connectionId, early));
    registry.delete(connectionId);
    if (statusCode === 200) return void (await serve(event(connectionId, "$disconnect", "DISCONNECT"), {} as Context));
    return reject(socket, statusCode === 401 ? "401 Unauthorized" : "500 Internal Server Error");
  };

  const attend = (ws: WebSocket, connectionId: string, early: readonly string[]): void => {
    registry.set(connectionId, { send: (frame) => sendTo(ws, frame), close: () => ws.close(1000) });
    for (const frame of early) ws.send(frame);
    const idle = setTimeout(() => ws.close(1001, "idle"), SOCKET_IDLE_SEC * 1000);
    const life = setTimeout(() => ws.close(1001, "reconnect"), SOCKET_LIFE_SEC * 1000);
    let waiting = 0;
    let turn: Promise<unknown> = Promise.resolve();
    ws.on("message", (data: RawData) => {
      idle.refresh();
      if (++waiting > WAITING_FRAMES_MAX) return ws.close(1008, "too many frames");
      // One after the other: what a client sent first happens first.
      turn = turn.then(() => serve({ ...event(connectionId, "$default", "MESSAGE"), body: String(data) }, {} as Context)).finally(() => waiting--);
      return undefined;
    });
    ws.on("error", () => {});
    ws.on("close", () => {
      clearTimeout(idle);
      clearTimeout(life);
      registry.delete(connectionId);
      const closing = turn.then(() => serve(event(connectionId, "$disconnect", "DISCONNECT"), {} as Context));
      closings.add(closing);
      void closing.finally(() => closings.delete(closing));
    });
  };

  server.on("upgrade", (request, socket, head) => {
    socket.on("error", () => {});
    open(request, socket, head).catch(() => reject(socket, "500 Internal Server Error"));
  });
  return {
    openCount: () => wss.clients.size,
    stop: async () => {
      for (const ws of wss.clients) ws.close(1001, "shutting down");
      const patience = setTimeout(() => wss.clients.forEach((ws) => ws.terminate()), 1000);
      while (wss.clients.size > 0) await new Promise((resolve) => setTimeout(resolve, 20));
      clearTimeout(patience);
      await Promise.allSettled(closings);
    },
  };
}

async function sendTo(ws: WebSocket, frame: string): Promise<void> {
  if (ws.bufferedAmount > BUFFERED_BYTES_MAX) ws.close(1013, "too slow");
  if (ws.readyState !== ws.OPEN) throw new Error("The socket is closing.");
  // Handed to the network stack; waiting for the peer's acknowledgement would make one slow reader everybody's pace.
  ws.send(frame);
}

function reject(socket: Duplex, status: string): void {
  socket.end(`HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
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
