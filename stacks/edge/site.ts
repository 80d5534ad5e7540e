import { join } from "node:path";
import { writeSite } from "@pendo/scripts/site/write";
import { bucketPolicy, privateBucket } from "../bucket";
import type { Place } from "../place";
import type { Stage } from "../stage";
import { bucketOrigin, distribution } from "./distribution";
import type { Edge } from "./edge";

/** AWS's own policy: keeps what `Cache-Control` allows, under the address alone. */
const CACHE_ALL = "658327ea-f89d-4fab-a63d-7e88639e58f6";

/** https://<domain>: the documentation and the status page, written while the stage is deployed and kept in a bucket of their own. */
export function site({ stage, edge, place }: { stage: Stage; edge: Edge; place: Place }): aws.cloudfront.Distribution {
  const bucket = privateBucket("SiteBucket", { stage, place, lifecycle: [] });
  upload(stage, bucket);
  const made = distribution("SiteCdn", {
    stage,
    zone: edge.zone,
    certificateArn: edge.certificates.edge,
    logs: edge.logs(),
    acl: edge.acl,
    host: stage.domain,
    comment: `The site of ${stage.name}`,
    origins: [bucketOrigin(bucket, "Site")],
    defaultRootObject: "index.html",
    // To a reader who may not list, S3 says 403 where nothing is.
    errors: [403, 404].map((errorCode) => ({ errorCode, responseCode: 404, responsePagePath: "/404.html", errorCachingMinTtl: 60 })),
    behavior: {
      targetOriginId: "Site",
      viewerProtocolPolicy: "redirect-to-https",
      allowedMethods: ["GET", "HEAD"],
      cachedMethods: ["GET", "HEAD"],
      cachePolicyId: CACHE_ALL,
      responseHeadersPolicyId: headersPolicy().id,
      compress: true,
    },
  });
  bucketPolicy("SiteBucket", {
    bucket,
    place,
    statements: [
      {
        sid: "Distribution",
        service: "cloudfront.amazonaws.com",
        actions: ["s3:GetObject"],
        paths: ["*"],
        conditions: { StringEquals: { "aws:SourceArn": made.arn } },
      },
    ],
  });
  return made;
}

function upload(stage: Stage, bucket: aws.s3.Bucket): void {
  const directory = join($cli.paths.root, ".sst", "site", stage.name);
  for (const { key, path, contentType, maxAgeSec } of writeSite({ directory, domain: stage.domain }))
    new aws.s3.BucketObjectv2(`Site/${key}`, {
      bucket: bucket.bucket,
      key,
      source: new $util.asset.FileAsset(path),
      contentType,
      cacheControl: `public, max-age=${maxAgeSec}`,
    });
}

/** What no page can say of itself; which scripts run, each page says, by their hashes. */
function headersPolicy(): aws.cloudfront.ResponseHeadersPolicy {
  const override = true;
  const contentSecurityPolicy = "frame-ancestors 'none'; base-uri 'none'; form-action 'none'; object-src 'none'";
  return new aws.cloudfront.ResponseHeadersPolicy("SiteHeaders", {
    name: `${$app.name}-${$app.stage}-site`,
    securityHeadersConfig: {
      contentTypeOptions: { override },
      contentSecurityPolicy: { contentSecurityPolicy, override },
      strictTransportSecurity: { accessControlMaxAgeSec: 63_072_000, includeSubdomains: true, preload: true, override },
      referrerPolicy: { referrerPolicy: "no-referrer", override },
      frameOptions: { frameOption: "DENY", override },
    },
  });
}
