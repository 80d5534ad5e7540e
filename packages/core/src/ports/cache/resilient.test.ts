import { describe, expect, test } from "vitest";
import { Fault } from "../../fault.ts";
import { movableClock } from "../clock/clock.ts";
import { cacheBehaviour } from "./cache.behaviour.ts";
import type { Cache } from "./cache.ts";
import { memoryCache } from "./memory.ts";
import { resilientCache, type CacheFailure } from "./resilient.ts";

/** A resilient cache over one that a test can turn off, or break with a bug. */
function resilient() {
  const clock = movableClock();
  const store = memoryCache({ clock });
  const failures: CacheFailure[] = [];
  const state = { throws: undefined as unknown, asked: 0 };
  const real = Object.fromEntries(
    Object.entries(store).map(([name, call]: [string, (...args: never[]) => Promise<unknown>]) => [
      name,
      async (...args: never[]) => {
        state.asked += 1;
        if (state.throws !== undefined) throw state.throws;
        return call(...args);
      },
    ]),
  ) as unknown as Cache;
  const onFailure = (failure: CacheFailure): void => void failures.push(failure);
  const cache = resilientCache({ cache: real, local: memoryCache({ clock }), clock, onFailure, failuresMax: 3, restMs: 1000 });
  const down = new Fault("store.unavailable");
  return { cache, store, clock, failures, state, down };
}

cacheBehaviour("a resilient wrapper of memory", async () => {
  const { cache, clock } = resilient();
  return { clients: [cache], now: () => clock.now(), pass: async (ms) => clock.advance(ms), stop: async () => undefined };
});

describe("while the cache is down", () => {
  test("reads find nothing, and writes pass", async () => {
    const { cache, store, state, down, failures } = resilient();
    await store.set("key", "value", 60);
    state.throws = down;
    expect(await cache.get("key")).toBeNull();
    expect(await cache.getMany(["key", "other"])).toEqual([null, null]);
    await cache.set("key", "value", 60);
    await cache.remove("key");
    expect(failures.map(({ call }) => call)).toEqual(["get", "getMany", "set", "remove"]);
    expect(failures[0]?.fault).toBe(down);
  });

  test("what an answer relies on is stored, or the caller learns that it is not, also while the cache rests", async () => {
    const { cache, store, state, down } = resilient();
    await cache.keep("ticket", "u1", 60);
    state.throws = down;

    for (let call = 0; call < 6; call++) await expect(cache.keep("other", "u2", 60)).rejects.toMatchObject({ code: "store.unavailable" });

    expect(await store.take("ticket")).toBe("u1");
    expect(state.asked).toBeLessThan(6);
  });

  test("a ticket can't be taken, even one that was given out", async () => {
    const { cache, state, down } = resilient();
    await cache.set("ticket", "u1", 60);
    state.throws = down;
    expect(await cache.take("ticket")).toBeNull();
  });

  test("limits still hold within this process, and every such hit is told", async () => {
    const { cache, state, down, failures } = resilient();
    state.throws = down;
    const hits = await Promise.all(Array.from({ length: 200 }, () => cache.hit("ip", 20, 60)));
    expect(hits.filter((hit) => hit.allowed)).toHaveLength(20);
    expect(failures).toHaveLength(200);
  });

  test("a mark holds within this process", async () => {
    const { cache, state, down } = resilient();
    state.throws = down;
    await cache.mark("revoked:s1", "logout", 600);
    expect(await cache.get("revoked:s1")).toBe("logout");
    expect(await cache.getMany(["revoked:s2", "revoked:s1"])).toEqual([null, "logout"]);
  });

  test("one of many gets a claim within this process", async () => {
    const { cache, state, down } = resilient();
    state.throws = down;
    const claims = await Promise.all(Array.from({ length: 50 }, () => cache.claim("job", "me", 60)));
    expect(claims.filter(Boolean)).toHaveLength(1);
  });

  test("a ping throws", async () => {
    const { cache, state, down } = resilient();
    state.throws = down;
    await expect(cache.ping()).rejects.toBe(down);
  });

  test("it is left alone after some failures, asked once per rest, and used again when it answers", async () => {
    const { cache, state, clock, down, failures } = resilient();
    await cache.set("key", "value", 3600);
    state.throws = down;
    state.asked = 0;
    for (let call = 0; call < 100; call += 1) await cache.get("key");
    expect(state.asked).toBe(3);
    expect(failures.at(-1)).toEqual({ call: "get", fault: null });
    clock.advance(1100);
    await Promise.all(Array.from({ length: 50 }, () => cache.get("key")));
    expect(state.asked).toBe(4);
    state.throws = undefined;
    expect(await cache.get("key")).toBeNull();
    clock.advance(1100);
    expect(await cache.get("key")).toBe("value");
    expect(await cache.get("key")).toBe("value");
  });
});

test("a bug in the cache still throws", async () => {
  const { cache, state } = resilient();
  state.throws = new TypeError("bug");
  await expect(cache.get("key")).rejects.toBe(state.throws);
  await expect(cache.hit("key", 1, 1)).rejects.toBe(state.throws);
});
