import type { Backend } from "./backend";
import { bucketPolicy, privateBucket, versioningOf } from "./bucket";
import { liveFunction } from "./functions";
import type { Place } from "./place";
import { replicate } from "./replication";
import type { Stage } from "./stage";

// A copy of what the stage is configured with outlives whoever wants it gone, and a year of changes can be read in them.
const LOCKED_DAYS = 35;
const KEPT_DAYS = 400;

/**
 * Once a day the configuration (parameters, names of secrets, SST's state) is copied into a bucket of the main place, and from there to the other region. SST
 * keeps its state in the main place alone: without that region, the copy is all that is left of it.
 */
export function configBackup({ stage, backends }: { stage: Stage; backends: readonly [Backend, ...Backend[]] }): void {
  const buckets = backends.map(({ place }) => ({ place, bucket: bucketIn(stage, place) }));
  const [first, second] = buckets;
  if (!first) throw new Error("The configuration has nowhere to be backed up to.");
  if (second) replicate("ConfigBackup", first, second, { locked: true });
  daily(stage, backends[0], first.bucket);
}

function bucketIn(stage: Stage, place: Place): aws.s3.Bucket {
  const bucket = privateBucket("ConfigBackupBucket", {
    stage,
    place,
    precious: true,
    lifecycle: [
      {
        id: "old",
        status: "Enabled",
        filter: { prefix: "" },
        expiration: { days: KEPT_DAYS },
        noncurrentVersionExpiration: { noncurrentDays: LOCKED_DAYS },
      },
    ],
  });
  new aws.s3.BucketObjectLockConfiguration(
    `${place.prefix}ConfigBackupLock`,
    // Of compliance in production: there nobody takes it off. Staging is rebuilt now and then.
    {
      bucket: bucket.bucket,
      rule: { defaultRetention: { mode: stage.kind === "production" ? "COMPLIANCE" : "GOVERNANCE", days: LOCKED_DAYS } },
    },
    { ...place.opts, parent: bucket, dependsOn: versioningOf(bucket) },
  );
  bucketPolicy("ConfigBackupBucket", { bucket, place, statements: [] });
  return bucket;
}

function daily(stage: Stage, { place, context }: Backend, bucket: aws.s3.Bucket): void {
  const { accountId: account } = aws.getCallerIdentityOutput({}, place.opts);
  const parameters = (path: string) => $interpolate`arn:aws:ssm:${place.region}:${account}:parameter/${path}/*`;
  const states = stateBucket(place);
  const live = liveFunction(context, {
    name: "ConfigBackupJob",
    description: "Copies what the stage is configured with",
    handler: "packages/functions/src/lambda/configBackup.handler",
    fixedName: `${$app.name}-${stage.name}-config-backup`,
    needs: [],
    links: [new sst.Linkable("ConfigBackup", { properties: { name: bucket.bucket } })],
    grants: [
      // These know no resources.
      { actions: ["ssm:DescribeParameters", "secretsmanager:ListSecrets"], resources: ["*"] },
      { actions: ["ssm:GetParameters"], resources: [parameters("pendo"), parameters("sst")] },
      {
        actions: ["s3:GetObject"],
        resources: ["app", "secret"].map((kind) => $interpolate`${states}/${kind}/${$app.name}/${stage.name}.json`),
      },
      { actions: ["s3:ListBucket"], resources: [states] },
      { actions: ["s3:PutObject"], resources: [$interpolate`${bucket.arn}/*`] },
    ],
    timeoutSec: 120,
    memoryMb: 512,
    unshifted: true,
  });
  const deadLetters = new sst.aws.Queue("BackupDeadLetters", {});
  context.deadLetters.push({ label: "backup", queue: deadLetters });
  // Also while the other place is active: SST's state stays here.
  new sst.aws.CronV2("ConfigBackupRun", { schedule: "cron(30 3 * * ? *)", function: live.fn.arn, retries: 2, dlq: deadLetters.arn });
}

/** SST says there which buckets are its own. */
function stateBucket(place: Place): $util.Output<string> {
  const { value } = aws.ssm.getParameterOutput({ name: "/sst/bootstrap" }, place.opts);
  return value.apply((text) => `arn:aws:s3:::${(JSON.parse(text) as { state: string }).state}`);
}
