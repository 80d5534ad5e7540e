import type { Cache } from "@pendo/core/ports/cache/cache";
import type { Observer } from "../middleware/observer.ts";

// What is computed elsewhere and only kept here, by the first part of its key. Presence and sign-outs are no such thing: where one of those is
// absent, that is the answer and not a miss.
const COPIES: ReadonlySet<string> = new Set(["deck"]);

/** A cache that counts how often what was looked up was there, by what it is. */
export function meteredCache(cache: Cache, { measure }: Pick<Observer, "measure">): Cache {
  const count = (keys: readonly string[], values: readonly (string | null)[]): void => {
    keys.forEach((key, i) => {
      const kind = key.slice(0, key.indexOf(":"));
      const isHit = (values[i] ?? null) !== null;
      if (COPIES.has(kind)) measure({ cache: kind }, { hits: isHit ? 1 : 0, misses: isHit ? 0 : 1 });
    });
  };
  return {
    ...cache,
    get: async (key) => {
      const value = await cache.get(key);
      count([key], [value]);
      return value;
    },
    getMany: async (keys) => {
      const values = await cache.getMany(keys);
      count(keys, values);
      return values;
    },
  };
}
