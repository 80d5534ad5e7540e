import type { Stage } from "../stage";
import { deliverLogs } from "./logs";
import { viewerRecords } from "./records";

/** What one distribution has of its own. */
export interface DistributionArgs {
  readonly stage: Stage;
  readonly zone: $util.Input<string>;
  readonly certificateArn: $util.Input<string>;
  readonly logs: aws.s3.Bucket;
  /** The name it answers to. */
  readonly host: string;
  readonly comment: string;
  readonly acl?: aws.wafv2.WebAcl | undefined;
  readonly origins: aws.types.input.cloudfront.DistributionOrigin[];
  readonly originGroups?: aws.types.input.cloudfront.DistributionOriginGroup[];
  readonly behavior: aws.types.input.cloudfront.DistributionDefaultCacheBehavior;
  readonly behaviors?: aws.types.input.cloudfront.DistributionOrderedCacheBehavior[];
  readonly defaultRootObject?: string;
  readonly errors?: aws.types.input.cloudfront.DistributionCustomErrorResponse[];
}

/**
 * A distribution with what all of ours have: HTTP/3, IPv6, TLS 1.2 or better, records, logs. Raw, because SST's Cdn has no word for the first four, and
 * its Router decides by a function and a key-value store on every request what a list of behaviors decides for nothing.
 */
export function distribution(name: string, args: DistributionArgs): aws.cloudfront.Distribution {
  const { stage, zone, certificateArn, logs, host, comment, acl, origins, originGroups, behavior, behaviors, defaultRootObject, errors } =
    args;
  const made = new aws.cloudfront.Distribution(
    name,
    {
      enabled: true,
      comment,
      aliases: [host],
      httpVersion: "http2and3",
      isIpv6Enabled: true,
      priceClass: "PriceClass_All",
      viewerCertificate: { acmCertificateArn: certificateArn, sslSupportMethod: "sni-only", minimumProtocolVersion: "TLSv1.2_2021" },
      restrictions: { geoRestriction: { restrictionType: "none" } },
      ...(acl && { webAclId: acl.arn }),
      origins,
      ...(originGroups && { originGroups }),
      defaultCacheBehavior: behavior,
      ...(behaviors && { orderedCacheBehaviors: behaviors }),
      ...(defaultRootObject && { defaultRootObject }),
      ...(errors && { customErrorResponses: errors }),
    },
    { protect: stage.kind === "production" },
  );
  viewerRecords(name, { zone, host, distribution: made });
  deliverLogs(name, { distribution: made, logs });
  return made;
}

/** The bucket of a place as an origin that only CloudFront reads. */
export function bucketOrigin(bucket: aws.s3.Bucket, originId: string): aws.types.input.cloudfront.DistributionOrigin {
  const access = new aws.cloudfront.OriginAccessControl(`${originId}Access`, {
    name: `${$app.name}-${$app.stage}-${originId.toLowerCase()}`,
    originAccessControlOriginType: "s3",
    signingBehavior: "always",
    signingProtocol: "sigv4",
  });
  return { originId, domainName: bucket.bucketRegionalDomainName, originAccessControlId: access.id };
}
