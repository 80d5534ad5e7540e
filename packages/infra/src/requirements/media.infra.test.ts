import { describe, expect, test } from "vitest";
import { type Graph, load } from "../graph.ts";
import { kinds } from "../kinds.ts";
import { documentsAt, flagAt, listAt, numberAt, textAt, textsAt } from "../read.ts";
import { promise, type Spoil } from "./promised.ts";

const s3 = (className: string) => `aws:s3/b${className.slice(1)}:${className}`;
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
