import { describe, expect, test } from "vitest";
import type { Resource } from "../evaluated.ts";
import { type Graph, load } from "../graph.ts";
import { kinds } from "../kinds.ts";
import { documentsAt, listAt, numberAt, textAt, textsAt } from "../read.ts";
import { promise, type Spoil } from "./promised.ts";

const s3 = (className: string) => `aws:s3/b${className.slice(1)}:${className}`;
const cloudFront = (className: string) => `aws:cloudfront/${className.charAt(0).toLowerCase()}${className.slice(1)}:${className}`;
const sides = ["UploadsBucket", "StandbyUploadsBucket"] as const;
const spoil = (type: string, name: string, change?: Spoil["change"]): Spoil => ({ type, name, ...(change && { change }) });

function statements(graph: Graph, bucket: string) {
  return documentsAt(graph.one(s3("BucketPolicy"), bucket).inputs, "policy.Statement");
}

describe("media.<domain>", () => {
  const cdn = (graph: Graph): Resource => graph.one(kinds.distribution, "MediaCdn");
  const changed = (change: NonNullable<Spoil["change"]>): Spoil => spoil(kinds.distribution, "MediaCdn", change);

  promise("is the only reader of the buckets, and of what may be shown alone", {
    check: (graph) => {
      for (const name of sides) {
        const allowed = statements(graph, name).filter((statement) => textAt(statement, "Effect") === "Allow");
        expect(allowed).toMatchObject([
          {
            Principal: { Service: "cloudfront.amazonaws.com" },
            Action: ["s3:GetObject"],
            Resource: [`${String(graph.one(kinds.bucket, name).outputs["arn"])}/media/*`],
            Condition: { StringEquals: { "aws:SourceArn": cdn(graph).outputs["arn"] } },
          },
        ]);
      }
    },
    // As SST's own bucket does: any distribution of anybody.
    spoils: [
      spoil(
        s3("BucketPolicy"),
        "UploadsBucket",
        (inputs) => (inputs.policy = inputs.policy.replace(/"Condition":\{"StringEquals".*?\}\}/, '"Condition":{}')),
      ),
      spoil(s3("BucketPolicy"), "StandbyUploadsBucket", (inputs) => (inputs.policy = inputs.policy.replace("/media/*", "/*"))),
    ],
  });

  promise("signs its requests to the buckets, and asks the other region where one has no picture", {
    check: (graph) => {
      const origins = documentsAt(cdn(graph).inputs, "origins");
      expect(origins).toHaveLength(2);
      for (const origin of origins) {
        const access = graph.all(cloudFront("OriginAccessControl")).find(({ id }) => id === origin["originAccessControlId"]);
        expect(access?.inputs).toMatchObject({ originAccessControlOriginType: "s3", signingBehavior: "always", signingProtocol: "sigv4" });
      }
      const [group] = documentsAt(cdn(graph).inputs, "originGroups");
      expect(group?.["members"]).toEqual(origins.map(({ originId }) => ({ originId })));
      expect(listAt(group, "failoverCriteria.statusCodes")).toEqual(expect.arrayContaining([403, 404, 503]));
      expect(textAt(cdn(graph).inputs, "defaultCacheBehavior.targetOriginId")).toBe(group?.["originId"]);
    },
    spoils: [
      spoil(cloudFront("OriginAccessControl"), "UploadsAccess", (inputs) => (inputs.signingBehavior = "never")),
      changed((inputs) => (inputs.defaultCacheBehavior.targetOriginId = "Uploads")),
      changed((inputs) => delete inputs.originGroups),
    ],
  });

  promise("shows a picture only to who has a signed address", {
    check: (graph) => {
      const group = graph.one(cloudFront("KeyGroup"), "MediaKeys");
      expect(textsAt(cdn(graph).inputs, "defaultCacheBehavior.trustedKeyGroups")).toEqual([group.id]);
      expect(listAt(cdn(graph).inputs, "orderedCacheBehaviors")).toEqual([]);
      expect(textsAt(group.inputs, "items")).toEqual(
        ["MediaKey0", "MediaKey1", "MediaKey2"].map((name) => graph.one(cloudFront("PublicKey"), name).id),
      );
    },
    spoils: [
      changed((inputs) => delete inputs.defaultCacheBehavior.trustedKeyGroups),
      changed((inputs) => (inputs.orderedCacheBehaviors = [{ pathPattern: "*" }])),
      spoil(cloudFront("KeyGroup"), "MediaKeys", (inputs) => inputs.items.pop()),
    ],
  });

  promise("trusts RSA keys of 2048 bits, whose private halves are secrets", {
    check: (graph) => {
      const pairs = graph.all("tls:index/privateKey:PrivateKey").filter(({ name }) => name.startsWith("MediaKey"));
      expect(pairs).toHaveLength(3);
      for (const { name, inputs, outputs } of pairs) {
        expect(inputs).toMatchObject({ algorithm: "RSA", rsaBits: 2048 });
        expect(graph.one(cloudFront("PublicKey"), name).inputs["encodedKey"]).toBe(outputs["publicKeyPem"]);
      }
    },
    spoils: [
      spoil("tls:index/privateKey:PrivateKey", "MediaKey1", (inputs) => (inputs.rsaBits = 1024)),
      spoil(cloudFront("PublicKey"), "MediaKey1", (inputs) => (inputs.encodedKey = "MediaKey1-private-pem")),
    ],
  });

  test("is what functions that hand out addresses are linked to, in both regions, with the current key", () => {
    const graph = load("production");
    const linked = graph.functions.filter(({ links }) => links["Media"] ?? links["StandbyMedia"]);
    expect(linked.length).toBeGreaterThan(1);
    for (const { links } of linked)
      expect(links["Media"] ?? links["StandbyMedia"]).toMatchObject({
        url: "https://media.pendo.app",
        keyPairId: graph.one(cloudFront("PublicKey"), "MediaKey1").id,
        privateKey: "MediaKey1-private-pem",
      });
  });

  promise("keeps one copy of a picture, whoever asks", {
    check: (graph) => {
      const policy = graph.one(cloudFront("CachePolicy"), "MediaCache");
      expect(textAt(cdn(graph).inputs, "defaultCacheBehavior.cachePolicyId")).toBe(policy.id);
      expect(policy.inputs["parametersInCacheKeyAndForwardedToOrigin"]).toMatchObject({
        cookiesConfig: { cookieBehavior: "none" },
        headersConfig: { headerBehavior: "none" },
        queryStringsConfig: { queryStringBehavior: "none" },
      });
      expect(numberAt(policy.inputs, "defaultTtl")).toBe(86_400);
    },
    spoils: [
      spoil(
        cloudFront("CachePolicy"),
        "MediaCache",
        (inputs) => (inputs.parametersInCacheKeyAndForwardedToOrigin.queryStringsConfig.queryStringBehavior = "all"),
      ),
      spoil(
        cloudFront("CachePolicy"),
        "MediaCache",
        (inputs) => (inputs.parametersInCacheKeyAndForwardedToOrigin.cookiesConfig.cookieBehavior = "all"),
      ),
    ],
  });

  promise("makes pictures harmless as pages, and useless to other sites", {
    check: (graph) => {
      const policy = graph.one(cloudFront("ResponseHeadersPolicy"), "MediaHeaders");
      expect(textAt(cdn(graph).inputs, "defaultCacheBehavior.responseHeadersPolicyId")).toBe(policy.id);
      expect(policy.inputs["securityHeadersConfig"]).toMatchObject({
        contentTypeOptions: { override: true },
        contentSecurityPolicy: { contentSecurityPolicy: "default-src 'none'; sandbox", override: true },
        strictTransportSecurity: { accessControlMaxAgeSec: 63_072_000, includeSubdomains: true },
        frameOptions: { frameOption: "DENY" },
      });
      expect(listAt(policy.inputs, "customHeadersConfig.items")).toEqual([
        { header: "cross-origin-resource-policy", value: "same-site", override: true },
        // No longer than an address is good for.
        { header: "cache-control", value: "private, max-age=300, immutable", override: true },
      ]);
    },
    spoils: [
      spoil(cloudFront("ResponseHeadersPolicy"), "MediaHeaders", (inputs) => delete inputs.securityHeadersConfig.contentTypeOptions),
      spoil(cloudFront("ResponseHeadersPolicy"), "MediaHeaders", (inputs) => inputs.customHeadersConfig.items.shift()),
      changed((inputs) => delete inputs.defaultCacheBehavior.responseHeadersPolicyId),
    ],
  });
});
