import { LRUCache } from "lru-cache";
import type { Clock } from "../clock/clock.ts";
import type { Cache } from "./cache.ts";
import { ttlMs } from "./expiry.ts";
import { Guards } from "./guards.ts";

export interface MemoryCacheOptions {
  readonly clock: Clock;
  /** Beyond this many cached keys the longest unused go. */
  readonly entriesMax?: number;
  /** Beyond this many bytes of cached keys and values (as UTF-16, roughly) the longest unused go. */
  readonly bytesMax?: number;
  /** Counts and marks never go before their time; what happens beyond these bounds is said at `Guards`. */
  readonly countsMax?: number;
  readonly marksMax?: number;
}

/** The cache of one process. No step waits between reading and writing, so each call is atomic. */
export function memoryCache(options: MemoryCacheOptions): Cache {
  const { clock, entriesMax = 100_000, bytesMax = 64 * 1024 * 1024, countsMax = 300_000, marksMax = 100_000 } = options;
  const guards = new Guards({ clock, countsMax, marksMax });
  let made: LRUCache<string, string> | undefined;
  // Room for all entries is taken at once, so it is taken with the first: where this is only the stand-in of another cache, there may never be one.
  const texts = (): LRUCache<string, string> =>
    (made ??= new LRUCache<string, string>({
      max: entriesMax,
      maxSize: bytesMax,
      sizeCalculation: (text, key) => bytesOf(key, text),
      perf: { now: () => clock.now().getTime() },
      ttlResolution: 0,
    }));
  const textAt = (key: string): string | null => {
    const text = guards.markAt(key) ?? made?.get(key);
    if (text !== undefined) return text;
    if (guards.counts(key)) throw wrongKind(key, "count", "text");
    return null;
  };
  const remove = (key: string): void => {
    guards.remove(key);
    made?.delete(key);
  };
  const mark = async (key: string, text: string, ttlSec: number): Promise<void> => {
    guards.mark(key, text, ttlSec);
    made?.delete(key);
  };

  return {
    get: async (key) => textAt(key),
    set: async (key, text, ttlSec) => {
      guards.remove(key);
      texts().set(key, text, { ttl: ttlMs(ttlSec) });
    },
    mark,
    keep: mark,
    claim: async (key, text, ttlSec) => {
      if (guards.markAt(key) !== undefined || guards.counts(key) || made?.has(key)) return false;
      texts().set(key, text, { ttl: ttlMs(ttlSec) });
      return true;
    },
    take: async (key) => {
      const text = textAt(key);
      remove(key);
      return text;
    },
    remove: async (...keys) => keys.forEach(remove),
    getMany: async (keys) => keys.map(textAt),
    hit: async (key, max, windowSec) => {
      if (guards.markAt(key) !== undefined || made?.has(key)) throw wrongKind(key, "text", "count");
      return guards.hit(key, max, windowSec);
    },
    ping: async () => undefined,
  };
}

/** Redis answers WRONGTYPE where a key is used in two ways; so does this. */
function wrongKind(key: string, holds: "text" | "count", usedAs: "text" | "count"): Error {
  return new Error(`The cache key ${key.split(":")[0]} holds a ${holds} and was used as a ${usedAs}.`);
}

function bytesOf(key: string, text: string): number {
  const overhead = 64;
  return overhead + 2 * (key.length + text.length);
}
