import { cacheBehaviour } from "@pendo/core/ports/cache/cache.behaviour";
import { memoryCache } from "@pendo/core/ports/cache/memory";
import { ReplyError } from "@pendo/local/cache/respConnection";
import { upstashCache } from "@pendo/core/ports/cache/upstash";
import { startUpstashBridge } from "@pendo/local/cache/upstashBridge";
import { systemClock as clock } from "@pendo/core/ports/clock/clock";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { memoryRedis } from "./memoryRedis.ts";
import { startRedis } from "./redis.ts";

cacheBehaviour("memory behind Upstash's protocol", async () => {
  const bridge = await startUpstashBridge({ redis: memoryRedis(memoryCache({ clock })), token: "secret" });
  const client = () => upstashCache({ url: bridge.url, token: "secret", clock, timeoutMs: 5_000 });
  return { clients: [client(), client()], now: () => clock.now(), pass: (ms) => sleep(ms), stop: () => bridge.stop() };
});

test("a command that Pendo never sends is refused, as is a value that would never leave", async () => {
  const redis = memoryRedis(memoryCache({ clock }));
  const replies = await redis.send([["FLUSHALL"], ["SET", "key", "value"], ["EVAL", "return 1", "0"], ["GET", "key"]]);
  expect(replies.slice(0, 3).every((reply) => reply instanceof ReplyError)).toBe(true);
  expect(replies[3]).toBeNull();
});

test("where no redis-server is installed there is none, and memory takes its place", async () => {
  expect(await startRedis("/nowhere:/nowhere/else")).toBeNull();
});
