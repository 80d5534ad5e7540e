import type { Cache } from "@pendo/core/ports/cache/cache";
import { type Reply, ReplyError, type RespClient } from "@pendo/local/cache/respConnection";

/** Answers the commands that Pendo's cache sends to Redis out of a cache in memory, and refuses all others. */
export function memoryRedis(cache: Cache): RespClient {
  const answer = async ([name = "", ...args]: readonly string[]): Promise<Reply> => {
    const command = commands[name.toLowerCase()];
    if (!command) return new ReplyError(`ERR unknown command '${name}'`);
    return command(cache, args).catch((error: unknown) => new ReplyError(`ERR ${(error as Error).message}`));
  };
  return {
    send: async (sent) => {
      const replies: Reply[] = [];
      for (const command of sent) replies.push(await answer(command));
      return replies;
    },
    close: () => {},
  };
}

type Command = (cache: Cache, args: readonly string[]) => Promise<Reply>;

const commands: Readonly<Record<string, Command>> = {
  ping: async () => ({ status: "PONG" }),
  get: async (cache, [key = ""]) => bytes(await cache.get(key)),
  getdel: async (cache, [key = ""]) => bytes(await cache.take(key)),
  mget: async (cache, keys) => (await cache.getMany(keys)).map(bytes),
  // Nobody asks how many of them were there.
  async del(cache, keys) {
    await cache.remove(...keys);
    return keys.length;
  },
  async set(cache, [key = "", value = "", ...options]) {
    const lower = options.map((option) => option.toLowerCase());
    const ttlMs = Number(options[lower.indexOf("px") + 1]);
    if (!lower.includes("px") || !(ttlMs > 0)) return new ReplyError("ERR syntax error: a time to live in milliseconds is missing");
    if (lower.includes("nx")) return (await cache.claim(key, value, ttlMs / 1_000)) ? { status: "OK" } : null;
    await cache.set(key, value, ttlMs / 1_000);
    return { status: "OK" };
  },
  // There is one script, which counts a hit: eval SCRIPT 1 KEY MAX WINDOW_MS.
  async eval(cache, [, keys, key = "", max, windowMs]) {
    if (keys !== "1" || !(Number(windowMs) > 0)) return new ReplyError("ERR this script is not known here");
    const { allowed, remaining, resetAt } = await cache.hit(key, Number(max), Number(windowMs) / 1_000);
    return [allowed ? 1 : 0, remaining, Math.max(0, resetAt.getTime() - Date.now())];
  },
};

function bytes(value: string | null): Reply {
  return value === null ? null : Buffer.from(value, "utf8");
}
