import type { Stage } from "./stage";

/**
 * Where one copy of the backend stands. Production has two: the main one, and a standby in another region that DNS turns to. Names of components
 * begin with `prefix`, and every component gets `opts`.
 */
export interface Place {
  readonly prefix: "" | "Standby";
  readonly region: aws.Region;
  readonly standby: boolean;
  readonly opts: { readonly provider?: aws.Provider };
}

/** The places of a stage, the main one first. */
export function placesOf(stage: Stage): [main: Place, standby?: Place] {
  const main: Place = { prefix: "", region: stage.region, standby: false, opts: {} };
  if (!stage.standby) return [main];
  const provider = new aws.Provider("StandbyRegion", {
    region: stage.otherRegion,
    defaultTags: { tags: { "sst:app": $app.name, "sst:stage": $app.stage } },
  });
  return [main, { prefix: "Standby", region: stage.otherRegion, standby: true, opts: { provider } }];
}
