import type { Place } from "../place";
import type { Stage } from "../stage";
import { bucketOrigin, distribution } from "./distribution";
import type { Edge } from "./edge";
import { generations } from "./generations";

/** The properties of the link Media. */
export type MediaDelivery = {
  readonly url: string;
  readonly keyPairId: $util.Output<string>;
  readonly privateKey: $util.Output<string>;
};

interface MediaArgs {
  readonly stage: Stage;
  readonly edge: Edge;
  readonly buckets: readonly { readonly place: Place; readonly bucket: aws.s3.Bucket }[];
}

const DAY_SEC = 86_400;

/** https://media.<domain>: signed addresses only, kept at the edge, and harmless to whoever opens one as a page. */
export function mediaDistribution({ stage, edge, buckets }: MediaArgs) {
  const host = `media.${stage.domain}`;
  const { group, properties } = keys(host);
  const origins = buckets.map(({ place, bucket }) => bucketOrigin(bucket, `${place.prefix}Uploads`));
  const both = origins.map(({ originId }) => ({ originId }));
  const target = origins.length > 1 ? "Either" : "Uploads";
  const made = distribution("MediaCdn", {
    stage,
    zone: edge.zone,
    certificateArn: edge.certificates.edge,
    logs: edge.logs(),
    host,
    comment: `Pictures of ${stage.name}`,
    origins,
    // What one region does not have yet, or can't give, the other may. Where an object is missing S3 says 403 to a reader who may not list.
    ...(origins.length > 1 && {
      originGroups: [{ originId: target, failoverCriteria: { statusCodes: [403, 404, 500, 502, 503, 504] }, members: both }],
    }),
    behavior: {
      targetOriginId: target,
      viewerProtocolPolicy: "https-only",
      allowedMethods: ["GET", "HEAD"],
      cachedMethods: ["GET", "HEAD"],
      trustedKeyGroups: [group.id],
      cachePolicyId: cachePolicy().id,
      responseHeadersPolicyId: headersPolicy().id,
      // WebP is compressed already.
      compress: false,
    },
  });
  return { distribution: made, properties };
}

/** Addresses are signed with the current key; those that the last one signed hold until they expire, minutes later. */
function keys(host: string): { readonly group: aws.cloudfront.KeyGroup; readonly properties: MediaDelivery } {
  const made = generations(process.env, (generation) => {
    const pair = new tls.PrivateKey(`MediaKey${generation}`, { algorithm: "RSA", rsaBits: 2048 });
    const trusted = new aws.cloudfront.PublicKey(`MediaKey${generation}`, {
      name: `${$app.name}-${$app.stage}-media-${generation}`,
      encodedKey: pair.publicKeyPem,
    });
    return { pair, trusted };
  });
  const group = new aws.cloudfront.KeyGroup("MediaKeys", {
    name: `${$app.name}-${$app.stage}-media`,
    items: Object.values(made).map(({ trusted }) => trusted.id),
  });
  const { pair, trusted } = made.current;
  return {
    group,
    properties: { url: `https://${host}`, keyPairId: trusted.id, privateKey: $util.secret(pair.privateKeyPem) },
  };
}

/** One picture is one entry, whoever's signature asks for it: CloudFront takes the signature off before it looks. */
function cachePolicy(): aws.cloudfront.CachePolicy {
  return new aws.cloudfront.CachePolicy("MediaCache", {
    name: `${$app.name}-${$app.stage}-media`,
    minTtl: 0,
    // Nobody is given a new address of a deleted picture, and the old ones expire; this is how long it lies unread at the edge.
    defaultTtl: DAY_SEC,
    maxTtl: DAY_SEC,
    parametersInCacheKeyAndForwardedToOrigin: {
      cookiesConfig: { cookieBehavior: "none" },
      headersConfig: { headerBehavior: "none" },
      queryStringsConfig: { queryStringBehavior: "none" },
    },
  });
}

// As long as an address is valid; a browser that kept it longer would show what was taken back.
const BROWSER_SEC = 300;

function headersPolicy(): aws.cloudfront.ResponseHeadersPolicy {
  const override = true;
  return new aws.cloudfront.ResponseHeadersPolicy("MediaHeaders", {
    name: `${$app.name}-${$app.stage}-media`,
    securityHeadersConfig: {
      contentTypeOptions: { override },
      contentSecurityPolicy: { contentSecurityPolicy: "default-src 'none'; sandbox", override },
      strictTransportSecurity: { accessControlMaxAgeSec: 2 * 365 * DAY_SEC, includeSubdomains: true, preload: true, override },
      referrerPolicy: { referrerPolicy: "no-referrer", override },
      frameOptions: { frameOption: "DENY", override },
    },
    customHeadersConfig: {
      items: [
        // Pages of the stage's own domain may show it; those of anybody else may not.
        { header: "cross-origin-resource-policy", value: "same-site", override },
        { header: "cache-control", value: `private, max-age=${BROWSER_SEC}, immutable`, override },
      ],
    },
  });
}
