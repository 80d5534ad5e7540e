import { randomUUID } from "node:crypto";
import type { UserId } from "@pendo/contract/ids";
import { openConnection } from "./rawClient.ts";
import { percentiles } from "./load.ts";
import type { Planted } from "./plant.sql.ts";
import type { TokenOf } from "./scenarios.ts";

/**
 * From the like that makes a match until the other's socket has the frame: `pairs` matches, `perSec` a second, over real sockets. The first like of
 * each pair is sent before.
 */
export async function matchFrames(options: {
  port: number;
  planted: Planted;
  tokenOf: TokenOf;
  pairs: number;
  perSec: number;
}): Promise<{ p50Ms: number; p99Ms: number; count: number }> {
  const { port, planted, tokenOf, pairs, perSec } = options;
  const free = planted.users.slice(2 * planted.conversations.length).map(({ userId }) => userId);
  const couples = Array.from({ length: pairs }, (_, i) => [free[2 * i], free[2 * i + 1]] as [UserId, UserId]);
  const http = await openConnection("127.0.0.1", port);
  const waiting = new Map<UserId, (atMs: number) => void>();
  const sockets: WebSocket[] = [];
  for (const [ann, bob] of couples) {
    await http.send({ method: "PUT", path: `/v1/swipes/${bob}`, token: tokenOf(ann), body: '{"action":"like"}' });
    sockets.push(await openSocket(port, tokenOf(ann), (frame) => frame.type === "match.created" && waiting.get(ann)?.(performance.now())));
  }
  const latencies = await Promise.all(
    couples.map(async ([ann, bob], i) => {
      await new Promise((resolve) => setTimeout(resolve, (i * 1000) / perSec));
      const came = new Promise<number>((resolve) => waiting.set(ann, resolve));
      const sentMs = performance.now();
      // A connection of its own, or couples would wait for each other's answers.
      const own = await openConnection("127.0.0.1", port);
      await own.send({ method: "PUT", path: `/v1/swipes/${ann}`, token: tokenOf(bob), body: '{"action":"like"}' });
      const latencyMs = (await came) - sentMs;
      own.close();
      return latencyMs;
    }),
  );
  sockets.forEach((socket) => socket.close());
  http.close();
  return { ...percentiles(latencies), count: latencies.length };
}

async function openSocket(port: number, token: string, onFrame: (frame: { type: string }) => unknown): Promise<WebSocket> {
  const answer = await fetch(`http://127.0.0.1:${port}/v1/realtime/tickets`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json", "idempotency-key": randomUUID() },
    body: "{}",
  });
  const { url } = (await answer.json()) as { url: string };
  const socket = new WebSocket(url);
  socket.addEventListener("message", ({ data }) => onFrame(JSON.parse(String(data)) as { type: string }));
  await new Promise((resolve, reject) => {
    socket.addEventListener("open", resolve);
    socket.addEventListener("error", () => reject(new Error("The socket did not open.")));
  });
  return socket;
}
