import { limits } from "@pendo/contract/limits";
import { Fault } from "@pendo/core/fault";
import type { Cache } from "@pendo/core/ports/cache/cache";
import type { HttpMiddleware } from "./httpInvocation.ts";
import { contextOf, type Runtime } from "./runtime.ts";

/** Counts the request against its route's limit, exactly, and tells the caller where it stands. */
export function rateLimit(runtime: Runtime): HttpMiddleware {
  const { cache } = contextOf(runtime, ["cache"]) as { cache: Cache };
  return {
    before: async (request) => {
      const { route, me, caller, responseHeaders } = request.internal;
      const { max, windowSec, per } = limits[route.spec.limit];
      const subject = per === "user" && me ? me : caller.ip;
      const hit = await cache.hit(`limit:${route.spec.limit}:${subject}`, max, windowSec);
      responseHeaders["ratelimit-limit"] = String(max);
      responseHeaders["ratelimit-remaining"] = String(hit.remaining);
      responseHeaders["ratelimit-reset"] = String(Math.max(0, Math.ceil((hit.resetAt.getTime() - runtime.clock.now().getTime()) / 1000)));
      if (!hit.allowed) throw new Fault("rate.limited", { retryAt: hit.resetAt });
    },
  };
}
