import type { Place } from "./place";
import type { Stage } from "./stage";

export interface BucketArgs {
  readonly stage: Stage;
  readonly place: Place;
  /** Kept with every version, and not lost with the stage. What can be made again needs neither. */
  readonly precious?: boolean;
  readonly lifecycle: aws.types.input.s3.BucketLifecycleConfigurationRule[];
}

/** A statement of a bucket's policy; `paths` lie below the bucket, and without them the bucket itself is meant. */
export interface BucketStatement {
  readonly sid: string;
  readonly service: string;
  readonly actions: readonly string[];
  readonly paths?: readonly string[];
  /** Whose doing it must be: everybody's CloudFront and SES are the same service. */
  readonly conditions: Readonly<Record<string, Readonly<Record<string, $util.Input<string>>>>>;
}

/**
 * A bucket that nobody outside the account reads: no lists of access, no public policy, encrypted. Raw instead of SST's, whose policy lets in every
 * distribution of the world, whose CORS lets in every origin, and which empties itself when it is removed. It still needs `bucketPolicy`.
 */
export function privateBucket(component: string, { stage, place, precious = false, lifecycle }: BucketArgs): aws.s3.Bucket {
  const name = `${place.prefix}${component}`;
  const keep = precious && stage.permanent;
  const bucket = new aws.s3.Bucket(
    name,
    { bucketPrefix: `${$app.name}-${$app.stage}-${component.toLowerCase()}-`.slice(0, 37), forceDestroy: !keep },
    { ...place.opts, protect: keep && stage.kind === "production", retainOnDelete: keep },
  );
  const opts = { ...place.opts, parent: bucket };
  new aws.s3.BucketPublicAccessBlock(
    name,
    { bucket: bucket.bucket, blockPublicAcls: true, blockPublicPolicy: true, ignorePublicAcls: true, restrictPublicBuckets: true },
    opts,
  );
  new aws.s3.BucketOwnershipControls(name, { bucket: bucket.bucket, rule: { objectOwnership: "BucketOwnerEnforced" } }, opts);
  // S3's own keys: who may read the object may decrypt it, which is all that a key of ours would add, at the price of a call per picture.
  new aws.s3.BucketServerSideEncryptionConfiguration(
    name,
    { bucket: bucket.bucket, rules: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } }] },
    opts,
  );
  const versioning = precious
    ? new aws.s3.BucketVersioning(name, { bucket: bucket.bucket, versioningConfiguration: { status: "Enabled" } }, opts)
    : undefined;
  if (versioning) versionings.set(bucket, versioning);
  new aws.s3.BucketLifecycleConfiguration(
    name,
    {
      bucket: bucket.bucket,
      rules: [
        { id: "unfinished-uploads", status: "Enabled", filter: { prefix: "" }, abortIncompleteMultipartUpload: { daysAfterInitiation: 1 } },
        ...lifecycle,
      ],
    },
    { ...opts, ...(versioning && { dependsOn: versioning }) },
  );
  return bucket;
}

const versionings = new WeakMap<aws.s3.Bucket, aws.s3.BucketVersioning>();

/** What has to be there before a bucket can be copied or locked. To wait for a bucket is not to wait for what belongs to it. */
export function versioningOf(bucket: aws.s3.Bucket): aws.s3.BucketVersioning {
  const found = versionings.get(bucket);
  if (!found) throw new Error("The bucket keeps no versions: only a precious one does.");
  return found;
}

/** The one policy of a bucket: nothing without TLS 1.2, and what the statements allow to AWS's services. */
export function bucketPolicy(
  component: string,
  { bucket, place, statements }: { bucket: aws.s3.Bucket; place: Place; statements: readonly BucketStatement[] },
): void {
  const everything = [bucket.arn, $interpolate`${bucket.arn}/*`];
  const deny = { Effect: "Deny", Principal: "*", Action: "s3:*", Resource: everything };
  new aws.s3.BucketPolicy(
    `${place.prefix}${component}`,
    {
      bucket: bucket.bucket,
      policy: $jsonStringify({
        Version: "2012-10-17",
        Statement: [
          { Sid: "TlsOnly", ...deny, Condition: { Bool: { "aws:SecureTransport": "false" } } },
          { Sid: "NoOldTls", ...deny, Condition: { NumericLessThan: { "s3:TlsVersion": "1.2" } } },
          ...statements.map(({ sid, service, actions, paths, conditions }) => ({
            Sid: sid,
            Effect: "Allow",
            Principal: { Service: service },
            Action: actions,
            Resource: paths?.map((path) => $interpolate`${bucket.arn}/${path}`) ?? bucket.arn,
            Condition: conditions,
          })),
        ],
      }),
    },
    { ...place.opts, parent: bucket },
  );
}
