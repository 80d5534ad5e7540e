import { describe, expect, test } from "vitest";
import type { Resource } from "../evaluated.ts";
import { type Graph, load } from "../graph.ts";
import { kinds } from "../kinds.ts";
import { documentsAt, flagAt, listAt, numberAt, textAt, textsAt } from "../read.ts";
import { promise, type Spoil } from "./promise.ts";

const s3 = (className: string) => `aws:s3/b${className.slice(1)}:${className}`;
const cloudFront = (className: string) => `aws:cloudfront/${className.charAt(0).toLowerCase()}${className.slice(1)}:${className}`;
const sides = ["UploadsBucket", "StandbyUploadsBucket"] as const;
const spoil = (type: string, name: string, change?: Spoil["change"]): Spoil => ({ type, name, ...(change && { change }) });

function statements(graph: Graph, bucket: string) {
  return documentsAt(graph.one(s3("BucketPolicy"), bucket).inputs, "policy.Statement");
}

describe("the buckets of pictures, in both regions,", () => {
  for (const name of sides) {
    promise(`shut out the public (${name})`, {
      check: (graph) =>
        expect(graph.one(s3("BucketPublicAccessBlock"), name).inputs).toMatchObject({
          blockPublicAcls: true,
          blockPublicPolicy: true,
          ignorePublicAcls: true,
          restrictPublicBuckets: true,
        }),
      spoils: [
        spoil(s3("BucketPublicAccessBlock"), name, (inputs) => (inputs.blockPublicPolicy = false)),
        spoil(s3("BucketPublicAccessBlock"), name),
      ],
    });

    promise(`have no access lists: what is in them is the account's (${name})`, {
      check: (graph) =>
        expect(textAt(graph.one(s3("BucketOwnershipControls"), name).inputs, "rule.objectOwnership")).toBe("BucketOwnerEnforced"),
      spoils: [spoil(s3("BucketOwnershipControls"), name, (inputs) => (inputs.rule.objectOwnership = "ObjectWriter"))],
    });

    promise(`speak TLS 1.2 or nothing (${name})`, {
      check: (graph) => {
        const denied = statements(graph, name).filter((statement) => textAt(statement, "Effect") === "Deny");
        expect(denied.map((statement) => statement["Condition"])).toEqual([
          { Bool: { "aws:SecureTransport": "false" } },
          { NumericLessThan: { "s3:TlsVersion": "1.2" } },
        ]);
        for (const statement of denied) expect(textsAt(statement, "Resource")).toHaveLength(2);
      },
      spoils: [spoil(s3("BucketPolicy"), name, (inputs) => (inputs.policy = '{"Statement":[]}')), spoil(s3("BucketPolicy"), name)],
    });

    promise(`are encrypted (${name})`, {
      check: (graph) =>
        expect(
          textAt(
            graph.one(s3("BucketServerSideEncryptionConfiguration"), name).inputs,
            "rules[0].applyServerSideEncryptionByDefault.sseAlgorithm",
          ),
        ).toMatch(/^(AES256|aws:kms)$/),
      spoils: [spoil(s3("BucketServerSideEncryptionConfiguration"), name)],
    });

    promise(`keep versions (${name})`, {
      check: (graph) => expect(textAt(graph.one(s3("BucketVersioning"), name).inputs, "versioningConfiguration.status")).toBe("Enabled"),
      spoils: [spoil(s3("BucketVersioning"), name, (inputs) => (inputs.versioningConfiguration.status = "Suspended"))],
    });

    promise(`forget unfinished uploads, forgotten uploads and deleted pictures (${name})`, {
      check: (graph) => {
        const rules = documentsAt(graph.one(s3("BucketLifecycleConfiguration"), name).inputs, "rules");
        const rule = (id: string) => rules.find((one) => one["id"] === id && one["status"] === "Enabled");
        expect(numberAt(rule("unfinished-uploads"), "abortIncompleteMultipartUpload.daysAfterInitiation")).toBe(1);
        expect(textAt(rule("forgotten-uploads"), "filter.prefix")).toBe("uploads/");
        // Longer than a message may be tried and lie among the dead letters: 14 days each.
        expect(numberAt(rule("forgotten-uploads"), "expiration.days")).toBeGreaterThan(28);
        expect(numberAt(rule("deleted-pictures"), "noncurrentVersionExpiration.noncurrentDays")).toBeLessThanOrEqual(7);
        expect(flagAt(rule("deleted-pictures"), "expiration.expiredObjectDeleteMarker")).toBe(true);
        // Pictures that people still show never expire.
        for (const one of rules) expect(numberAt(one, "expiration.days") === undefined || one["id"] === "forgotten-uploads").toBe(true);
      },
      spoils: [
        ...[0, 1, 2].map((index) => spoil(s3("BucketLifecycleConfiguration"), name, (inputs) => (inputs.rules[index].status = "Disabled"))),
        spoil(s3("BucketLifecycleConfiguration"), name, (inputs) => (inputs.rules[2].expiration = { days: 30 })),
        spoil(s3("BucketLifecycleConfiguration"), name, (inputs) => (inputs.rules[1].filter.prefix = "media/")),
      ],
    });

    promise(`take forms from the site's own pages, and from no others (${name})`, {
      check: (graph) => {
        const cors = graph
          .all(s3("BucketCorsConfiguration"))
          .find(({ inputs }) => inputs["bucket"] === graph.one(kinds.bucket, name).outputs["bucket"]);
        expect(listAt(cors?.inputs, "corsRules")).toMatchObject([
          { allowedMethods: ["POST"], allowedOrigins: ["https://pendo.app"], allowedHeaders: ["content-type"] },
        ]);
      },
      spoils: [
        spoil(s3("BucketCorsConfiguration"), name.replace("Bucket", "Cors"), (inputs) => (inputs.corsRules[0].allowedOrigins = ["*"])),
        spoil(s3("BucketCorsConfiguration"), name.replace("Bucket", "Cors")),
      ],
    });

    promise(`say who asked for what, in a bucket of their own region (${name})`, {
      check: (graph) => {
        const logging = graph.one(s3("BucketLogging"), name.replace("Bucket", "Logging"));
        const target = graph.all(kinds.bucket).find(({ outputs }) => outputs["bucket"] === logging.inputs["targetBucket"]);
        expect(target?.region).toBe(graph.one(kinds.bucket, name).region);
        expect(logging.region).toBe(target?.region);
        expect(target?.name).toMatch(/AccessLogs$/);
      },
      spoils: [
        spoil(s3("BucketLogging"), name.replace("Bucket", "Logging")),
        spoil(s3("BucketLogging"), name.replace("Bucket", "Logging"), (inputs) => (inputs.targetBucket = "UploadsBucket")),
      ],
    });

    promise(`are not emptied with their stage, nor removed by mistake (${name})`, {
      check: (graph) => {
        const bucket = graph.one(kinds.bucket, name);
        expect(bucket).toMatchObject({ protect: true, retainOnDelete: true });
        expect(bucket.inputs["forceDestroy"]).toBe(false);
      },
      spoils: [spoil(kinds.bucket, name, (inputs) => (inputs.forceDestroy = true))],
    });
  }

  test("lie in two regions", () => {
    const graph = load("production");
    expect(new Set(sides.map((name) => graph.one(kinds.bucket, name).region)).size).toBe(2);
  });
});

