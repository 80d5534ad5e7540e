import { statementsOf, trustOf } from "../access.ts";
import type { Document } from "../evaluated.ts";
import type { Graph } from "../graph.ts";
import { allows, type Wish } from "../iam/simulate.ts";
import { kinds } from "../kinds.ts";
import { at, documentsAt, numberAt, textAt, textsAt } from "../read.ts";
import { failing, promised, type Promised, stated, unless } from "./promised.ts";

const plan = "aws:backup/plan:Plan";
const selection = "aws:backup/selection:Selection";
const vault = "aws:backup/vault:Vault";
const lock = "aws:backup/vaultLockConfiguration:VaultLockConfiguration";
const vaultPolicy = "aws:backup/vaultPolicy:VaultPolicy";
const regionSettings = "aws:backup/regionSettings:RegionSettings";

const permanent = ["production", "staging"] as const;

function rulesOf(graph: Graph, name: string): readonly Document[] {
  return documentsAt(graph.one(plan, name).inputs, "rules");
}
const ruleOf = (graph: Graph, name: string, rule: string) => rulesOf(graph, name).find((one) => textAt(one, "ruleName") === rule);
const everyRule = (graph: Graph) => graph.all(plan).flatMap(({ name }) => rulesOf(graph, name));

/** A rule that runs by a schedule, and keeps for so many days, in the vault of the place. */
function kept(says: string, [name, rule]: readonly [string, string], schedule: string, days: number): Promised {
  return {
    says,
    in: permanent,
    wrong: (graph) => {
      const found = ruleOf(graph, name, rule);
      return [
        ...unless(textAt(found, "schedule") === schedule, `it runs by ${textAt(found, "schedule")}`),
        ...unless(numberAt(found, "lifecycle.deleteAfter") === days, "days"),
        ...unless(textAt(found, "targetVaultName") === textAt(graph.one(vault, "Backups").inputs, "name"), "vault"),
      ];
    },
    broken: (draft) => draft.with(plan, name, "rules", []),
  };
}

const covers = (name: string, arn: (graph: Graph) => unknown): Promised => ({
  says: `what is backed up as ${name} is named by its ARN`,
  in: permanent,
  wrong: (graph) => {
    const chosen = graph.one(selection, name);
    return [
      ...unless(JSON.stringify(textsAt(chosen.inputs, "resources")) === JSON.stringify([arn(graph)]), "another resource"),
      ...unless(textAt(chosen.inputs, "planId") === graph.one(plan, name).id, "another plan"),
    ];
  },
  broken: (draft) => draft.with(selection, name, "resources", ["arn:aws:rds:eu-west-1:123456789012:cluster:other"]),
});

