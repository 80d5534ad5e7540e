import { Redis } from "@upstash/redis";
import { Fault } from "../../fault.ts";
import type { Clock } from "../clock/clock.ts";
import type { Cache } from "./cache.ts";
import { ttlMs } from "./expiry.ts";

export interface UpstashCacheOptions {
  readonly url: string;
  readonly token: string;
  /** Turns the rest of a window, which Redis measures, into the time it ends. */
  readonly clock: Clock;
  /** The longest any request may take, its one repetition included where it has one. */
  readonly timeoutMs?: number;
}

// A script, because it must be one step for every other client, and one round trip for us.
// A key without an expiry can't come from here; counting it as absent keeps it from blocking its subject for ever.
const HIT = `
local max = tonumber(ARGV[1])
local count = tonumber(redis.call("GET", KEYS[1]) or "0")
local leftMs = redis.call("PTTL", KEYS[1])
if leftMs < 0 then
  count = 0
  leftMs = tonumber(ARGV[2])
end
if count >= max then return {0, 0, leftMs} end
if count == 0 then redis.call("SET", KEYS[1], "1", "PX", leftMs) else redis.call("INCR", KEYS[1]) end
return {1, max - count - 1, leftMs}`;

/**
 * Redis over Upstash's REST protocol. Calls made in one turn of the event loop share a request.
 * Whatever fails, the time limit included, is `store.unavailable`; its cause never holds keys or values.
 */
export function upstashCache({ url, token, clock, timeoutMs = 1000 }: UpstashCacheOptions): Cache {
  const redis = new Redis({
    url,
    token,
    enableAutoPipelining: true,
    enableTelemetry: false,
    // Values are strings of ours: "123" must come back as it went in, and all of them are valid UTF-8.
    automaticDeserialization: false,
    responseEncoding: false,
    // `retries: 0` is one attempt, while `retry: false` makes two, and a repeated GETDEL or INCR is not the same call again.
    retry: { retries: 0 },
    signal: () => AbortSignal.timeout(timeoutMs),
  });

  return {
    get: (key) => repeatable(() => redis.get<string>(key)),
    set: async (key, value, ttlSec) => void (await repeatable(() => redis.set(key, value, { px: ttlMs(ttlSec) }))),
    mark: async (key, value, ttlSec) => void (await repeatable(() => redis.set(key, value, { px: ttlMs(ttlSec) }))),
    keep: async (key, value, ttlSec) => void (await repeatable(() => redis.set(key, value, { px: ttlMs(ttlSec) }))),
    claim: async (key, value, ttlSec) => (await once(() => redis.set(key, value, { nx: true, px: ttlMs(ttlSec) }))) === "OK",
    take: (key) => once(() => redis.getdel<string>(key)),
    remove: async (...keys) => {
      if (keys.length > 0) await repeatable(() => redis.del(...keys));
    },
    getMany: async (keys) => (keys.length === 0 ? [] : repeatable(() => redis.mget<(string | null)[]>(...keys))),
    hit: async (key, max, windowSec) => {
      const args = [String(max), String(ttlMs(windowSec))];
      const [allowed, remaining, leftMs] = await once(() => redis.eval<string[], [number, number, number]>(HIT, [key], args));
      return { allowed: allowed === 1, remaining, resetAt: new Date(clock.now().getTime() + leftMs) };
    },
    ping: async () => void (await repeatable(() => redis.ping())),
  };
}

async function once<T>(command: () => Promise<T>): Promise<T> {
  try {
    return await command();
  } catch (thrown) {
    throw unavailable(thrown);
  }
}

/**
 * For calls that may run twice. A kept-alive connection that the other side has closed (a function thawed after minutes) fails at
 * once; the second attempt opens a new one. A call that ran into its time limit is not repeated.
 */
async function repeatable<T>(command: () => Promise<T>): Promise<T> {
  try {
    return await command();
  } catch (thrown) {
    if (thrown instanceof TypeError) return once(command);
    throw unavailable(thrown);
  }
}

// The client's messages quote the whole command, and so codes and tickets, which must not reach a log.
function unavailable(thrown: unknown): Fault {
  if (!(thrown instanceof Error)) return new Fault("store.unavailable");
  const network = thrown.cause instanceof Error && "code" in thrown.cause ? ` (${String(thrown.cause.code)})` : "";
  const message = thrown.name === "UpstashJSONParseError" ? "the answer is not JSON" : thrown.message.split(", command was:")[0];
  return new Fault("store.unavailable", { cause: new Error(`Redis: ${message}${network}`) });
}
