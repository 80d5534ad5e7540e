import { writeEntries } from "@pendo/functions/lambda/entries";
import { type Backend, backend } from "./backend";
import { backup } from "./backup";
import { defaults } from "./defaults";
import { devStores } from "./dev";
import { distributions } from "./edge/distributions";
import { edge } from "./edge/edge";
import { media } from "./media";
import { observability } from "./observability/observability";
import { type Place, placesOf } from "./place";
import { release } from "./release";
import { secrets } from "./secrets";
import { currentStage } from "./stage";

/** The whole of a stage, from what it is to how its releases move. */
export function pendo() {
  const stage = currentStage();
  // The entries of the functions, which SST bundles.
  writeEntries($cli.paths.root);
  defaults(stage);
  devStores();
  const values = secrets();
  const places = placesOf(stage);
  const front = stage.permanent ? edge({ stage, places }) : undefined;
  const buckets = media({ stage, places, edge: front });
  const copy = (place: Place, index: number, main?: Backend) => {
    const bucket = buckets[index];
    if (!bucket) throw new Error(`There is no bucket of pictures in ${place.region}.`);
    return backend({ stage, place, secrets: values, media: bucket, edge: front, main });
  };
  const main = copy(places[0], 0);
  const standbys = places.slice(1).map((place, index) => copy(place, index + 1, main));
  const backends = [main, ...standbys];
  const fronts = front && distributions({ stage, edge: front, places: [apisOf(main), ...standbys.map(apisOf)] });
  const vault = backup({ stage, backends: [main, ...standbys] });
  const watched = (one: Backend) => ({ backend: one, vault: vault?.place === one.place ? vault : undefined });
  observability({
    stage,
    secrets: values,
    watched: [watched(main), ...standbys.map(watched)],
    edge: front && fronts && { edge: front, ...facing(fronts, main) },
  });
  for (const { context } of backends) release(context);
  return front
    ? { api: `https://api.${stage.domain}`, socket: `wss://ws.${stage.domain}` }
    : { api: main.httpApi.api.url, socket: main.socketApi.url };
}

/** What metrics of the edge are found by. */
function facing({ api, sockets, site, checks }: ReturnType<typeof distributions>, { stores }: Backend) {
  const { distributionId } = stores.media;
  const ids = { api: api.id, sockets: sockets.id, site: site.id, ...(distributionId && { media: distributionId }) };
  return {
    distributions: ids,
    checks: Object.fromEntries(checks.map(({ place, check }) => [place.standby ? "standby" : "main", check.id])),
  };
}

function apisOf({ place, httpApi, socketApi }: Backend) {
  return { place, httpApi: httpApi.api, socketApi };
}
