import type { Stage } from "../stage";
import { apiDistributions } from "./api";
import { authorities, originRecords, type PlacedApis } from "./dns";
import type { Edge } from "./edge";
import { site } from "./site";

/** The distributions of a permanent stage, and the records that choose among its places. */
export function distributions({ stage, edge, places }: { stage: Stage; edge: Edge; places: readonly [PlacedApis, ...PlacedApis[]] }) {
  authorities({ stage, edge });
  const [main] = places;
  return {
    ...apiDistributions({ stage, edge }),
    site: site({ stage, edge, place: main.place }),
    checks: originRecords({ stage, edge, places }),
  };
}
