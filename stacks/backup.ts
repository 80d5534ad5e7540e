import type { Backend } from "./backend";
import { backupRole, type BackupVault } from "./backupRoles";
import { configBackup } from "./configBackup";
import { DELETED_DAYS } from "./media";
import type { Place } from "./place";
import { restoreTests } from "./recovery";
import type { Stage } from "./stage";

/** How long the database's backups are kept, by how often they are made. Hours beyond the window of point-in-time recovery would cost their full size. */
const KEPT_DAYS = { hourly: 14, daily: 35, monthly: 365 } as const;
// Nothing in a vault may be kept for less, or for longer: a pipeline that was taken over can neither empty it nor fill it for ever.
const LOCK_DAYS = { min: DELETED_DAYS, max: 400 } as const;
// Until then the lock of production can still be taken off; after that nobody can, not even AWS.
const LOCK_GRACE_DAYS = 14;

/**
 * Backups of a permanent stage, in its active place, with copies in the other. Answers the vault that they are made into.
 *
 * - database: every hour, day and month, beside Aurora's own point-in-time recovery. Copies go out daily: each one carries the whole database over, and
 *   the global database has carried every second over already.
 * - pictures: every day, for as long as people were told that a deleted picture can still be there.
 * - configuration: see configBackup.ts.
 * - open sockets: none. Rows live for two hours at most and belong to connections that a restored table could not bring back; the table's point-in-time
 *   recovery is there for whoever wants to look at the past.
 * - search and cache: none. Both are made from the database.
 */
export function backup({ stage, backends }: { stage: Stage; backends: readonly [Backend, ...Backend[]] }): BackupVault | undefined {
  if (!stage.permanent) return undefined;
  const vaults = backends.map(({ place }) => vault(stage, place));
  const active = backends.find(({ place }) => place.active) ?? backends[0];
  const own = vaults.find(({ place }) => place === active.place);
  const { cluster } = active.stores.database;
  if (!own || !cluster) throw new Error(`There is nothing to back up in ${active.place.region}.`);
  const role = backupRole({ stage, backend: active, cluster, vaults });
  optIn(active.place);
  const copies = vaults.filter((one) => one !== own);
  plan({ stage, own, role, name: "Database", resource: cluster.arn, rules: databaseRules(copies) });
  plan({ stage, own, role, name: "Files", resource: active.stores.media.arn, rules: fileRules(copies) });
  restoreTests({ stage, backend: active, cluster, vault: own });
  configBackup({ stage, backends });
  return own;
}

/** A vault with a key of its own, from which nobody takes anything before its time. */
function vault(stage: Stage, place: Place): BackupVault {
  const name = `${place.prefix}Backups`;
  const key = new aws.kms.Key(
    `${place.prefix}BackupKey`,
    { description: `Backups of ${$app.name} ${stage.name}`, enableKeyRotation: true, deletionWindowInDays: 30 },
    { ...place.opts, protect: true, retainOnDelete: true },
  );
  const made = new aws.backup.Vault(
    name,
    { name: `${$app.name}-${stage.name}`, kmsKeyArn: key.arn, forceDestroy: false },
    { ...place.opts, protect: true, retainOnDelete: true },
  );
  new aws.backup.VaultLockConfiguration(
    name,
    {
      backupVaultName: made.name,
      minRetentionDays: LOCK_DAYS.min,
      maxRetentionDays: LOCK_DAYS.max,
      // Without days of grace the lock is one of governance, which whoever administers the account can take off.
      ...(stage.kind === "production" && { changeableForDays: LOCK_GRACE_DAYS }),
    },
    { ...place.opts, protect: true, retainOnDelete: true },
  );
  new aws.backup.VaultPolicy(
    name,
    {
      backupVaultName: made.name,
      policy: $jsonStringify({
        Version: "2012-10-17",
        Statement: [
          {
            Sid: "NobodyDeletes",
            Effect: "Deny",
            Principal: "*",
            Action: ["backup:DeleteRecoveryPoint", "backup:UpdateRecoveryPointLifecycle", "backup:DisassociateRecoveryPoint"],
            Resource: "*",
          },
        ],
      }),
    },
    place.opts,
  );
  return { place, name: made.name, arn: made.arn, keyArn: key.arn };
}

/** AWS Backup passes Aurora over, even where it is named, in a region that has not asked for it. The setting is the account's. */
function optIn(place: Place): void {
  new aws.backup.RegionSettings(
    `${place.prefix}BackupServices`,
    { resourceTypeOptInPreference: { Aurora: true, S3: true } },
    // Others may have asked for more; what they asked for is theirs.
    { ...place.opts, ignoreChanges: ["resourceTypeOptInPreference"], retainOnDelete: true },
  );
}

type Rule = Omit<aws.types.input.backup.PlanRule, "targetVaultName">;

function rule(ruleName: string, schedule: string, days: number, copies: readonly BackupVault[]): Rule {
  const lifecycle = { deleteAfter: days };
  return {
    ruleName,
    schedule,
    scheduleExpressionTimezone: "Etc/UTC",
    // The shortest that there is. A backup that has not begun by then is given up, and the next hour's is due.
    startWindow: 60,
    completionWindow: 240,
    lifecycle,
    copyActions: copies.map(({ arn }) => ({ destinationVaultArn: arn, lifecycle })),
  };
}

/** Continuous backups stay Aurora's own: AWS Backup would take the cluster's retention over, which the stacks say already. */
function databaseRules(copies: readonly BackupVault[]): Rule[] {
  return [
    rule("hourly", "cron(0 * * * ? *)", KEPT_DAYS.hourly, []),
    rule("daily", "cron(0 1 * * ? *)", KEPT_DAYS.daily, copies),
    rule("monthly", "cron(0 5 1 * ? *)", KEPT_DAYS.monthly, copies),
  ];
}

function fileRules(copies: readonly BackupVault[]): Rule[] {
  return [rule("daily", "cron(0 2 * * ? *)", DELETED_DAYS, copies)];
}

interface PlanArgs {
  readonly stage: Stage;
  readonly own: BackupVault;
  readonly role: aws.iam.Role;
  readonly name: "Database" | "Files";
  readonly resource: $util.Input<string>;
  readonly rules: readonly Rule[];
}

/** By ARN: a tag is quickly forgotten, and quickly set by somebody who may not back up anything. */
function plan({ stage, own, role, name, resource, rules }: PlanArgs): void {
  const { place } = own;
  const made = new aws.backup.Plan(
    `${place.prefix}${name}Backup`,
    {
      name: `${$app.name}-${stage.name}-${name.toLowerCase()}`,
      rules: rules.map((one) => ({ ...one, targetVaultName: own.name })),
    },
    place.opts,
  );
  new aws.backup.Selection(
    `${place.prefix}${name}Backup`,
    { name: name.toLowerCase(), planId: made.id, iamRoleArn: role.arn, resources: [resource] },
    place.opts,
  );
}
