import { bucketPolicy, type BucketStatement, privateBucket } from "./bucket";
import type { Edge } from "./edge/edge";
import { type MediaDelivery, mediaDistribution } from "./edge/media";
import type { Place } from "./place";
import { replicate } from "./replication";
import type { Stage } from "./stage";

/** The bucket of pictures in one place, and the distribution before all of them. */
export interface Media {
  readonly place: Place;
  readonly bucket: $util.Output<string>;
  readonly arn: $util.Output<string>;
  /** The properties of the link Media. Absent where no edge stands in front: addresses of the bucket are signed then. */
  readonly delivery?: MediaDelivery | undefined;
  /** Of the distribution, for its metrics. */
  readonly distributionId?: $util.Output<string> | undefined;
  /** The bucket itself, for backups. */
  readonly made: aws.s3.Bucket;
}

// What lies in `uploads/` was never shown. A message about it may be tried for 14 days, and brought back from the dead letters at the end of them.
const UPLOAD_DAYS = 30;
// How long a deleted picture can still be brought back by us. People were promised that it is gone, so it is short.
export const DELETED_DAYS = 7;

/** The buckets of every place, alike in all of them, and one distribution that reads whichever has the picture. In the order of the places. */
export function media({ stage, places, edge }: { stage: Stage; places: readonly Place[]; edge?: Edge | undefined }): readonly Media[] {
  const buckets = places.map((place) => ({ place, bucket: bucketIn(stage, place) }));
  const [main, standby] = buckets;
  if (main && standby) replicate("Uploads", main, standby);
  const delivery = edge && mediaDistribution({ stage, edge, buckets });
  for (const { place, bucket } of buckets) {
    if (edge)
      new aws.s3.BucketLogging(
        `${place.prefix}UploadsLogging`,
        { bucket: bucket.bucket, targetBucket: edge.logs(place).bucket, targetPrefix: "s3/uploads/" },
        place.opts,
      );
    bucketPolicy("UploadsBucket", { bucket, place, statements: delivery ? [readableBy(delivery.distribution)] : [] });
  }
  return buckets.map(({ place, bucket }) => ({
    place,
    bucket: bucket.bucket,
    arn: bucket.arn,
    delivery: delivery?.properties,
    distributionId: delivery?.distribution.id,
    made: bucket,
  }));
}

function bucketIn(stage: Stage, place: Place): aws.s3.Bucket {
  const bucket = privateBucket("UploadsBucket", {
    stage,
    place,
    precious: true,
    lifecycle: [
      {
        id: "forgotten-uploads",
        status: "Enabled",
        filter: { prefix: "uploads/" },
        expiration: { days: UPLOAD_DAYS },
        noncurrentVersionExpiration: { noncurrentDays: 1 },
      },
      {
        id: "deleted-pictures",
        status: "Enabled",
        filter: { prefix: "" },
        noncurrentVersionExpiration: { noncurrentDays: DELETED_DAYS },
        expiration: { expiredObjectDeleteMarker: true },
      },
    ],
  });
  new aws.s3.BucketCorsConfiguration(
    `${place.prefix}UploadsCors`,
    {
      bucket: bucket.bucket,
      // Browsers post forms here, and nothing else: pictures are shown by <img>, which asks for no leave.
      corsRules: [
        {
          allowedMethods: ["POST"],
          allowedOrigins: stage.permanent ? [`https://${stage.domain}`] : ["http://localhost:*"],
          allowedHeaders: ["content-type"],
          maxAgeSeconds: 600,
        },
      ],
    },
    place.opts,
  );
  return bucket;
}

/** Only this distribution, and only what may be shown: an upload that nobody has looked at is never handed out. */
function readableBy(distribution: aws.cloudfront.Distribution): BucketStatement {
  return {
    sid: "Distribution",
    service: "cloudfront.amazonaws.com",
    actions: ["s3:GetObject"],
    paths: ["media/*"],
    conditions: { StringEquals: { "aws:SourceArn": distribution.arn } },
  };
}
