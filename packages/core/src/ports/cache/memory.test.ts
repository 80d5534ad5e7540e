import { expect, test } from "vitest";
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
