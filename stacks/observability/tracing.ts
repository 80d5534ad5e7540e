import type { Place } from "../place";
import type { Stage } from "../stage";

/**
 * Of all requests to the stage's functions, the first of each second is traced and a share of the others: X-Ray's own rule would trace 5 %. Whoever
 * looks for one request has its line in the log, which names its trace whether it was sampled or not.
 */
export function tracing({ stage, place }: { readonly stage: Stage; readonly place: Place }): void {
  new aws.xray.SamplingRule(
    `${place.prefix}Tracing`,
    {
      // X-Ray takes names of at most 32 letters.
      ruleName: `${$app.name}-${stage.name}`.slice(0, 32),
      version: 1,
      priority: 1000,
      reservoirSize: 1,
      fixedRate: stage.kind === "production" ? 0.01 : 0.1,
      serviceName: `${$app.name}-${stage.name}-*`,
      serviceType: "AWS::Lambda::Function",
      host: "*",
      httpMethod: "*",
      urlPath: "*",
      resourceArn: "*",
    },
    place.opts,
  );
}