describe("replication", () => {
  const directions = [
    ["UploadsReplication", "UploadsBucket", "StandbyUploadsBucket"],
    ["StandbyUploadsReplication", "StandbyUploadsBucket", "UploadsBucket"],
  ] as const;
  for (const [name, from, to] of directions) {
    promise(`copies every object and every deletion within 15 minutes (${from} to ${to})`, {
      check: (graph) => {
        const { inputs, region } = graph.one(s3("BucketReplicationConfig"), name);
        expect(region).toBe(graph.one(kinds.bucket, from).region);
        expect(inputs["bucket"]).toBe(graph.one(kinds.bucket, from).outputs["bucket"]);
        expect(inputs["rules"]).toMatchObject([
          {
            status: "Enabled",
            filter: { prefix: "" },
            deleteMarkerReplication: { status: "Enabled" },
            destination: {
              bucket: graph.one(kinds.bucket, to).outputs["arn"],
              replicationTime: { status: "Enabled", time: { minutes: 15 } },
              metrics: { status: "Enabled" },
            },
          },
        ]);
      },
      spoils: [
        spoil(s3("BucketReplicationConfig"), name, (inputs) => (inputs.rules[0].deleteMarkerReplication.status = "Disabled")),
        spoil(s3("BucketReplicationConfig"), name, (inputs) => delete inputs.rules[0].destination.replicationTime),
        spoil(s3("BucketReplicationConfig"), name, (inputs) => (inputs.rules[0].filter.prefix = "media/")),
        spoil(s3("BucketReplicationConfig"), name),
      ],
    });

    promise(`may read the one bucket and copy into the other, and nothing else (${name})`, {
      check: (graph) => {
        const { inputs } = graph.one(kinds.role, name);
        const [source, target] = [from, to].map((bucket) => String(graph.one(kinds.bucket, bucket).outputs["arn"]));
        const allowed = documentsAt(inputs, "inlinePolicies[0].policy.Statement").flatMap((one) =>
          textsAt(one, "Action").map((action) => `${action} ${textsAt(one, "Resource").join()}`),
        );
        expect(allowed.toSorted()).toEqual([
          `s3:GetObjectVersionAcl ${source}/*`,
          `s3:GetObjectVersionForReplication ${source}/*`,
          `s3:GetObjectVersionTagging ${source}/*`,
          `s3:GetReplicationConfiguration ${source}`,
          `s3:ListBucket ${source}`,
          `s3:ReplicateDelete ${target}/*`,
          `s3:ReplicateObject ${target}/*`,
          `s3:ReplicateTags ${target}/*`,
        ]);
        expect(documentsAt(inputs, "assumeRolePolicy.Statement")).toMatchObject([
          { Principal: { Service: "s3.amazonaws.com" }, Condition: { StringEquals: { "aws:SourceArn": source } } },
        ]);
      },
      spoils: [
        spoil(
          kinds.role,
          name,
          (inputs) => (inputs.inlinePolicies[0].policy = inputs.inlinePolicies[0].policy.replace("s3:ListBucket", "s3:*")),
        ),
        spoil(kinds.role, name, (inputs) => (inputs.assumeRolePolicy = '{"Statement":[{"Principal":{"Service":"s3.amazonaws.com"}}]}')),
      ],
    });
  }
});

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

describe("a preview", () => {
  test("has a bucket of its own that goes with it, and nothing in front", () => {
    const graph = load("pr-42");
    const bucket = graph.one(kinds.bucket, "UploadsBucket");
    expect(bucket.inputs["forceDestroy"]).toBe(true);
    expect(bucket.protect ?? false).toBe(false);
    expect(bucket.retainOnDelete ?? false).toBe(false);
    expect(graph.all(kinds.distribution)).toEqual([]);
    expect(graph.all(s3("BucketReplicationConfig"))).toEqual([]);
    expect(graph.functions.some(({ links }) => "Media" in links)).toBe(false);
  });

  test("is as shut to the public as any other", () => {
    const graph = load("pr-42");
    expect(graph.one(s3("BucketPublicAccessBlock"), "UploadsBucket").inputs).toMatchObject({
      blockPublicPolicy: true,
      restrictPublicBuckets: true,
    });
    expect(statements(graph, "UploadsBucket").every((statement) => textAt(statement, "Effect") === "Deny")).toBe(true);
    expect(textsAt(graph.one(s3("BucketCorsConfiguration"), "UploadsCors").inputs, "corsRules[0].allowedOrigins")).not.toContain("*");
  });
});
