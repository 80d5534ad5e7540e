import { versioningOf } from "./bucket";
import type { Place } from "./place";

interface Side {
  readonly place: Place;
  readonly bucket: aws.s3.Bucket;
}

interface Options {
  /** Objects can't be deleted before their time, and neither can their copies. */
  readonly locked?: boolean;
}

/**
 * Copies every object and every deletion from each bucket to the other, most of them within seconds and all within 15 minutes. Both ways, so that what
 * is written while the other region serves is there when the first one serves again. Replicas are not copied back.
 */
export function replicate(name: string, one: Side, other: Side, options: Options = {}): void {
  copy(`${name}Replication`, one, other, options);
  copy(`Standby${name}Replication`, other, one, options);
}

function copy(name: string, from: Side, to: Side, { locked = false }: Options): void {
  const account = aws.getCallerIdentityOutput({}, from.place.opts).accountId;
  const role = new aws.iam.Role(name, {
    description: `Copies objects of ${name} to the other region`,
    assumeRolePolicy: $jsonStringify({
      Version: "2012-10-17",
      Statement: [
        {
          Effect: "Allow",
          Action: "sts:AssumeRole",
          Principal: { Service: "s3.amazonaws.com" },
          Condition: { StringEquals: { "aws:SourceAccount": account, "aws:SourceArn": from.bucket.arn } },
        },
      ],
    }),
    inlinePolicies: [
      { name: "copy", policy: $jsonStringify({ Version: "2012-10-17", Statement: mayCopy(from.bucket, to.bucket, locked) }) },
    ],
  });
  new aws.s3.BucketReplicationConfig(
    name,
    {
      bucket: from.bucket.bucket,
      role: role.arn,
      rules: [
        {
          id: "everything",
          status: "Enabled",
          priority: 1,
          filter: { prefix: "" },
          deleteMarkerReplication: { status: "Enabled" },
          destination: {
            bucket: to.bucket.arn,
            replicationTime: { status: "Enabled", time: { minutes: 15 } },
            metrics: { status: "Enabled", eventThreshold: { minutes: 15 } },
          },
        },
      ],
    },
    // Both buckets must keep versions before either is copied.
    { ...from.place.opts, dependsOn: [versioningOf(from.bucket), versioningOf(to.bucket)] },
  );
}

function mayCopy(from: aws.s3.Bucket, to: aws.s3.Bucket, locked: boolean) {
  const allow = (Action: string[], Resource: $util.Input<string>) => ({ Effect: "Allow", Action, Resource });
  return [
    allow(["s3:GetReplicationConfiguration", "s3:ListBucket"], from.arn),
    allow(["s3:GetObjectVersionForReplication", "s3:GetObjectVersionAcl", "s3:GetObjectVersionTagging"], $interpolate`${from.arn}/*`),
    // S3 copies nothing out of a bucket with a lock unless it can read for how long.
    ...(locked ? [allow(["s3:GetObjectRetention", "s3:GetObjectLegalHold"], $interpolate`${from.arn}/*`)] : []),
    allow(["s3:ReplicateObject", "s3:ReplicateDelete", "s3:ReplicateTags"], $interpolate`${to.arn}/*`),
  ];
}
