import type { IncomingMessage } from "node:http";
import { isIP } from "node:net";
import { type LimitName, limits } from "@pendo/contract/limits";
import { Fault } from "@pendo/core/fault";
import { type Ranges, rangesOf } from "@pendo/core/network/address";
import { networksOf } from "@pendo/core/network/network";
import { hitNetworks } from "@pendo/core/network/networkLimit";
import type { Cache } from "@pendo/core/ports/cache/cache";
import { sourceOf } from "./httpEvent.ts";

/** Counts what the functions behind the gateway never see: handshakes, and files. */
export type Admit = (request: IncomingMessage, limit: LimitName) => Promise<void>;

export interface Doors {
  readonly isTrusted: Ranges;
  readonly admit: Admit;
  readonly isOriginAllowed: (request: IncomingMessage) => boolean;
}

/** Who may come in, by the settings of this host. */
export function doors(
  cache: Cache,
  {
    url,
    port,
    trustedProxies = [],
    origins = [],
  }: Omit<OwnOrigins, "origins"> & { readonly trustedProxies?: readonly string[]; readonly origins?: readonly string[] },
): Doors {
  const isTrusted = rangesOf(trustedProxies);
  return { isTrusted, admit: admission({ cache, isTrusted }), isOriginAllowed: originCheck({ url, port, origins }) };
}

/** Limits by the network of the client. What it returns throws `rate.limited` beyond the limit. */
export function admission({ cache, isTrusted }: { readonly cache: Cache; readonly isTrusted: Ranges }): Admit {
  return async (request, limit) => {
    const { max, windowSec } = limits[limit];
    const hit = await hitNetworks(cache, { key: `limit:${limit}`, max, windowSec }, await networksOf(sourceOf(request, isTrusted)));
    if (!hit.allowed) throw new Fault("rate.limited", { retryAt: hit.resetAt });
  };
}

interface OwnOrigins {
  /** Where clients reach this host. */
  readonly url: string;
  /** The port that it listens on. */
  readonly port: number;
  readonly origins: readonly string[];
}

const LOOPBACK = ["localhost", "127.0.0.1", "[::1]"];

/**
 * Whether the page that asks may open a socket: one of this host, or of a site that the settings name. Programs that are no browser name no page.
 * A name in `Host` proves nothing, since any site can point its name at this host. An address can't be pointed elsewhere: its page is this host's.
 */
function originCheck({ url, port, origins }: OwnOrigins): (request: IncomingMessage) => boolean {
  const named = new Set([new URL(url).origin, ...LOOPBACK.map((name) => new URL(`http://${name}:${port}`).origin), ...origins]);
  return ({ headers: { origin, host } }) =>
    origin === undefined || named.has(origin) || ([`http://${host}`, `https://${host}`].includes(origin) && isAddress(origin));
}

function isAddress(origin: string): boolean {
  return URL.canParse(origin) && isIP(new URL(origin).hostname.replace(/^\[|\]$/g, "")) !== 0;
}
