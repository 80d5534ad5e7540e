import { liveFunction } from "../functions";
import { schedule } from "../schedules";
import type { Backend } from "../backend";
import { canaryAlarms, WATCH_EVERY_SEC } from "@pendo/operations/alarms/watches";
import { alarm, type AlarmContext } from "./alarm";

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
    handler: "packages/functions/src/lambda/canary.handler",
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
  schedule(context, "canaryRun", { live, everySec: WATCH_EVERY_SEC, deadLetters, always: true });
  for (const row of canaryAlarms) alarm(alarms, row);
}
