import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Cache } from "./cache.ts";

export interface CacheUnderTest {
  /** Clients of one store, as several processes have them; calls are spread over them. */
  readonly clients: readonly [Cache, ...Cache[]];
  /** What the adapter's clock says. */
  now(): Date;
  /** Lets time pass: moves the clock, or waits. */
  pass(ms: number): Promise<void>;
  /** How many keys strangers make in the test of guards: beyond what the store keeps, where the test can reach that. */
  readonly floodKeys?: number;
  stop(): Promise<void>;
}

/** Runs `count` calls at once, spread over the clients. */
export function atOnce<T>(
  clients: CacheUnderTest["clients"],
  count: number,
  call: (cache: Cache, index: number) => Promise<T>,
): Promise<T[]> {
  const [first] = clients;
  return Promise.all(Array.from({ length: count }, (_, index) => call(clients[index % clients.length] ?? first, index)));
}

/** What every adapter of the cache promises. `name` says which one it is. */
export function cacheBehaviour(name: string, start: () => Promise<CacheUnderTest>): void {
  describe(`the cache on ${name}`, () => {
    let under: CacheUnderTest;
    let cache: Cache;
    let keys = 0;
    const fresh = (): string => `test:${(keys += 1)}`;
    beforeAll(async () => {
      under = await start();
      cache = under.clients[0];
    });
    afterAll(() => under.stop());
    const context = { cache: () => cache, under: () => under, fresh };
    texts(context);
    onceOnly(context);
    hits(context);
    guards(context);
  });
}

interface Context {
  readonly cache: () => Cache;
  readonly under: () => CacheUnderTest;
  readonly fresh: () => string;
}

function texts({ cache, under, fresh }: Context): void {
  test("answers its ping", async () => {
    await expect(cache().ping()).resolves.toBeUndefined();
  });

  test("gives back exactly what was set, also what looks like a number, JSON or a status", async () => {
    for (const value of ["plain", "", "123", "1e3", '{"a":1}', "null", "OK", "T0s=", "true", "žluť 🙂 \u0000 \r\n", "x".repeat(100_000)]) {
      const key = fresh();
      await cache().set(key, value, 60);
      expect(await cache().get(key)).toBe(value);
      expect(await cache().getMany([key])).toEqual([value]);
      expect(await cache().take(key)).toBe(value);
    }
  });

  test("answers null for what is absent", async () => {
    expect(await cache().get(fresh())).toBeNull();
    expect(await cache().take(fresh())).toBeNull();
  });

  test("replaces a value, and its life with it", async () => {
    const key = fresh();
    await cache().set(key, "old", 1);
    await cache().set(key, "new", 60);
    await under().pass(1100);
    expect(await cache().get(key)).toBe("new");
  });

  test("forgets a value when its life is over", async () => {
    const key = fresh();
    await cache().set(key, "brief", 1);
    expect(await cache().get(key)).toBe("brief");
    await under().pass(1100);
    expect(await cache().get(key)).toBeNull();
    expect(await cache().take(key)).toBeNull();
    expect(await cache().getMany([key])).toEqual([null]);
  });

  test("takes a life that has run out, or is a fraction, for a short one", async () => {
    const key = fresh();
    for (const ttlSec of [-5, 0, 0.0004]) await cache().set(key, "nearly gone", ttlSec);
    await under().pass(20);
    expect(await cache().get(key)).toBeNull();
  });

  test("reads many keys in their order, null where one is absent", async () => {
    const [one, two, absent] = [fresh(), fresh(), fresh()];
    await Promise.all([cache().set(one, "1", 60), cache().set(two, "2", 60)]);
    expect(await cache().getMany([two, absent, one, two])).toEqual(["2", null, "1", "2"]);
    expect(await cache().getMany([])).toEqual([]);
  });

  test("removes keys of every kind, and none", async () => {
    const [text, count] = [fresh(), fresh()];
    await cache().set(text, "x", 60);
    await cache().hit(count, 1, 60);
    await cache().remove(text, count, fresh());
    await cache().remove();
    expect(await cache().get(text)).toBeNull();
    expect((await cache().hit(count, 1, 60)).allowed).toBe(true);
  });
}

