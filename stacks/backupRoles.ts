import type { Backend } from "./backend";
import type { Cluster } from "./aurora";
import type { Grant } from "./grants";
import type { Place } from "./place";
import type { Stage } from "./stage";

/** Where the backups of a place lie. */
export interface BackupVault {
  readonly place: Place;
  readonly name: $util.Output<string>;
  readonly arn: $util.Output<string>;
  readonly keyArn: $util.Output<string>;
}

interface BackupRoleArgs {
  readonly stage: Stage;
  readonly backend: Backend;
  readonly cluster: Cluster;
  /** Those that are backed up to, and copied to. */
  readonly vaults: readonly BackupVault[];
}

/** What AWS Backup calls the snapshots that it makes. */
const SNAPSHOTS = "cluster-snapshot:awsbackup:*";

/** Reads what is backed up and writes the backups. It can restore nothing, and delete no backup of Aurora's own. */
export function backupRole({ stage, backend, cluster, vaults }: BackupRoleArgs): aws.iam.Role {
  const { place, stores } = backend;
  const account = aws.getCallerIdentityOutput({}, place.opts).accountId;
  const rds = (what: string, regions: readonly string[]) => regions.map((region) => $interpolate`arn:aws:rds:${region}:${account}:${what}`);
  const regions = vaults.map((vault) => vault.place.region);
  const bucket = stores.media.arn;
  return roleFor(`${place.prefix}BackupRole`, place, `Makes the backups of ${$app.name} ${stage.name}`, [
    {
      actions: ["rds:CreateDBClusterSnapshot", "rds:DescribeDBClusters", "rds:ListTagsForResource"],
      resources: [cluster.arn, ...rds(SNAPSHOTS, [place.region])],
    },
    {
      actions: [
        "rds:AddTagsToResource",
        "rds:CopyDBClusterSnapshot",
        "rds:DescribeDBClusterSnapshots",
        "rds:ListTagsForResource",
        "rds:ModifyDBClusterSnapshotAttribute",
        "rds:DeleteDBClusterSnapshot",
      ],
      resources: rds(SNAPSHOTS, regions),
    },
    {
      actions: [
        "s3:GetBucketVersioning",
        "s3:GetBucketLocation",
        "s3:GetBucketTagging",
        "s3:GetBucketAcl",
        "s3:ListBucket",
        "s3:ListBucketVersions",
        "s3:GetInventoryConfiguration",
        "s3:PutInventoryConfiguration",
        "s3:GetBucketNotification",
        "s3:PutBucketNotification",
      ],
      resources: [bucket],
    },
    {
      actions: [
        "s3:GetObject",
        "s3:GetObjectAcl",
        "s3:GetObjectTagging",
        "s3:GetObjectVersion",
        "s3:GetObjectVersionAcl",
        "s3:GetObjectVersionTagging",
      ],
      resources: [$interpolate`${bucket}/*`],
    },
    {
      // How AWS Backup hears of changes between two backups of a bucket.
      actions: [
        "events:DescribeRule",
        "events:PutRule",
        "events:EnableRule",
        "events:DisableRule",
        "events:DeleteRule",
        "events:PutTargets",
        "events:RemoveTargets",
        "events:ListTargetsByRule",
      ],
      resources: [$interpolate`arn:aws:events:${place.region}:${account}:rule/AwsBackupManagedRule*`],
    },
    // These know no resources.
    { actions: ["events:ListRules", "cloudwatch:GetMetricData", "tag:GetResources", "s3:ListAllMyBuckets"], resources: ["*"] },
    { actions: ["backup:DescribeBackupVault", "backup:CopyIntoBackupVault"], resources: vaults.map(({ arn }) => arn) },
    ...useOfKeys([cluster.keyArn, ...vaults.map(({ keyArn }) => keyArn)]),
  ]);
}

interface RestoreRoleArgs {
  readonly stage: Stage;
  readonly backend: Backend;
  readonly cluster: Cluster;
  readonly vault: BackupVault;
}

