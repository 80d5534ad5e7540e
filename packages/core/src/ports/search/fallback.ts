import { Fault } from "../../fault.ts";
import type { Clock } from "../clock/clock.ts";
import type { ProfileQuery, Search } from "./search.ts";

export interface FallbackOptions {
  /** Asked first: OpenSearch. */
  readonly primary: Search;
  /** Asked when the primary fails: PostgreSQL, which is there whenever Pendo is. Positions of one must mean the same to the other. */
  readonly secondary: Search;
  readonly clock: Clock;
  /** Called for each search that the secondary answered in the primary's place, for the metric. The error is null while the breaker is open. */
  readonly onFallback: (error: unknown) => void;
  /** After so many failures in a row the primary is left alone … */
  readonly failuresMax?: number;
  /** … for so long; then one search tries it again. */
  readonly restMs?: number;
}

/**
 * One search of two engines. Writes go to both: a write that the primary misses throws once the secondary has it, so that the queue brings
 * it again and nothing is forgotten. Reads are the primary's, and the secondary's when that fails.
 */
export function fallbackSearch(options: FallbackOptions): Search {
  const { primary, secondary, onFallback } = options;
  const breaker = circuitBreaker(options);

  async function both(write: (search: Search) => Promise<void>): Promise<void> {
    await write(secondary);
    await write(primary);
  }

  async function find(query: ProfileQuery) {
    if (!breaker.admits()) {
      onFallback(null);
      return secondary.find(query);
    }
    try {
      const hits = await primary.find(query);
      breaker.succeeded();
      return hits;
    } catch (error) {
      // A bad position is bad for both, and says nothing about the primary's health.
      if (error instanceof Fault && error.code === "input.invalid") {
        breaker.succeeded();
        throw error;
      }
      breaker.failed();
      onFallback(error);
      return secondary.find(query);
    }
  }

  return {
    index: (documents) => both((search) => search.index(documents)),
    remove: (userIds) => both((search) => search.remove(userIds)),
    refresh: () => both((search) => search.refresh()),
    find,
    // Search works as long as the secondary does; that the primary is away is told by `onFallback`.
    ping: () => secondary.ping(),
  };
}

function circuitBreaker({ clock, failuresMax = 3, restMs = 10_000 }: FallbackOptions) {
  let failures = 0;
  let triedMs = 0;
  return {
    admits(): boolean {
      if (failures < failuresMax) return true;
      const nowMs = clock.now().getTime();
      if (nowMs - triedMs < restMs) return false;
      // One tries for all; the others keep to the secondary until it has its answer, or another rest is over.
      triedMs = nowMs;
      return true;
    },
    succeeded(): void {
      failures = 0;
    },
    failed(): void {
      failures += 1;
      triedMs = clock.now().getTime();
    },
  };
}
