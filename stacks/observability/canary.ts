import { liveFunction } from "../functions";
import { schedule } from "../schedules";
import type { Backend } from "../backend";
import { alarm, type AlarmContext } from "./alarm";

const EVERY_SEC = 300;

/**
 * Two people of ours who do every five minutes what people are here for, from outside: sign in by a letter, see each other, match and talk. Only where
 * letters arrive at ourselves, which is the main place.
 */
export function canary(alarms: AlarmContext, { context, stores }: Backend, deadLetters: sst.aws.Queue): void {
  const { inbox } = stores.mail;
  if (!inbox) return;
  const live = liveFunction(context, {
    name: "Canary",
    description: "Does what people do, from outside",
    entry: "canary.handler",
    needs: [],
    links: [...context.links.only("Addresses"), inbox.link],
    grants: [
      { actions: ["s3:ListBucket"], resources: [inbox.arn] },
      { actions: ["s3:GetObject", "s3:DeleteObject"], resources: [$interpolate`${inbox.arn}/*`] },
    ],
    timeoutSec: 150,
    memoryMb: 512,
    unshifted: true,
  });
  schedule(context, "canaryRun", { live, everySec: EVERY_SEC, deadLetters, always: true });
  alarm(alarms, {
    name: "CanaryFails",
    metric: "canaryFailures",
    says: "Twice in a row the canary could not do what people do. Its log names the step; the API may look well all the same.",
    runbook: "canary",
    to: "pages",
    above: 0,
    periodSec: EVERY_SEC,
    periods: 2,
  });
  alarm(alarms, {
    name: "CanarySilent",
    metric: "canaryRuns",
    says: "The canary did not run for a quarter of an hour, so nothing is known. See its schedule and its function.",
    runbook: "canary",
    to: "tickets",
    below: 1,
    periodSec: EVERY_SEC,
    periods: 3,
    missing: "breaching",
  });
}
