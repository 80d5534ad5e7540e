import { capitalized } from "../queues";
import type { Stage } from "../stage";
import { alarm, type AlarmContext } from "./alarm";
import type { Found, SubjectsFound } from "./subjects";

const BLOCKED_SHARE = 0.1;
const MINUTES_5 = 300;

/** What stands in front of all places. */
export function edgeAlarms(context: AlarmContext, { firewall = [], healthCheck = [], certificate = [] }: SubjectsFound): void {
  for (const { dimensions } of firewall)
    alarm(context, {
      name: "FirewallBlocks",
      metric: "firewallBlocked",
      dimensions,
      says: "The firewall blocks as much as a tenth of all that the stage is built for. See which rule, and whether it hits people or an attack.",
      runbook: "firewall",
      to: "tickets",
      above: blockedMax(context.stage),
      periodSec: MINUTES_5,
      periods: 2,
    });
  for (const { label, dimensions } of healthCheck)
    alarm(context, {
      name: `${capitalized(label)}OriginAway`,
      metric: "originHealth",
      dimensions,
      says: `Route 53 finds the place ${label} unwell, and sends people to the other one if there is one. See whether it is.`,
      runbook: "region-away",
      to: "pages",
      below: 1,
      periodSec: 60,
      periods: 2,
      missing: "breaching",
    });
  certificateAlarms(context, certificate);
}

/** ACM renews certificates 60 days before they end, as long as the record that proves the domain stands. */
export function certificateAlarms(context: AlarmContext, certificates: readonly Found[]): void {
  for (const { label, dimensions } of certificates)
    alarm(context, {
      name: `${capitalized(label)}CertificateEnds`,
      metric: "certificateDays",
      dimensions,
      says: "A certificate ends in less than 21 days, and was not renewed. See whether the record that proves the domain is still there.",
      runbook: "certificates",
      to: "tickets",
      below: 21,
      periodSec: 86_400,
      periods: 1,
    });
}

function blockedMax({ peakPerSec }: Stage): number {
  return peakPerSec * BLOCKED_SHARE * MINUTES_5;
}
