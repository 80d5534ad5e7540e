import { memoryCache } from "@pendo/core/ports/cache/memory";
import { systemClock } from "@pendo/core/ports/clock/clock";
import { expect, test } from "vitest";
import { lambdaObserver } from "./observer.ts";
import { meteredCache } from "./meteredCache.ts";

test("hits and misses of copies are counted by what they are, once per invocation, and never by whose they are", async () => {
  const lines: string[] = [];
  const observer = lambdaObserver({ write: (line) => lines.push(line), stage: "staging" });
  const cache = meteredCache(memoryCache({ clock: systemClock }), observer);
  await cache.set("deck:someone", "a b", 60);
  expect(await cache.get("deck:someone")).toBe("a b");
  expect(await cache.get("deck:other")).toBeNull();
  expect(await cache.getMany(["deck:someone", "deck:nobody", "online:someone"])).toEqual(["a b", null, null]);
  expect(await cache.get("revoked:someone")).toBeNull();
  await observer.flush();
  expect(lines).toHaveLength(1);
  expect(JSON.parse(lines[0] ?? "")).toMatchObject({ cache: "deck", hits: 2, misses: 2 });
  expect(lines[0]).not.toMatch(/someone|other|nobody/);
});
