import { LRUCache } from "lru-cache";
import type { Clock } from "../clock/clock.ts";
import type { Cache, Hit } from "./cache.ts";
import { ttlMs } from "./expiry.ts";

export interface MemoryCacheOptions {
  readonly clock: Clock;
  /** Beyond this many keys the longest unused go. */
  readonly entriesMax?: number;
  /** Beyond this many bytes of keys and values (as UTF-16, roughly) the longest unused go. */
  readonly bytesMax?: number;
}

type Entry = { readonly kind: "text"; readonly text: string } | { readonly kind: "count"; count: number; readonly resetAt: Date };

/** The cache of one process. No step waits between reading and writing, so each call is atomic. */
export function memoryCache({ clock, entriesMax = 100_000, bytesMax = 64 * 1024 * 1024 }: MemoryCacheOptions): Cache {
  let made: LRUCache<string, Entry> | undefined;
  // Room for all entries is taken at once, so it is taken with the first: where this is only the stand-in of another cache, there may never be one.
  const entries = (): LRUCache<string, Entry> =>
    (made ??= new LRUCache<string, Entry>({
      max: entriesMax,
      maxSize: bytesMax,
      sizeCalculation: (entry, key) => bytesOf(key, entry),
      perf: { now: () => clock.now().getTime() },
      ttlResolution: 0,
    }));
  const textAt = (key: string): string | null => {
    const entry = entries().get(key);
    return entry === undefined ? null : as("text", key, entry).text;
  };

  return {
    get: async (key) => textAt(key),
    set: async (key, text, ttlSec) => void entries().set(key, { kind: "text", text }, { ttl: ttlMs(ttlSec) }),
    claim: async (key, text, ttlSec) => {
      if (entries().has(key)) return false;
      entries().set(key, { kind: "text", text }, { ttl: ttlMs(ttlSec) });
      return true;
    },
    take: async (key) => {
      const text = textAt(key);
      entries().delete(key);
      return text;
    },
    remove: async (...keys) => keys.forEach((key) => entries().delete(key)),
    getMany: async (keys) => keys.map(textAt),
    hit: async (key, max, windowSec) => countHit(entries(), clock, { key, max, windowSec }),
    ping: async () => undefined,
  };
}

function countHit(
  entries: LRUCache<string, Entry>,
  clock: Clock,
  { key, max, windowSec }: { key: string; max: number; windowSec: number },
): Hit {
  const entry = entries.get(key);
  const window = entry === undefined ? undefined : as("count", key, entry);
  const resetAt = window?.resetAt ?? new Date(clock.now().getTime() + ttlMs(windowSec));
  const count = window?.count ?? 0;
  if (count >= max) return { allowed: false, remaining: 0, resetAt };
  // The window begins with its first hit, and a later hit does not prolong it.
  if (window) window.count += 1;
  else entries.set(key, { kind: "count", count: 1, resetAt }, { ttl: ttlMs(windowSec) });
  return { allowed: true, remaining: max - count - 1, resetAt };
}

/** Redis answers WRONGTYPE where a key is used in two ways; so does this. */
function as<K extends Entry["kind"]>(kind: K, key: string, entry: Entry): Extract<Entry, { kind: K }> {
  if (entry.kind !== kind) throw new Error(`The cache key ${key.split(":")[0]} holds a ${entry.kind} and was used as a ${kind}.`);
  return entry as Extract<Entry, { kind: K }>;
}

function bytesOf(key: string, entry: Entry): number {
  const overhead = 64;
  return overhead + 2 * (key.length + (entry.kind === "text" ? entry.text.length : 8));
}
