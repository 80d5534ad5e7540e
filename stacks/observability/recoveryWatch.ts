import type { Backend } from "../backend";
import { liveFunction } from "../functions";
import { schedule } from "../schedules";
import { alarm, type AlarmContext } from "./alarm";

const EVERY_SEC = 300;
const BACKUP_AGE_MAX_MIN = 75;
const RESTORE_TEST_AGE_MAX_DAYS = 8;

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
    entry: "watch/recovery.handler",
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
  schedule(context, "recoveryWatchRun", { live, everySec: EVERY_SEC, deadLetters });
  const common = { runbook: "backups", to: "pages", periodSec: EVERY_SEC, periods: 2, missing: "breaching" } as const;
  alarm(alarms, {
    ...common,
    name: "BackupLate",
    metric: "backupAge",
    says: `The newest backup of the database is older than ${BACKUP_AGE_MAX_MIN} minutes, or nobody knows. See the backup jobs.`,
    above: BACKUP_AGE_MAX_MIN,
  });
  alarm(alarms, {
    ...common,
    name: "RestoreTestLate",
    metric: "restoreTestAge",
    to: "tickets",
    says: `No restore test succeeded for ${RESTORE_TEST_AGE_MAX_DAYS} days. See the restore testing plan; restore once by hand.`,
    above: RESTORE_TEST_AGE_MAX_DAYS,
  });
}