function onceOnly({ cache, under, fresh }: Context): void {
  test("of 50 who take one value at once, one gets it", async () => {
    const key = fresh();
    await cache().set(key, "ticket", 60);
    const taken = await atOnce(under().clients, 50, (client) => client.take(key));
    expect(taken.filter((value) => value === "ticket")).toHaveLength(1);
    expect(taken.filter((value) => value === null)).toHaveLength(49);
  });

  test("of 50 who claim one key at once, one does, and its value stays", async () => {
    const key = fresh();
    const claimed = await atOnce(under().clients, 50, (client, index) => client.claim(key, String(index), 60));
    expect(claimed.filter(Boolean)).toHaveLength(1);
    expect(await cache().get(key)).toBe(String(claimed.indexOf(true)));
  });

  test("a claim may be made again when it has run out or was removed, not earlier", async () => {
    const key = fresh();
    expect(await cache().claim(key, "a", 1)).toBe(true);
    expect(await cache().claim(key, "b", 60)).toBe(false);
    await under().pass(1100);
    expect(await cache().claim(key, "c", 60)).toBe(true);
    await cache().remove(key);
    expect(await cache().claim(key, "d", 60)).toBe(true);
  });
}

function hits({ cache, under, fresh }: Context): void {
  test("of 2,000 hits at once, exactly the 100 that are allowed get through, 20 times out of 20", async () => {
    for (let trial = 0; trial < 20; trial += 1) {
      const key = fresh();
      const answers = await atOnce(under().clients, 2000, (client) => client.hit(key, 100, 60));
      const allowed = answers.filter((hit) => hit.allowed);
      expect(allowed).toHaveLength(100);
      expect(new Set(allowed.map((hit) => hit.remaining)).size).toBe(100);
    }
  });

  test("counts down, and says when the window ends", async () => {
    const key = fresh();
    const before = under().now().getTime();
    const first = await cache().hit(key, 2, 30);
    const second = await cache().hit(key, 2, 30);
    const third = await cache().hit(key, 2, 30);
    expect([first, second, third].map(({ allowed, remaining }) => [allowed, remaining])).toEqual([
      [true, 1],
      [true, 0],
      [false, 0],
    ]);
    for (const { resetAt } of [first, second, third]) {
      expect(resetAt.getTime() - before).toBeGreaterThan(29_900);
      expect(resetAt.getTime() - under().now().getTime()).toBeLessThanOrEqual(30_000);
    }
  });

  test("opens again when the window ends, which neither hits nor refusals prolong", async () => {
    const key = fresh();
    expect((await cache().hit(key, 2, 2)).allowed).toBe(true);
    await under().pass(1200);
    expect((await cache().hit(key, 2, 2)).allowed).toBe(true);
    expect((await cache().hit(key, 2, 2)).allowed).toBe(false);
    await under().pass(900);
    expect(await cache().hit(key, 2, 2)).toMatchObject({ allowed: true, remaining: 1 });
  });

  test("counts keys apart, and allows nothing where nothing is allowed", async () => {
    const [one, two] = [fresh(), fresh()];
    await cache().hit(one, 1, 60);
    expect((await cache().hit(two, 1, 60)).allowed).toBe(true);
    const none = await cache().hit(fresh(), 0, 60);
    expect(none).toMatchObject({ allowed: false, remaining: 0 });
    expect(none.resetAt.getTime()).toBeGreaterThan(under().now().getTime());
  });
}

function guards({ cache, under, fresh }: Context): void {
  test("a mark is read like any other key, expires, and is removed", async () => {
    const [brief, removed] = [fresh(), fresh()];
    await cache().mark(brief, "revoked", 1);
    await cache().mark(removed, "revoked", 60);
    expect(await cache().getMany([brief, removed])).toEqual(["revoked", "revoked"]);
    expect(await cache().claim(brief, "x", 60)).toBe(false);
    await cache().remove(removed);
    await under().pass(1100);
    expect(await cache().getMany([brief, removed])).toEqual([null, null]);
    await cache().mark(brief, "revoked", 60);
    await cache().set(brief, "text", 60);
    expect(await cache().take(brief)).toBe("text");
    expect(await cache().get(brief)).toBeNull();
  });

  test("marks and counts outlive a flood of other keys of every kind", async () => {
    const [mark, count] = [fresh(), fresh()];
    await cache().mark(mark, "revoked", 600);
    await cache().hit(count, 1, 600);

    const flood = under().floodKeys ?? 2000;
    for (let done = 0; done < flood; done += 2000) {
      await atOnce(under().clients, 2000, (client, index) => client.hit(`foreign:${done + index}`, 5, 600));
      await atOnce(under().clients, 2000, (client, index) => client.set(`copy:${done + index}`, "x", 600));
    }

    expect(await cache().get(mark)).toBe("revoked");
    expect((await cache().hit(count, 1, 600)).allowed).toBe(false);
  });
}
