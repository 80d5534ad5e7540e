import { statementsOf } from "../access.ts";
import { allows, type Wish } from "../iam/simulate.ts";
import { kinds } from "../kinds.ts";
import { at, documentsAt, flagAt, textAt } from "../read.ts";
import { promised, type Promised, stated, unless } from "./promised.ts";

const permanent = ["production", "staging"] as const;
const both = ["ConfigBackupBucket", "StandbyConfigBackupBucket"];
const lock = "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration";
const schedule = "aws:scheduler/schedule:Schedule";
const replication = "aws:s3/bucketReplicationConfig:BucketReplicationConfig";
const versioning = "aws:s3/bucketVersioning:BucketVersioning";

const configuration: readonly Promised[] = [
  {
    says: "it is copied every day, also while the other place is active, and a run that fails is kept",
    in: permanent,
    wrong: (graph) => {
      const { inputs } = graph.one(schedule, "ConfigBackupRunSchedule");
      const lambda = graph.byArn(textAt(inputs, "target.arn") ?? "");
      return [
        ...unless(textAt(inputs, "scheduleExpression") === "cron(30 3 * * ? *)" && textAt(inputs, "state") === "ENABLED", "schedule"),
        ...unless(lambda?.name === "ConfigBackupJobFunction", "another function"),
        ...unless(textAt(inputs, "target.deadLetterConfig.arn") !== undefined, "no dead letters"),
      ];
    },
    broken: (draft) => draft.with(schedule, "ConfigBackupRunSchedule", "state", "DISABLED"),
  },
  {
    says: "the function is linked to its bucket, and to nothing else",
    in: permanent,
    wrong: (graph) => {
      const build = graph.functions.find(({ functionID }) => functionID === "ConfigBackupJob");
      const linked = Object.keys(build?.links ?? {});
      return unless(
        linked.join() === "ConfigBackup" &&
          textAt(build?.links["ConfigBackup"], "name") === graph.one(kinds.bucket, "ConfigBackupBucket").id,
        linked.join(),
      );
    },
    broken: (draft) => ({ ...draft, functions: draft.functions.map((build) => ({ ...build, links: {} })) }),
  },
  {
    says: "the function may read names, parameters and SST's state of its stage, and decrypt nothing",
    in: permanent,
    wrong: (graph) => {
      const statements = statementsOf(graph, graph.roleOf(graph.one(kinds.lambda, "ConfigBackupJobFunction")));
      const [ssm, states] = [`arn:aws:ssm:eu-west-1:${graph.account}:parameter`, "arn:aws:s3:::sst-state-offline"];
      const needed: Wish[] = [
        { action: "ssm:DescribeParameters", resource: "*" },
        { action: "secretsmanager:ListSecrets", resource: "*" },
        { action: "ssm:GetParameters", resource: `${ssm}/pendo/${graph.stage}/shared` },
        { action: "ssm:GetParameters", resource: `${ssm}/sst/bootstrap` },
        { action: "s3:GetObject", resource: `${states}/app/pendo/${graph.stage}.json` },
        { action: "s3:GetObject", resource: `${states}/secret/pendo/${graph.stage}.json` },
        { action: "s3:ListBucket", resource: states },
        { action: "s3:PutObject", resource: `arn:aws:s3:::ConfigBackupBucket/${graph.stage}/now/backup.json` },
      ];
      const harmful: Wish[] = [
        { action: "kms:Decrypt", resource: "*" },
        { action: "secretsmanager:GetSecretValue", resource: "*" },
        { action: "ssm:GetParameters", resource: `${ssm}/other/secret` },
        { action: "ssm:PutParameter", resource: `${ssm}/sst/bootstrap` },
        { action: "s3:GetObject", resource: `${states}/app/pendo/another.json` },
        { action: "s3:PutObject", resource: `${states}/app/pendo/${graph.stage}.json` },
        { action: "s3:DeleteObject", resource: "arn:aws:s3:::ConfigBackupBucket/x" },
        { action: "s3:BypassGovernanceRetention", resource: "arn:aws:s3:::ConfigBackupBucket/x" },
        { action: "s3:GetObject", resource: "arn:aws:s3:::UploadsBucket/media/x" },
        { action: "iam:PassRole", resource: "*" },
      ];
      return [
        ...needed.flatMap((wish) => unless(allows(statements, wish), `may not ${wish.action} on ${wish.resource}`)),
        ...harmful.flatMap((wish) => unless(!allows(statements, wish), `may ${wish.action} on ${wish.resource}`)),
      ];
    },
    broken: (draft) => draft.with(kinds.role, "ConfigBackupJobRole", "inlinePolicies", []),
  },
  stated({
    says: "production's copies cannot be deleted by anybody for 35 days",
    in: ["production"],
    type: lock,
    names: ["ConfigBackupLock", "StandbyConfigBackupLock"],
    inputs: { "rule.defaultRetention.mode": "COMPLIANCE", "rule.defaultRetention.days": 35 },
    not: ["rule.defaultRetention.mode", "GOVERNANCE"],
  }),
  stated({
    says: "staging's copies cannot be deleted in passing for 35 days",
    in: ["staging"],
    type: lock,
    names: ["ConfigBackupLock"],
    inputs: { "rule.defaultRetention.mode": "GOVERNANCE", "rule.defaultRetention.days": 35 },
    not: ["rule.defaultRetention.days", 0],
  }),
  stated({
    says: "they are kept with every version",
    in: permanent,
    type: versioning,
    names: both,
    inputs: { "versioningConfiguration.status": "Enabled" },
    not: ["versioningConfiguration.status", "Suspended"],
  }),
  stated({
    says: "the bucket is not emptied or removed with the stage",
    in: permanent,
    type: kinds.bucket,
    names: both,
    inputs: { forceDestroy: false, retainOnDelete: true },
    not: ["forceDestroy", true],
  }),
  stated({
    says: "they are encrypted",
    in: permanent,
    type: "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
    names: both,
    inputs: { "rules.0.applyServerSideEncryptionByDefault.sseAlgorithm": "AES256" },
    not: ["rules", []],
  }),
  stated({
    says: "nobody reads them from outside the account",
    in: permanent,
    type: "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
    names: both,
    inputs: { blockPublicAcls: true, blockPublicPolicy: true, ignorePublicAcls: true, restrictPublicBuckets: true },
    not: ["blockPublicPolicy", false],
  }),
  {
    says: "they are copied to the other region, by a role that can read for how long they are locked",
    in: ["production"],
    wrong: (graph) => {
      const { inputs } = graph.one(replication, "ConfigBackupReplication");
      const [rule] = documentsAt(inputs, "rules");
      const other = graph.one(kinds.bucket, "StandbyConfigBackupBucket");
      const statements = statementsOf(graph, graph.one(kinds.role, "ConfigBackupReplication"));
      return [
        ...unless(
          textAt(rule, "destination.bucket") === other.outputs["arn"] &&
            other.region === "eu-central-1" &&
            textAt(rule, "status") === "Enabled",
          "copies",
        ),
        ...unless(allows(statements, { action: "s3:GetObjectRetention", resource: "arn:aws:s3:::ConfigBackupBucket/x" }), "retention"),
      ];
    },
    broken: (draft) => draft.with(replication, "ConfigBackupReplication", "rules.0.status", "Disabled"),
  },
  {
    says: "copying and locking wait until the bucket keeps versions, without which S3 refuses both",
    in: ["production"],
    wrong: (graph) =>
      [...graph.all(replication), ...graph.all(lock)].flatMap((resource) => {
        const waits = graph.dependencies(resource, versioning).map(({ inputs }) => textAt(inputs, "bucket"));
        const wanted = [
          textAt(resource.inputs, "bucket"),
          ...documentsAt(resource.inputs, "rules").map((rule) => textAt(rule, "destination.bucket")?.split(":").at(-1)),
        ];
        return unless(
          wanted.every((bucket) => waits.includes(bucket)),
          resource.name,
        );
      }),
    broken: (draft) => ({
      ...draft,
      resources: draft.resources.map((one) => (one.name === "UploadsReplication" ? { ...one, dependsOn: [] } : one)),
    }),
  },
  {
    says: "the function is called by a name that runbooks know",
    in: permanent,
    wrong: (graph) => {
      const { inputs } = graph.one(kinds.lambda, "ConfigBackupJobFunction");
      return unless(
        textAt(inputs, "name") === `pendo-${graph.stage}-config-backup` &&
          flagAt(inputs, "publish") !== undefined &&
          at(inputs, "timeout") === 120,
        "name",
      );
    },
    broken: (draft) => draft.with(kinds.lambda, "ConfigBackupJobFunction", "name", "other"),
  },
];

promised("the configuration's copies", configuration);