const plans: readonly Promised[] = [
  kept("the database is backed up every hour, and hours are kept for 14 days", ["DatabaseBackup", "hourly"], "cron(0 * * * ? *)", 14),
  kept("the database is backed up every day, and days are kept for 35 days", ["DatabaseBackup", "daily"], "cron(0 1 * * ? *)", 35),
  kept("the database is backed up every month, and months are kept for a year", ["DatabaseBackup", "monthly"], "cron(0 5 1 * ? *)", 365),
  kept(
    "pictures are backed up every day, and kept no longer than people were told that a deleted picture can be there",
    ["FilesBackup", "daily"],
    "cron(0 2 * * ? *)",
    7,
  ),
  covers("DatabaseBackup", (graph) => graph.one(kinds.cluster, "AuroraCluster").outputs["arn"]),
  covers("FilesBackup", (graph) => graph.one(kinds.bucket, "UploadsBucket").outputs["arn"]),
  {
    says: "an hourly backup begins within its hour",
    in: permanent,
    wrong: (graph) => everyRule(graph).flatMap((rule) => unless((numberAt(rule, "startWindow") ?? 480) <= 60, String(rule["ruleName"]))),
    broken: (draft) => draft.with(plan, "DatabaseBackup", "rules.0.startWindow", 480),
  },
  {
    says: "Aurora is opted in where it is backed up, without which AWS Backup passes it over",
    in: permanent,
    wrong: (graph) =>
      failing(graph.all(plan), ({ region }) =>
        graph
          .all(regionSettings)
          .some((settings) => settings.region === region && at(settings.inputs, "resourceTypeOptInPreference.Aurora") === true),
      ),
    broken: (draft) => draft.without(regionSettings, "BackupServices"),
  },
  {
    says: "the bucket that is backed up keeps versions, without which S3 can't be",
    in: permanent,
    wrong: (graph) =>
      unless(
        textAt(graph.one("aws:s3/bucketVersioning:BucketVersioning", "UploadsBucket").inputs, "versioningConfiguration.status") ===
          "Enabled",
        "none",
      ),
    broken: (draft) =>
      draft.with("aws:s3/bucketVersioning:BucketVersioning", "UploadsBucket", "versioningConfiguration.status", "Suspended"),
  },
  {
    says: "daily and monthly backups are copied to a vault in the other region, and kept there as long",
    in: ["production"],
    wrong: (graph) => {
      const other = graph.one(vault, "StandbyBackups");
      return everyRule(graph)
        .filter((rule) => textAt(rule, "ruleName") !== "hourly")
        .flatMap((rule) => {
          const [copy] = documentsAt(rule, "copyActions");
          const isCopied =
            copy !== undefined && textAt(copy, "destinationVaultArn") === other.outputs["arn"] && other.region === "eu-central-1";
          const isKept = numberAt(copy, "lifecycle.deleteAfter") === numberAt(rule, "lifecycle.deleteAfter");
          return unless(isCopied && isKept, String(rule["ruleName"]));
        });
    },
    broken: (draft) => draft.with(plan, "DatabaseBackup", "rules.1.copyActions", []),
  },
];

const vaults: readonly Promised[] = [
  {
    says: "each vault is encrypted with a key of its own, in its own region, which turns every year",
    in: permanent,
    wrong: (graph) => {
      const keys = graph.all(vault).map((one) => ({ one, key: graph.byArn(textAt(one.inputs, "kmsKeyArn") ?? "") }));
      return [
        ...failing(graph.all(vault), (one) => {
          const key = graph.byArn(textAt(one.inputs, "kmsKeyArn") ?? "");
          return key?.type === kinds.key && key.region === one.region && key.inputs["enableKeyRotation"] === true;
        }),
        ...unless(new Set(keys.map(({ key }) => key)).size === keys.length, "a key is shared"),
      ];
    },
    broken: (draft) => draft.with(vault, "Backups", "kmsKeyArn", undefined),
  },
  stated({
    says: "a vault is not removed with the stage",
    in: permanent,
    type: vault,
    names: ["Backups", "StandbyBackups"],
    inputs: { forceDestroy: false, protect: true, retainOnDelete: true },
    not: ["forceDestroy", true],
  }),
  stated({
    says: "the keys of backups outlive the stage, and wait a month when somebody deletes them",
    in: permanent,
    type: kinds.key,
    names: ["BackupKey", "StandbyBackupKey"],
    inputs: { deletionWindowInDays: 30, protect: true, retainOnDelete: true },
    not: ["deletionWindowInDays", 7],
  }),
  stated({
    says: "production's vaults are locked for good after 14 days of grace",
    in: ["production"],
    type: lock,
    names: ["Backups", "StandbyBackups"],
    inputs: { changeableForDays: 14, minRetentionDays: 7, maxRetentionDays: 400 },
    not: ["changeableForDays", undefined],
  }),
  stated({
    says: "staging's vault is locked against everybody but who administers the account",
    in: ["staging"],
    type: lock,
    names: ["Backups"],
    inputs: { changeableForDays: undefined, minRetentionDays: 7, maxRetentionDays: 400 },
    not: ["minRetentionDays", undefined],
  }),
  {
    says: "every backup is kept for as long as its vault's lock allows: one outside would fail",
    in: permanent,
    wrong: (graph) =>
      everyRule(graph).flatMap((rule) => {
        const days = numberAt(rule, "lifecycle.deleteAfter") ?? 0;
        return failing(
          graph.all(lock),
          ({ inputs }) => (numberAt(inputs, "minRetentionDays") ?? 0) <= days && days <= (numberAt(inputs, "maxRetentionDays") ?? 0),
        );
      }),
    broken: (draft) => draft.with(plan, "FilesBackup", "rules.0.lifecycle.deleteAfter", 3),
  },
  {
    says: "nobody deletes a backup, or shortens its life",
    in: permanent,
    wrong: (graph) =>
      failing(graph.all(vaultPolicy), ({ inputs }) => {
        const denied = documentsAt({ policy: at(inputs, "policy.Statement") }, "policy").filter(
          (one) => one["Effect"] === "Deny" && one["Principal"] === "*",
        );
        return ["backup:DeleteRecoveryPoint", "backup:UpdateRecoveryPointLifecycle"].every((action) =>
          denied.some((one) => textsAt(one, "Action").includes(action)),
        );
      }).concat(unless(graph.all(vaultPolicy).length === graph.all(vault).length, "a vault without a policy")),
    broken: (draft) => draft.with(vaultPolicy, "Backups", "policy.Statement.0.Effect", "Allow"),
  },
];

