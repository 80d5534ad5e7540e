import { bucketPolicy, privateBucket } from "./bucket";
import type { Place } from "./place";
import type { Stage } from "./stage";

/** Where S3 and CloudFront write down who asked for what. S3 writes only to a bucket of its own region, so every place has one. */
export function accessLogs({ stage, place }: { stage: Stage; place: Place }): aws.s3.Bucket {
  const bucket = privateBucket("AccessLogs", {
    stage,
    place,
    lifecycle: [{ id: "old", status: "Enabled", filter: { prefix: "" }, expiration: { days: stage.logDays } }],
  });
  const account = aws.getCallerIdentityOutput({}, place.opts).accountId;
  bucketPolicy("AccessLogs", {
    bucket,
    place,
    statements: [
      {
        sid: "S3",
        service: "logging.s3.amazonaws.com",
        actions: ["s3:PutObject"],
        paths: ["s3/*"],
        conditions: { StringEquals: { "aws:SourceAccount": account } },
      },
      {
        sid: "CloudFront",
        service: "delivery.logs.amazonaws.com",
        actions: ["s3:PutObject"],
        paths: ["AWSLogs/*"],
        conditions: {
          StringEquals: { "aws:SourceAccount": account, "s3:x-amz-acl": "bucket-owner-full-control" },
          ArnLike: { "aws:SourceArn": $interpolate`arn:aws:logs:us-east-1:${account}:delivery-source:*` },
        },
      },
    ],
  });
  return bucket;
}
