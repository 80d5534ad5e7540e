import { describe, expect, test } from "vitest";
import { movableClock } from "../clock/clock.ts";
import { memoryCache } from "./memory.ts";

test("the memory cache drops the longest unused keys when it holds too many", async () => {
  const cache = memoryCache({ clock: movableClock(), entriesMax: 3 });
  for (const key of ["a", "b", "c"]) await cache.set(key, key, 60);
  await cache.get("a");
  await cache.set("d", "d", 60);
  expect(await cache.getMany(["a", "b", "c", "d"])).toEqual(["a", null, "c", "d"]);
});

test("the memory cache drops the longest unused keys when they are too large together", async () => {
  const cache = memoryCache({ clock: movableClock(), bytesMax: 10_000 });
  for (const key of ["a", "b", "c"]) await cache.set(key, "x".repeat(1500), 60);
  await cache.set("d", "x".repeat(1000), 60);
  expect((await cache.getMany(["a", "b", "c", "d"])).map((value) => value !== null)).toEqual([false, true, true, true]);
});

test("the memory cache keeps no value that alone is too large", async () => {
  const cache = memoryCache({ clock: movableClock(), bytesMax: 1000 });
  await cache.set("small", "x", 60);
  await cache.set("large", "x".repeat(2000), 60);
  expect(await cache.getMany(["small", "large"])).toEqual(["x", null]);
});

test("the memory cache refuses a key that is used in two ways, and says so without the rest of the key", async () => {
  const cache = memoryCache({ clock: movableClock() });
  await cache.set("deck:secret", "x", 60);
  await expect(cache.hit("deck:secret", 1, 60)).rejects.toThrow(/^The cache key deck holds a text and was used as a count\.$/);
});

describe("where there is no room for more counts", () => {
  const full = async () => {
    const clock = movableClock();
    const cache = memoryCache({ clock, countsMax: 10 });
    for (let subject = 0; subject < 10; subject += 1) await cache.hit(`old:${subject}`, 3, 60);
    return { clock, cache };
  };

  test("every limit holds, for the subjects that are counted and for new ones", async () => {
    const { cache } = await full();
    const allowedOf = async (key: string): Promise<number> => {
      const hits = await Promise.all(Array.from({ length: 5 }, () => cache.hit(key, 3, 60)));
      return hits.filter(({ allowed }) => allowed).length;
    };

    expect(await allowedOf("old:0")).toBe(2);
    for (let subject = 0; subject < 20_000; subject += 1) expect(await allowedOf(`new:${subject}`)).toBeLessThanOrEqual(3);
  });

  test("a subject that shares a count keeps it when there is room again", async () => {
    const { cache, clock } = await full();
    clock.advance(50_000);
    for (let hit = 0; hit < 3; hit += 1) await cache.hit("new", 3, 60);
    clock.advance(20_000);
    expect((await cache.hit("new", 3, 60)).allowed).toBe(false);
    expect((await cache.hit("other", 3, 60)).allowed).toBe(true);
    clock.advance(40_000);
    expect((await cache.hit("new", 3, 60)).remaining).toBe(2);
  });

  test("counts that are over make room", async () => {
    const { cache, clock } = await full();
    clock.advance(61_000);
    for (let subject = 0; subject < 10; subject += 1) expect((await cache.hit(`next:${subject}`, 1, 60)).allowed).toBe(true);
  });
});

test("a mark for which there is no room is refused instead of another being lost", async () => {
  const clock = movableClock();
  const cache = memoryCache({ clock, marksMax: 2 });
  await cache.mark("one", "1", 60);
  await cache.mark("two", "2", 60);
  await expect(cache.mark("three", "3", 60)).rejects.toMatchObject({ code: "store.full" });
  expect(await cache.getMany(["one", "two", "three"])).toEqual(["1", "2", null]);
  clock.advance(61_000);
  await cache.mark("three", "3", 60);
  expect(await cache.get("three")).toBe("3");
});
