import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { movableClock, systemClock } from "../clock/clock.ts";
import { atOnce, cacheBehaviour } from "./cache.behaviour.ts";
import type { Cache, Hit } from "./cache.ts";
import { memoryCache } from "./memory.ts";
import { testRedis, type TestRedis } from "./testRedis.ts";
import { upstashCache } from "./upstash.ts";
import { startUpstashBridge } from "./upstashBridge.ts";

cacheBehaviour("memory", async () => {
  const clock = movableClock();
  return {
    clients: [memoryCache({ clock })],
    now: () => clock.now(),
    pass: async (ms) => clock.advance(ms),
    stop: async () => undefined,
  };
});

const redis = await testRedis();
if (redis) onRedis(redis);
else {
  console.warn("\n!!! redis-server not found: the cache's behaviour on a real Redis was NOT checked. Install redis-server. !!!\n");
  test("redis-server not found: the cache's behaviour on Redis did not run", (context) => {
    context.skip("redis-server not found on PATH");
  });
}

async function overBridge(server: TestRedis) {
  const bridge = await startUpstashBridge({ redis: { at: server.at }, token: "secret" });
  const clients = Array.from({ length: 4 }, () =>
    upstashCache({ url: bridge.url, token: "secret", clock: systemClock, timeoutMs: 10_000 }),
  );
  return { bridge, clients };
}

function onRedis(server: TestRedis): void {
  cacheBehaviour("Redis, through the Upstash protocol", async () => {
    const { bridge, clients } = await overBridge(server);
    return {
      clients,
      now: () => systemClock.now(),
      pass: (ms) => sleep(ms),
      stop: async () => {
        await bridge.stop();
        await server.stop();
      },
    };
  });

  describe("the checks of concurrency can fail", () => {
    test("a hit that reads and then writes lets too many through on Redis", async () => {
      const own = (await testRedis())!;
      const { bridge, clients } = await overBridge(own);
      expect(await admitted(clients)).toBeGreaterThan(100);
      await bridge.stop();
      await own.stop();
    });
  });
}

test("the checks of concurrency can fail: a hit that reads and then writes lets too many through in memory", async () => {
  expect(await admitted([memoryCache({ clock: systemClock })])).toBeGreaterThan(100);
});

async function admitted(clients: readonly Cache[]): Promise<number> {
  const naiveHit = async (cache: Cache): Promise<Pick<Hit, "allowed">> => {
    const count = Number((await cache.get("naive")) ?? 0);
    if (count >= 100) return { allowed: false };
    await cache.set("naive", String(count + 1), 60);
    return { allowed: true };
  };
  const answers = await atOnce(clients, 2000, naiveHit);
  return answers.filter((hit) => hit.allowed).length;
}
