import { type LimitName, limits } from "@pendo/contract/limits";
import { type FaultCode, faults } from "@pendo/contract/faults";
import { Fault } from "@pendo/core/fault";
import { type Network, networksOf } from "@pendo/core/network/network";
import { hitNetworks } from "@pendo/core/network/networkLimit";
import type { Cache } from "@pendo/core/ports/cache/cache";
import type { HttpMiddleware, HttpRequest } from "./httpInvocation.ts";
import { contextOf, type Runtime } from "./runtime.ts";

/** Counts the request against its route's limit, exactly, and tells the caller where it stands. */
export function rateLimit(runtime: Runtime): HttpMiddleware {
  const { cache } = contextOf(runtime, ["cache"]) as { cache: Cache };
  return {
    before: async (request) => {
      const { route, me, caller } = request.internal;
      const { limit } = route.spec;
      if (isCountedByDomain(limit)) return;
      await count(
        cache,
        request,
        limit,
        limits[limit].per === "user" && me ? [{ name: me, share: 1 }] : await networksOf(caller.ip),
        runtime,
      );
    },
    onError: async (request) => {
      const { error, internal } = request;
      if (!(error instanceof Fault) || internal.me || !isUncounted(error.code, internal.route?.spec.limit)) return;
      await count(cache, request, "denied", await networksOf(internal.caller.ip), runtime).catch((limited: unknown) => {
        request.error = limited instanceof Error ? limited : error;
      });
    },
  };
}

function isCountedByDomain(limit: LimitName): boolean {
  return limits[limit].per === "session" || limits[limit].per === "newDevice";
}

/** Whether a refused request was not counted yet: it guessed a token, or never reached the domain that would have counted it. */
function isUncounted(code: FaultCode, limit: LimitName | undefined): boolean {
  if (code === "auth.codeInvalid") return false;
  const { status } = faults[code];
  return status === 401 || ([400, 413, 415].includes(status) && limit !== undefined && isCountedByDomain(limit));
}

async function count(
  cache: Cache,
  { internal: { responseHeaders } }: HttpRequest,
  limit: LimitName,
  networks: readonly [Network, ...Network[]],
  { clock }: Runtime,
): Promise<void> {
  const { max, windowSec } = limits[limit];
  const hit = await hitNetworks(cache, { key: `limit:${limit}`, max, windowSec }, networks);
  responseHeaders["ratelimit-limit"] = String(hit.max);
  responseHeaders["ratelimit-remaining"] = String(hit.remaining);
  responseHeaders["ratelimit-reset"] = String(Math.max(0, Math.ceil((hit.resetAt.getTime() - clock.now().getTime()) / 1000)));
  if (!hit.allowed) throw new Fault("rate.limited", { retryAt: hit.resetAt });
}
