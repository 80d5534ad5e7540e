import type { Stage } from "../stage";

/** The hosted zone of the root domain; it exists before the first deployment, since somebody registered the name. */
export function zoneOf(stage: Stage): $util.Output<string> {
  const root = stage.kind === "production" ? stage.domain : stage.domain.slice(stage.name.length + 1);
  return aws.route53.getZoneOutput({ name: root, privateZone: false }).zoneId;
}
