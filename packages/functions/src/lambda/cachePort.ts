import { memoryCache } from "@pendo/core/ports/cache/memory";
import { resilientCache } from "@pendo/core/ports/cache/resilient";
import { upstashCache } from "@pendo/core/ports/cache/upstash";
import type { Cache } from "@pendo/core/ports/cache/cache";
import type { Clock } from "@pendo/core/ports/clock/clock";
import type { Observer } from "../middleware/observer.ts";
import { meteredCache } from "./meteredCache.ts";
import type { Resource } from "./resources.ts";

/** The cache of a function, in one file of the bundle: its four parts are never wanted apart, and each file takes a millisecond to find and read. */
export function cachePort(link: Resource<"Cache">, { clock, observer }: { readonly clock: Clock; readonly observer: Observer }): Cache {
  const onFailure = (): void => observer.measure({ port: "cache" }, { failures: 1 });
  const upstash = upstashCache({ ...link, clock });
  return meteredCache(resilientCache({ cache: upstash, local: memoryCache({ clock }), clock, onFailure }), observer);
}
