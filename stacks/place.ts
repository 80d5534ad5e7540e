import type { Stage } from "./stage";

/**
 * Where one copy of the backend stands. Production has two: the main one, and a standby in another region that DNS turns to. Names of components
 * begin with `prefix`, and every component gets `opts`.
 */
export interface Place {
  readonly prefix: "" | "Standby";
  readonly region: aws.Region;
  readonly standby: boolean;
  /** Its database can be written and its schedules run. After a failover, PENDO_ACTIVE=standby says that it is the other one. */
  readonly active: boolean;
  readonly opts: { readonly provider?: aws.Provider };
}

/** The places of a stage, the main one first. */
export function placesOf(stage: Stage): readonly [main: Place, ...standby: Place[]] {
  const active = process.env["PENDO_ACTIVE"] ?? "main";
  if (active !== "main" && !(active === "standby" && stage.standby))
    throw new Error(`PENDO_ACTIVE is "${active}"; the stage ${stage.name} has ${stage.standby ? "main and standby" : "only main"}.`);
  const main: Place = { prefix: "", region: stage.region, standby: false, active: active === "main", opts: {} };
  if (!stage.standby) return [main];
  const provider = new aws.Provider("StandbyRegion", {
    region: stage.otherRegion,
    defaultTags: { tags: { "sst:app": $app.name, "sst:stage": $app.stage } },
  });
  return [main, { prefix: "Standby", region: stage.otherRegion, standby: true, active: active === "standby", opts: { provider } }];
}

/** How the API is reached where an edge stands in front. */
export interface Origin {
  /** The name under which CloudFront reaches the API, and the certificate for it. */
  readonly domain: string;
  readonly certificateArn: $util.Input<string>;
  /** What CloudFront sends along to show that a request came through it. */
  readonly secret: sst.Linkable<Record<string, unknown>>;
}
