import type { Backend } from "../backend";
import { liveFunction } from "../functions";
import { schedule } from "../schedules";
import { backupAlarms, WATCH_EVERY_SEC } from "@pendo/operations/alarms/watches";
import { alarm, type AlarmContext } from "./alarm";

/** Where the backups of a place lie. */
export interface Vault {
  readonly name: $util.Input<string>;
  readonly arn: $util.Input<string>;
}

/** Looks every five minutes how old the newest backup is, and how long ago one was last restored as a test. */
export function recoveryWatch(alarms: AlarmContext, { context }: Backend, vault: Vault, deadLetters: sst.aws.Queue): void {
  const live = liveFunction(context, {
    name: "RecoveryWatch",
    description: "Measures how old backups and restore tests are",
    handler: "packages/functions/src/lambda/watch/recovery.handler",
    needs: [],
    grants: [
      { actions: ["backup:ListRecoveryPointsByBackupVault"], resources: [vault.arn] },
      // Jobs have no resource to be named by.
      { actions: ["backup:ListRestoreJobs"], resources: ["*"] },
    ],
    environment: { PENDO_BACKUP_VAULT: vault.name },
    timeoutSec: 30,
    memoryMb: 512,
    unshifted: true,
  });
  schedule(context, "recoveryWatchRun", { live, everySec: WATCH_EVERY_SEC, deadLetters });
  for (const row of backupAlarms) alarm(alarms, row);
}
