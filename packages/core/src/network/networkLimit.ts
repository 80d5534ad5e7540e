import type { Cache, Hit } from "../ports/cache/cache.ts";
import type { Network } from "./network.ts";

export interface NetworkHit extends Hit {
  /** What the network that decided may use in a window. */
  readonly max: number;
}

/**
 * Counts one hit for each network that an address belongs to, from the narrowest on, and stops at the first that has used its share. The answer is
 * about the narrowest, unless a wider one refuses.
 */
export async function hitNetworks(
  cache: Cache,
  { key, max, windowSec }: { readonly key: string; readonly max: number; readonly windowSec: number },
  networks: readonly [Network, ...Network[]],
): Promise<NetworkHit> {
  let first: NetworkHit | undefined;
  for (const { name, share } of networks) {
    const hit = { ...(await cache.hit(`${key}:${name}`, max * share, windowSec)), max: max * share };
    if (!hit.allowed) return hit;
    first ??= hit;
  }
  return first as NetworkHit;
}
