import { localCredentials, localStores } from "./dev";
import type { Place } from "./place";
import type { Stage } from "./stage";

/** The link `Cache`. */
export interface Cache {
  readonly properties: { readonly url: $util.Input<string>; readonly token: $util.Input<string> };
}

/**
 * Redis at Upstash, reached over https. Writes go to the stage's region; in production the standby's region reads from a copy of its own.
 * A stage has one for all its places (`main`): limits and tickets stay valid when DNS turns to the standby.
 */
export function cache({ stage, place, main }: { readonly stage: Stage; readonly place: Place; readonly main?: Cache | undefined }): Cache {
  if (stage.kind === "personal") return localCache();
  if (place.standby) {
    if (!main) throw new Error("The standby shares the main place's cache, and was given none.");
    return main;
  }
  const redis = new upstash.RedisDatabase(
    "Redis",
    {
      databaseName: `${$app.name}-${$app.stage}`,
      // Upstash has no other kind any more; without read regions it is in one region alone.
      region: "global",
      primaryRegion: stage.region,
      ...(stage.standby && { readRegions: [stage.otherRegion] }),
      tls: true,
      // What is in the cache may vanish; a cache that is full and takes nothing more would cost every request its time limit.
      eviction: true,
      // Encryption at rest, and more than one replica in each region.
      prodPack: stage.kind === "production",
    },
    // `removal: "retain"` does not cover what isn't AWS's.
    { protect: stage.permanent, retainOnDelete: stage.permanent },
  );
  return { properties: { url: $interpolate`https://${redis.endpoint}`, token: $util.secret(redis.restToken) } };
}

/** The cache of a personal stage: Upstash's protocol in front of a Redis on the developer's machine, or of memory where there is none. */
function localCache(): Cache {
  return { properties: { url: `http://${localStores.host}:${localStores.cachePort}`, token: localCredentials().token } };
}
