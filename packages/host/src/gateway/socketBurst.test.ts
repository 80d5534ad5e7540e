import { createServer } from "node:http";
import type { Socket } from "node:net";
import { setTimeout as after } from "node:timers/promises";
import type { SocketEvent } from "@pendo/functions/middleware/socket";
import { expect, test } from "vitest";
import { WebSocket } from "ws";
import { listening } from "./gateway.fixture.ts";
import { socketServer } from "./socketServer.ts";

/** A socket whose frames wait until they are released: what was served, and the connection under it as the server has it. */
async function gated() {
  let release: () => void = () => {};
  const gate = new Promise<void>((resolve) => (release = resolve));
  const log: string[] = [];
  const serve = async ({ requestContext, body }: SocketEvent) => {
    if (requestContext.routeKey === "$default") {
      log.push(body ?? "");
      await gate;
    }
    return { statusCode: 200 };
  };
  const server = createServer();
  const accepted: Socket[] = [];
  server.on("connection", (one) => void accepted.push(one));
  socketServer(server, { serve: serve as never, registry: new Map(), path: "/socket" });
  const socket = new WebSocket(`ws://127.0.0.1:${await listening(server)}/socket?ticket=t`);
  const closed = new Promise<number>((resolve) => socket.on("close", resolve));
  await new Promise((resolve) => socket.on("open", resolve));
  return { socket, closed, log, release, connection: accepted[0] as Socket };
}

test("a burst of frames is served whole and in order", async () => {
  const { socket, closed, log, release, connection } = await gated();
  const burst = Array.from({ length: 200 }, (_, n) => String(n));
  const readBefore = connection.bytesRead;

  for (const frame of burst) socket.send(frame);
  // A frame of up to 125 bytes has a head of 2 bytes and a mask of 4.
  const bytes = burst.reduce((sum, frame) => sum + 6 + frame.length, 0);
  await expect.poll(() => connection.bytesRead - readBefore).toBe(bytes);
  release();
  await expect.poll(() => log).toEqual(burst);
  socket.close();

  expect(await closed).toBe(1005);
});

test("while 64 frames wait, no more is read from their socket", async () => {
  const { socket, closed, log, release, connection } = await gated();
  const burst = Array.from({ length: 2000 }, (_, n) => `${n} ${"x".repeat(4000)}`);

  for (const frame of burst) socket.send(frame);
  await expect.poll(() => connection.isPaused()).toBe(true);
  await after(50);
  expect(connection.bytesRead).toBeLessThan(1024 * 1024);
  release();
  await expect.poll(() => log.length).toBe(burst.length);
  socket.close();

  expect(await closed).toBe(1005);
  expect(log).toEqual(burst);
});
