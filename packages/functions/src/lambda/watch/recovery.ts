import {
  BackupClient,
  ListRecoveryPointsByBackupVaultCommand,
  type ListRecoveryPointsByBackupVaultCommandOutput,
  ListRestoreJobsCommand,
  type ListRestoreJobsCommandOutput,
} from "@aws-sdk/client-backup";
import { boundedCalls } from "@pendo/core/ports/awsFailure";
import { lambdaObserver } from "../observer.ts";
import { inOwnTrace } from "../ownTrace.ts";

/**
 * Measures how old the newest backup of the database is, and how long ago a restore test last succeeded. AWS counts jobs, but an alarm of CloudWatch
 * looks back a week at most, and a job that never started is counted nowhere.
 *
 * - metrics of the stage, dimension `watch: recovery`: `backupAgeMin`, `restoreTestAgeDays`; where there is none at all, the age is what was looked at
 * - env PENDO_BACKUP_VAULT: the vault · IAM: `backup:ListRecoveryPointsByBackupVault` on it, `backup:ListRestoreJobs` on `*`
 * - no links; no VPC; every 5 minutes; timeout 30 s, memory 512 MB
 */
export const handler = (): Promise<Ages> => inOwnTrace(watch);

async function watch(): Promise<Ages> {
  const vault = process.env["PENDO_BACKUP_VAULT"];
  if (!vault) throw new Error("PENDO_BACKUP_VAULT does not say where backups are.");
  const stage = process.env["PENDO_STAGE"];
  const observer = lambdaObserver({ write: (line) => process.stdout.write(`${line}\n`), ...(stage && { stage }) });
  const ages = await agesOf(new BackupClient({ ...boundedCalls }), vault, new Date());
  observer.measure({ watch: "recovery" }, { backupAgeMin: ages.backupAgeMin, restoreTestAgeDays: ages.restoreTestAgeDays });
  observer.line("info", { kind: "recovery", ...ages });
  await observer.flush();
  return ages;
}

export interface Ages {
  readonly backupAgeMin: number;
  readonly restoreTestAgeDays: number;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
// How far back is looked: beyond that it makes no difference any more.
const BACKUPS_WITHIN_MS = 12 * HOUR_MS;
const TESTS_WITHIN_MS = 30 * DAY_MS;
const PAGES_MAX = 10;

/** The ages at a moment. */
export async function agesOf(backup: BackupClient, vault: string, now: Date): Promise<Ages> {
  const [backedUp, tested] = await Promise.all([newestBackup(backup, vault, now), newestTest(backup, now)]);
  const ageMs = (at: number, atMostMs: number): number => Math.min(Math.max(0, now.getTime() - at), atMostMs);
  return {
    backupAgeMin: Math.round(ageMs(backedUp, BACKUPS_WITHIN_MS) / 60_000),
    restoreTestAgeDays: Math.round((ageMs(tested, TESTS_WITHIN_MS) / DAY_MS) * 100) / 100,
  };
}

async function newestBackup(backup: BackupClient, vault: string, now: Date): Promise<number> {
  const query = {
    BackupVaultName: vault,
    ByResourceType: "Aurora",
    ByCreatedAfter: new Date(now.getTime() - BACKUPS_WITHIN_MS),
  };
  let [newest, next]: [number, string | undefined] = [0, undefined];
  for (let page = 0; page < PAGES_MAX; page += 1) {
    const { RecoveryPoints = [], NextToken }: ListRecoveryPointsByBackupVaultCommandOutput = await backup.send(
      new ListRecoveryPointsByBackupVaultCommand({ ...query, ...(next !== undefined && { NextToken: next }) }),
    );
    // What a backup holds is the state at its start, and not when it was done.
    for (const { Status, CreationDate } of RecoveryPoints)
      if (Status === "COMPLETED" || Status === "AVAILABLE") newest = Math.max(newest, CreationDate?.getTime() ?? 0);
    if (NextToken === undefined) break;
    next = NextToken;
  }
  return newest;
}

async function newestTest(backup: BackupClient, now: Date): Promise<number> {
  const query = { ByStatus: "COMPLETED" as const, ByCompleteAfter: new Date(now.getTime() - TESTS_WITHIN_MS) };
  let [newest, next]: [number, string | undefined] = [0, undefined];
  for (let page = 0; page < PAGES_MAX; page += 1) {
    const { RestoreJobs = [], NextToken }: ListRestoreJobsCommandOutput = await backup.send(
      new ListRestoreJobsCommand({ ...query, ...(next !== undefined && { NextToken: next }) }),
    );
    // A restore that somebody made by hand is no test, and one whose data did not hold up is no success.
    for (const { CreatedBy, ValidationStatus, CompletionDate } of RestoreJobs) {
      const isTest = CreatedBy?.RestoreTestingPlanArn !== undefined;
      const isGood = ValidationStatus !== "FAILED" && ValidationStatus !== "TIMED_OUT";
      if (isTest && isGood) newest = Math.max(newest, CompletionDate?.getTime() ?? 0);
    }
    if (NextToken === undefined) break;
    next = NextToken;
  }
  return newest;
}
