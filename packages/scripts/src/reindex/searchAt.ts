import { systemClock } from "@pendo/core/ports/clock/clock";
import type { Db } from "@pendo/core/ports/db/db";
import { fallbackSearch } from "@pendo/core/ports/search/fallback";
import { openSearch } from "@pendo/core/ports/search/opensearch";
import { postgresSearch } from "@pendo/core/ports/search/postgres";
import type { Search } from "@pendo/core/ports/search/search";
import { ArgumentError } from "../../../../scripts/commandLine.mjs";

export interface SearchPlace {
  /** Without who signs in, for people. */
  readonly name: string;
  readonly url: string;
  readonly username?: string;
  readonly password?: string;
}

/** Reads `OPENSEARCH_URL`, which may name who signs in. Undefined where it is not set: search is PostgreSQL's then. */
export function searchPlaceOf(text: string | undefined): SearchPlace | undefined {
  if (text === undefined || text === "") return undefined;
  const url = URL.parse(text);
  if (!url || !/^https?:$/.test(url.protocol)) throw new ArgumentError("OPENSEARCH_URL must be an http or https address.");
  const [username, password] = [decodeURIComponent(url.username), decodeURIComponent(url.password)];
  const address = `${url.origin}${url.pathname.replace(/\/+$/, "")}`;
  return { name: url.host, url: address, ...(username !== "" && { username, password }) };
}

/** The search that is written: PostgreSQL's, which answers while OpenSearch is down, and OpenSearch where there is one. Throws where it does not answer. */
export async function searchAt(place: SearchPlace | undefined, db: Db): Promise<Search> {
  const secondary = postgresSearch({ db });
  if (!place) return secondary;
  const primary = openSearch(place);
  await primary.ping().catch(() => {
    throw new ArgumentError(`OPENSEARCH_URL: there is no OpenSearch that answers at ${place.name}.`);
  });
  return fallbackSearch({ primary, secondary, clock: systemClock, onFallback: () => {} });
}