const account = "123456789012";
const cluster = (name: string) => `arn:aws:rds:eu-west-1:${account}:cluster:${name}`;
const living = (graph: Graph) => textAt(graph.one(kinds.cluster, "AuroraCluster").inputs, "clusterIdentifier") ?? "";

// What neither role may do: a backup must not be the way in.
const forbidden = (graph: Graph): Wish[] => [
  { action: "rds:DeleteDBCluster", resource: cluster(living(graph)) },
  { action: "rds:ModifyDBCluster", resource: cluster(living(graph)) },
  { action: "rds:RestoreDBClusterToPointInTime", resource: cluster(living(graph)) },
  { action: "s3:DeleteObject", resource: "arn:aws:s3:::UploadsBucket/media/a/original.webp" },
  { action: "s3:DeleteObjectVersion", resource: "arn:aws:s3:::UploadsBucket/media/a/original.webp" },
  { action: "s3:GetObject", resource: "arn:aws:s3:::ConfigBackupBucket/x" },
  { action: "s3:PutBucketPolicy", resource: "arn:aws:s3:::UploadsBucket" },
  { action: "backup:DeleteRecoveryPoint", resource: "*" },
  { action: "kms:ScheduleKeyDeletion", resource: String(graph.one(kinds.key, "BackupKey").outputs["arn"]) },
  { action: "iam:PassRole", resource: `arn:aws:iam::${account}:role/admin` },
  { action: "secretsmanager:GetSecretValue", resource: "*" },
  { action: "lambda:UpdateFunctionCode", resource: "*" },
];

/** A role of AWS Backup: who takes it on, what it may do, and what it may not. */
const role = (name: string, says: string, needed: (graph: Graph) => Wish[]): Promised => ({
  says,
  in: permanent,
  wrong: (graph) => {
    const made = graph.one(kinds.role, name);
    const statements = statementsOf(graph, made);
    const [trust, ...others] = trustOf(made);
    return [
      ...unless(others.length === 0 && JSON.stringify(trust?.principals) === '{"Service":["backup.amazonaws.com"]}', "trust"),
      ...unless(
        at(trust?.conditions, "StringEquals.aws:SourceAccount") !== undefined || JSON.stringify(trust?.conditions).includes(account),
        "another account's",
      ),
      ...needed(graph).flatMap((wish) => unless(allows(statements, wish), `may not ${wish.action} on ${wish.resource}`)),
      ...forbidden(graph).flatMap((wish) => unless(!allows(statements, wish), `may ${wish.action} on ${wish.resource}`)),
    ];
  },
  broken: (draft) =>
    draft
      .with(kinds.role, name, "inlinePolicies.0.policy.Statement.0.Action", ["*"])
      .with(kinds.role, name, "inlinePolicies.0.policy.Statement.0.Resource", "*"),
});

