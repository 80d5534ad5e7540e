import { everyRoute } from "@pendo/contract/everyRoute";
import type { Stage } from "../stage";
import { distribution } from "./distribution";
import { type Edge, httpOriginName, socketOriginName } from "./edge";

type Behavior = aws.types.input.cloudfront.DistributionDefaultCacheBehavior;

// Policies of AWS's own, the same in every account.
const CACHE_NOTHING = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad";
const ALL_BUT_HOST = "b689b0a8-53d0-40ab-baf2-68738e2966ac";

/** The header that says who the viewer is. Whatever a viewer wrote there himself is overwritten. */
const VIEWER_CODE = `function handler(event) {
  event.request.headers["x-pendo-viewer"] = { value: event.viewer.ip };
  return event.request;
}
`;

// CloudFront keeps errors for ten seconds, whatever the policy says, and under the address alone: one person's 404 would be the next one's.
const ERRORS = [400, 403, 404, 405, 414, 416, 500, 501, 502, 503, 504].map((errorCode) => ({ errorCode, errorCachingMinTtl: 0 }));

/** https://api.<domain> and wss://ws.<domain>. */
export function apiDistributions({ stage, edge }: { stage: Stage; edge: Edge }) {
  const viewer = new aws.cloudfront.Function("ViewerAddress", {
    name: `${$app.name}-${$app.stage}-viewer`,
    runtime: "cloudfront-js-2.0",
    comment: "Tells the API from which address the viewer came",
    publish: true,
    code: VIEWER_CODE,
  });
  const shared = { stage, zone: edge.zone, certificateArn: edge.certificates.edge, logs: edge.logs(), acl: edge.acl, errors: ERRORS };
  const passing = {
    viewerProtocolPolicy: "https-only",
    cachedMethods: ["GET", "HEAD"],
    cachePolicyId: CACHE_NOTHING,
    originRequestPolicyId: ALL_BUT_HOST,
    functionAssociations: [{ eventType: "viewer-request", functionArn: viewer.arn }],
  };
  const api: Behavior = {
    ...passing,
    targetOriginId: "Api",
    allowedMethods: ["GET", "HEAD", "OPTIONS", "PUT", "POST", "PATCH", "DELETE"],
    responseHeadersPolicyId: headersPolicy().id,
    compress: true,
  };
  const cached = { ...api, allowedMethods: ["GET", "HEAD", "OPTIONS"], cachePolicyId: publicCache().id };
  return {
    api: distribution("ApiCdn", {
      ...shared,
      host: `api.${stage.domain}`,
      comment: `The API of ${stage.name}`,
      origins: [origin(edge, "Api", httpOriginName(stage))],
      behavior: api,
      behaviors: publicPaths().map((pathPattern) => ({ ...cached, pathPattern })),
    }),
    sockets: distribution("SocketCdn", {
      ...shared,
      host: `ws.${stage.domain}`,
      comment: `Sockets of ${stage.name}`,
      origins: [origin(edge, "Socket", socketOriginName(stage))],
      behavior: { ...passing, targetOriginId: "Socket", allowedMethods: ["GET", "HEAD"], compress: false },
    }),
  };
}

function origin(edge: Edge, originId: string, domainName: string): aws.types.input.cloudfront.DistributionOrigin {
  return {
    originId,
    domainName,
    customHeaders: [{ name: "x-pendo-origin", value: edge.originSecret }],
    customOriginConfig: {
      httpPort: 80,
      httpsPort: 443,
      originProtocolPolicy: "https-only",
      originSslProtocols: ["TLSv1.2"],
      // The gateway gives up after 30 s.
      originReadTimeout: 35,
      originKeepaliveTimeout: 60,
    },
    connectionAttempts: 2,
    connectionTimeout: 5,
  };
}

/** What the contract lets shared caches keep, as patterns of CloudFront. */
function publicPaths(): string[] {
  const paths = everyRoute().flatMap(({ spec: { at, cache } }) => (cache?.scope === "public" ? [at.slice(at.indexOf(" ") + 1)] : []));
  return paths.map((path) => path.replaceAll(/\{[^}]+\}/g, "*"));
}

/** Keeps an answer as long as its `Cache-Control` says, and nothing that has none. */
function publicCache(): aws.cloudfront.CachePolicy {
  return new aws.cloudfront.CachePolicy("ApiCache", {
    name: `${$app.name}-${$app.stage}-api`,
    minTtl: 0,
    defaultTtl: 0,
    maxTtl: 86_400,
    parametersInCacheKeyAndForwardedToOrigin: {
      cookiesConfig: { cookieBehavior: "none" },
      // The gateway answers another origin with other headers (CORS).
      headersConfig: { headerBehavior: "whitelist", headers: { items: ["origin"] } },
      queryStringsConfig: { queryStringBehavior: "all" },
      enableAcceptEncodingBrotli: true,
      enableAcceptEncodingGzip: true,
    },
  });
}

function headersPolicy(): aws.cloudfront.ResponseHeadersPolicy {
  const override = true;
  return new aws.cloudfront.ResponseHeadersPolicy("ApiHeaders", {
    name: `${$app.name}-${$app.stage}-api`,
    securityHeadersConfig: {
      contentTypeOptions: { override },
      strictTransportSecurity: { accessControlMaxAgeSec: 63_072_000, includeSubdomains: true, preload: true, override },
      referrerPolicy: { referrerPolicy: "no-referrer", override },
      frameOptions: { frameOption: "DENY", override },
    },
  });
}
