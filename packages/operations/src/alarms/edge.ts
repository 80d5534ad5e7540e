import { componentOf } from "../components.ts";
import type { MetricAlarm } from "./alarm.ts";

const BLOCKED_SHARE = 0.1;
const MINUTES_5 = 300;

/** What the firewall blocks, against the requests per second that a stage is built for. */
export function firewallAlarm(peakPerSec: number): MetricAlarm {
  return {
    name: "FirewallBlocks",
    metric: "firewallBlocked",
    says: "The firewall blocks as much as a tenth of all that the stage is built for. See which rule, and whether it hits people or an attack.",
    runbook: "firewall",
    to: "tickets",
    above: peakPerSec * BLOCKED_SHARE * MINUTES_5,
    periodSec: MINUTES_5,
    periods: 2,
  };
}

/** Pages where Route 53 finds a place unwell for two minutes, or reports nothing: silence is no sign of health. */
export function originAlarm(label: string): MetricAlarm {
  return {
    name: `${componentOf(label)}OriginAway`,
    metric: "originHealth",
    says: `Route 53 finds the place ${label} unwell, and sends people to the other one if there is one. See whether it is.`,
    runbook: "region-away",
    to: "pages",
    below: 1,
    periodSec: 60,
    periods: 2,
    missing: "breaching",
  };
}

/** ACM renews certificates 60 days before they end, as long as the record that proves the domain stands. */
export function certificateAlarm(label: string): MetricAlarm {
  return {
    name: `${componentOf(label)}CertificateEnds`,
    metric: "certificateDays",
    says: "A certificate ends in less than 21 days, and was not renewed. See whether the record that proves the domain is still there.",
    runbook: "certificates",
    to: "tickets",
    below: 21,
    periodSec: 86_400,
    periods: 1,
  };
}