/** What a restored cluster's name begins with, when people restore it; restore tests have a prefix of AWS's. */
const RESTORED = "restored";
const TESTED = "awsbackup-restore-test-";

/** Makes clusters and buckets of backups, under names of its own: nothing that serves people can be written over or removed with it. */
export function restoreRole({ stage, backend, cluster, vault }: RestoreRoleArgs): aws.iam.Role {
  const { place, stores } = backend;
  const account = aws.getCallerIdentityOutput({}, place.opts).accountId;
  const rds = (what: string) => $interpolate`arn:aws:rds:${place.region}:${account}:${what}`;
  const restored = [rds(`cluster:${$app.name}-${stage.name}-${RESTORED}*`), rds(`cluster:${TESTED}*`)];
  const buckets = [stores.media.arn, `arn:aws:s3:::${TESTED}*`];
  return roleFor(`${place.prefix}RestoreRole`, place, `Restores backups of ${$app.name} ${stage.name}`, [
    {
      actions: ["rds:RestoreDBClusterFromSnapshot", "rds:DescribeDBClusters", "rds:AddTagsToResource", "rds:ListTagsForResource"],
      resources: [...restored, rds(SNAPSHOTS), rds("subgrp:*"), rds("cluster-pg:*")],
    },
    { actions: ["rds:DescribeDBClusterSnapshots"], resources: [rds(SNAPSHOTS)] },
    // A test cleans up behind itself.
    { actions: ["rds:DeleteDBCluster"], resources: [rds(`cluster:${TESTED}*`)] },
    {
      actions: [
        "s3:CreateBucket",
        "s3:GetBucketLocation",
        "s3:GetBucketVersioning",
        "s3:PutBucketVersioning",
        "s3:GetBucketOwnershipControls",
        "s3:PutBucketOwnershipControls",
        "s3:ListBucket",
        "s3:ListBucketVersions",
      ],
      resources: buckets,
    },
    {
      actions: [
        "s3:GetObject",
        "s3:GetObjectVersion",
        "s3:GetObjectAcl",
        "s3:GetObjectVersionAcl",
        "s3:GetObjectTagging",
        "s3:PutObject",
        "s3:PutObjectTagging",
        "s3:PutObjectAcl",
        "s3:PutObjectVersionAcl",
        "s3:ListMultipartUploadParts",
      ],
      resources: buckets.map((bucket) => $interpolate`${bucket}/*`),
    },
    ...useOfKeys([cluster.keyArn, vault.keyArn]),
  ]);
}

/** What encrypting and decrypting with a key through another service takes. */
function useOfKeys(resources: $util.Input<string>[]): (Grant & { readonly condition?: object })[] {
  return [
    {
      actions: ["kms:DescribeKey", "kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey", "kms:ReEncryptFrom", "kms:ReEncryptTo"],
      resources,
    },
    { actions: ["kms:CreateGrant"], resources, condition: { Bool: { "kms:GrantIsForAWSResource": "true" } } },
  ];
}

function roleFor(
  name: string,
  place: Place,
  description: string,
  grants: readonly (Grant & { readonly condition?: object })[],
): aws.iam.Role {
  const account = aws.getCallerIdentityOutput({}, place.opts).accountId;
  return new aws.iam.Role(
    name,
    {
      description,
      assumeRolePolicy: $jsonStringify({
        Version: "2012-10-17",
        Statement: [
          {
            Effect: "Allow",
            Action: "sts:AssumeRole",
            Principal: { Service: "backup.amazonaws.com" },
            Condition: { StringEquals: { "aws:SourceAccount": account } },
          },
        ],
      }),
      inlinePolicies: [
        {
          name: "backup",
          policy: $jsonStringify({
            Version: "2012-10-17",
            Statement: grants.map(({ actions, resources, condition }) => ({
              Effect: "Allow",
              Action: actions,
              Resource: resources,
              ...(condition && { Condition: condition }),
            })),
          }),
        },
      ],
    },
    place.opts,
  );
}