const snapshot = `arn:aws:rds:eu-west-1:${account}:cluster-snapshot:awsbackup:job-1`;
const roles: readonly Promised[] = [
  role("BackupRole", "who makes backups can read what it backs up, write backups, and nothing else", (graph) => [
    { action: "rds:CreateDBClusterSnapshot", resource: cluster(living(graph)) },
    { action: "rds:CreateDBClusterSnapshot", resource: snapshot },
    { action: "rds:CopyDBClusterSnapshot", resource: snapshot },
    { action: "kms:DescribeKey", resource: textAt(graph.one(kinds.cluster, "AuroraCluster").inputs, "kmsKeyId") ?? "" },
    { action: "s3:GetObjectVersion", resource: "arn:aws:s3:::UploadsBucket/media/a/original.webp" },
    { action: "s3:PutBucketNotification", resource: "arn:aws:s3:::UploadsBucket" },
    ...graph.all(vault).map(({ outputs }) => ({ action: "backup:CopyIntoBackupVault", resource: String(outputs["arn"]) })),
  ]),
  role("RestoreRole", "who restores can make clusters and buckets of names of their own, and touch none that serves people", (graph) => [
    { action: "rds:RestoreDBClusterFromSnapshot", resource: cluster("awsbackup-restore-test-1") },
    { action: "rds:RestoreDBClusterFromSnapshot", resource: cluster(`pendo-${graph.stage}-restored`) },
    { action: "rds:RestoreDBClusterFromSnapshot", resource: snapshot },
    { action: "rds:DeleteDBCluster", resource: cluster("awsbackup-restore-test-1") },
    { action: "s3:CreateBucket", resource: "arn:aws:s3:::awsbackup-restore-test-1" },
  ]),
];

const others: readonly Promised[] = [
  {
    says: "open sockets can be looked at as they were, though nobody restores them",
    in: permanent,
    wrong: (graph) => failing(graph.all(kinds.table), ({ inputs }) => at(inputs, "pointInTimeRecovery.enabled") === true),
    broken: (draft) => draft.with(kinds.table, "ConnectionsTableTable", "pointInTimeRecovery.enabled", false),
  },
  {
    says: "somebody is called when the newest backup is older than 75 minutes, and when nobody knows",
    in: permanent,
    wrong: (graph) => {
      const watch = textAt(graph.one(kinds.lambda, "RecoveryWatchFunction").inputs, "environment.variables.PENDO_BACKUP_VAULT");
      const { inputs } = graph.one(kinds.alarm, "BackupLate");
      return [
        ...unless(watch === textAt(graph.one(vault, "Backups").inputs, "name"), "another vault"),
        ...unless(numberAt(inputs, "threshold") === 75 && textAt(inputs, "treatMissingData") === "breaching", "threshold"),
        ...unless(textsAt(inputs, "alarmActions").length > 0, "nobody is called"),
      ];
    },
    broken: (draft) => draft.with(kinds.alarm, "BackupLate", "treatMissingData", "notBreaching"),
  },
  {
    says: "a preview is not backed up: it holds nobody's data",
    in: ["pr-42"],
    wrong: (graph) => [...graph.all(plan), ...graph.all(vault)].map(({ name }) => name),
    broken: (draft) => draft.adding(vault, "Backups", {}),
  },
];

promised("backups", plans);
promised("vaults", vaults);
promised("the roles of backups", roles);
promised("beside the vaults", others);
