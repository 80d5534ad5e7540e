import { Fault } from "../../fault.ts";
import type { Clock } from "../clock/clock.ts";
import type { Cache } from "./cache.ts";

export interface ResilientCacheOptions {
  readonly cache: Cache;
  /** A cache of this process (`memoryCache`), which counts and claims while the real one is away. */
  readonly local: Cache;
  readonly clock: Clock;
  /** Called for every call that the real cache did not answer, for the log line and the metric. It must not throw. */
  readonly onFailure: (failure: CacheFailure) => void;
  /** After this many failures in a row the cache is left alone for a while, so that no request waits for its time limit. */
  readonly failuresMax?: number;
  readonly restMs?: number;
}

export interface CacheFailure {
  readonly call: keyof Cache;
  /** Why, or null where the cache was not asked because it is resting. */
  readonly fault: Fault | null;
}

/**
 * A cache whose absence harms nobody. What each call does while the real cache can't be reached:
 *
 * | call | answer | why |
 * |---|---|---|
 * | `get`, `getMany` | nothing is there, but what this process marked meanwhile | the database is asked instead |
 * | `set`, `remove` | done, in this process at most | nothing relies on a write; what must not outlive a removal has a short life or is checked again |
 * | `mark` | marked in this process | **open** between processes, for the life of an access token; staff routes ask the database |
 * | `keep` | throws | the client was promised what would not be there, such as a ticket; it asks again |
 * | `hit` | counted in this process | **open**: limits hold per process, starting afresh, instead of refusing everybody |
 * | `claim` | claimed in this process | **open** between processes: truth is unique in the database, and a claim only saves work |
 * | `take` | nothing is there | **closed**: a ticket that can't be proven unused is none; the client asks for another |
 * | `ping` | throws | a health check must see it |
 *
 * Only `store.unavailable` is absorbed; a bug still throws.
 */
export function resilientCache(options: ResilientCacheOptions): Cache {
  const { cache, local } = options;
  const guard = guarded(options);
  return {
    get: (key) =>
      guard(
        "get",
        () => cache.get(key),
        () => local.get(key),
      ),
    getMany: (keys) =>
      guard(
        "getMany",
        () => cache.getMany(keys),
        () => local.getMany(keys),
      ),
    set: (key, value, ttlSec) =>
      guard(
        "set",
        () => cache.set(key, value, ttlSec),
        () => undefined,
      ),
    mark: (key, value, ttlSec) =>
      guard(
        "mark",
        () => cache.mark(key, value, ttlSec),
        () => local.mark(key, value, ttlSec),
      ),
    keep: (key, value, ttlSec) =>
      guard(
        "keep",
        () => cache.keep(key, value, ttlSec),
        () => Promise.reject(new Fault("store.unavailable")),
      ),
    remove: (...keys) =>
      guard(
        "remove",
        () => cache.remove(...keys),
        () => local.remove(...keys),
      ),
    hit: (key, max, windowSec) =>
      guard(
        "hit",
        () => cache.hit(key, max, windowSec),
        () => local.hit(key, max, windowSec),
      ),
    claim: (key, value, ttlSec) =>
      guard(
        "claim",
        () => cache.claim(key, value, ttlSec),
        () => local.claim(key, value, ttlSec),
      ),
    take: (key) =>
      guard(
        "take",
        () => cache.take(key),
        () => null,
      ),
    ping: () => cache.ping(),
  };
}

type Guard = <T>(call: keyof Cache, real: () => Promise<T>, instead: () => T | Promise<T>) => Promise<T>;

function guarded({ clock, onFailure, failuresMax = 5, restMs = 1000 }: ResilientCacheOptions): Guard {
  let failures = 0;
  let restUntilMs = 0;
  return async (call, real, instead) => {
    if (failures >= failuresMax) {
      const nowMs = clock.now().getTime();
      // A clock that was set back must not prolong the rest.
      if (nowMs < restUntilMs && restUntilMs - nowMs <= restMs) {
        onFailure({ call, fault: null });
        return instead();
      }
      // This call is the probe; the others go on resting until it has an answer or the next rest is over.
      restUntilMs = nowMs + restMs;
    }
    try {
      const answer = await real();
      failures = 0;
      return answer;
    } catch (thrown) {
      if (!(thrown instanceof Fault && thrown.code === "store.unavailable")) throw thrown;
      failures += 1;
      restUntilMs = clock.now().getTime() + restMs;
      onFailure({ call, fault: thrown });
      return instead();
    }
  };
}
