import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, describe, expect, test } from "vitest";
import { movableClock, systemClock } from "../clock/clock.ts";
import { atOnce, cacheBehaviour, type CacheUnderTest } from "./cache.behaviour.ts";
import type { Cache, Hit } from "./cache.ts";
import { memoryCache } from "./memory.ts";
import { testRedis, type TestRedis } from "@pendo/local/cache/testRedis";
import { upstashCache } from "./upstash.ts";
import { startUpstashBridge } from "@pendo/local/cache/upstashBridge";

cacheBehaviour("memory", async () => {
  const clock = movableClock();
  return {
    clients: [memoryCache({ clock })],
    now: () => clock.now(),
    pass: async (ms) => clock.advance(ms),
    floodKeys: 102_000,
    stop: async () => undefined,
  };
});

const redis = await testRedis();
const where = redis ? "a real Redis" : "no Redis (redis-server not found)";

async function overBridge(server: TestRedis | null) {
  if (!server) throw new Error("There is no Redis.");
  const bridge = await startUpstashBridge({ redis: { at: server.at }, token: "secret" });
  const client = () => upstashCache({ url: bridge.url, token: "secret", clock: systemClock, timeoutMs: 10_000 });
  return { bridge, clients: [client(), client(), client(), client()] as const };
}

describe.skipIf(redis === null)(`on ${where}`, () => {
  afterAll(() => redis?.stop());

  cacheBehaviour("Redis, through the Upstash protocol", async () => {
    const { bridge, clients } = await overBridge(redis);
    return { clients: [...clients], now: () => systemClock.now(), pass: (ms) => sleep(ms), stop: () => bridge.stop() };
  });

  test("the check of hits can fail: one that reads and then writes lets too many through", async () => {
    const { bridge, clients } = await overBridge(redis);
    expect(await admitted([...clients])).toBeGreaterThan(100);
    await bridge.stop();
  });
});

test("the check of hits can fail in memory, too", async () => {
  expect(await admitted([memoryCache({ clock: systemClock })])).toBeGreaterThan(100);
});

async function admitted(clients: CacheUnderTest["clients"]): Promise<number> {
  const naiveHit = async (cache: Cache): Promise<Pick<Hit, "allowed">> => {
    const count = Number((await cache.get("naive")) ?? 0);
    if (count >= 100) return { allowed: false };
    await cache.set("naive", String(count + 1), 60);
    return { allowed: true };
  };
  const answers = await atOnce(clients, 2000, naiveHit);
  return answers.filter((hit) => hit.allowed).length;
}
