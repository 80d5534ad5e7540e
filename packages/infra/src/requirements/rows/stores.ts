import { expect } from "vitest";
import { kinds } from "../../kinds.ts";
import { at, documentsAt, textsAt } from "../../read.ts";
import { expectAll, inputsOf, type Row } from "./row.ts";

const redis = ["upstash:index/redisDatabase:RedisDatabase", "Redis"] as const;
const sharpFunction = [kinds.lambda, "MediaConsumerFunction"] as const;

export const stores: readonly Row[] = [
  {
    id: "2.1",
    required: "PostgreSQL for the main data",
    by: "Aurora Serverless v2 PostgreSQL with a reader in another zone, behind a proxy, migrated before each deployment's code",
    resources: [
      [kinds.cluster, "AuroraCluster"],
      [kinds.clusterInstance, "AuroraInstance"],
      [kinds.clusterInstance, "AuroraReplica0"],
      ["aws:rds/proxy:Proxy", "AuroraProxy"],
      ["aws:lambda/invocation:Invocation", "Migrations"],
    ],
    check: (graph) => {
      expectAll(graph, [[kinds.cluster, "AuroraCluster"]], {
        engine: "aurora-postgresql",
        storageEncrypted: true,
        deletionProtection: true,
      });
      expectAll(graph, [["aws:rds/proxy:Proxy", "AuroraProxy"]], { engineFamily: "POSTGRESQL", requireTls: true });
      const zones = ["AuroraInstance", "AuroraReplica0"].map((name) => inputsOf(graph, kinds.clusterInstance, name)["availabilityZone"]);
      expect(new Set(zones).size).toBe(2);
      expectAll(graph, [["aws:lambda/invocation:Invocation", "Migrations"]], { lifecycleScope: "CRUD" });
    },
  },
  {
    id: "2.2",
    required: "Redis for cache and queues",
    by: "Upstash Redis for cache, limits and presence; SQS for the queues",
    resources: [redis, [kinds.queue, "EmailQueueQueue"]],
    check: (graph) => expectAll(graph, [redis, [kinds.queue, "EmailQueueQueue"]]),
  },
  {
    id: "2.3",
    required: "Elasticsearch for search",
    by: "OpenSearch in three zones with dedicated masters, inside the network",
    resources: [
      [kinds.search, "OpenSearchDomain"],
      [kinds.lambda, "SearchConsumerFunction"],
    ],
    check: (graph) => {
      expectAll(graph, [[kinds.search, "OpenSearchDomain"]], {
        clusterConfig: { instanceCount: 3, dedicatedMasterEnabled: true, zoneAwarenessConfig: { availabilityZoneCount: 3 } },
        advancedSecurityOptions: { enabled: true },
      });
      expect(textsAt(inputsOf(graph, kinds.search, "OpenSearchDomain"), "vpcOptions.subnetIds")).toHaveLength(3);
      expectAll(graph, [[kinds.lambda, "SearchConsumerFunction"]]);
    },
  },
  {
    id: "4.1",
    required: "Media in S3",
    by: "a private bucket that takes signed forms, with versions, a lifecycle, and a function that makes the derivatives",
    resources: [
      [kinds.bucket, "UploadsBucket"],
      ["aws:s3/bucketCorsConfiguration:BucketCorsConfiguration", "UploadsCors"],
      ["aws:s3/bucketVersioning:BucketVersioning", "UploadsBucket"],
      ["aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration", "UploadsBucket"],
      ["aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock", "UploadsBucket"],
      sharpFunction,
    ],
    check: (graph) => {
      expectAll(graph, [[kinds.bucket, "UploadsBucket"], sharpFunction]);
      expectAll(graph, [["aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock", "UploadsBucket"]], {
        blockPublicAcls: true,
        blockPublicPolicy: true,
        ignorePublicAcls: true,
        restrictPublicBuckets: true,
      });
      const [rule] = documentsAt(inputsOf(graph, "aws:s3/bucketCorsConfiguration:BucketCorsConfiguration", "UploadsCors"), "corsRules");
      expect(textsAt(rule, "allowedMethods")).toContain("POST");
      expectAll(graph, [["aws:s3/bucketVersioning:BucketVersioning", "UploadsBucket"]], { versioningConfiguration: { status: "Enabled" } });
      const lifecycle = inputsOf(graph, "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration", "UploadsBucket");
      expect(documentsAt(lifecycle, "rules").length).toBeGreaterThan(1);
    },
  },
  {
    id: "4.2",
    required: "CloudFront for static files",
    by: "CloudFront with origin access control; pictures by signed addresses alone, the site for everybody",
    resources: [
      [kinds.distribution, "MediaCdn"],
      [kinds.distribution, "SiteCdn"],
      ["aws:cloudfront/keyGroup:KeyGroup", "MediaKeys"],
      ["aws:cloudfront/originAccessControl:OriginAccessControl", "UploadsAccess"],
    ],
    check: (graph) => {
      const media = inputsOf(graph, kinds.distribution, "MediaCdn");
      expect(textsAt(media, "defaultCacheBehavior.trustedKeyGroups")).toEqual([
        graph.one("aws:cloudfront/keyGroup:KeyGroup", "MediaKeys").id,
      ]);
      const access = graph.one("aws:cloudfront/originAccessControl:OriginAccessControl", "UploadsAccess");
      expect(documentsAt(media, "origins").map((origin) => at(origin, "originAccessControlId"))).toContain(access.id);
      expect(at(inputsOf(graph, kinds.distribution, "SiteCdn"), "defaultCacheBehavior.viewerProtocolPolicy")).toBe("redirect-to-https");
    },
  },
  {
    id: "4.3",
    required: "Local caching of often-used files",
    by: "what functions read again stays in their instance; /tmp is theirs",
    missing: "the pods' EmptyDir on EKS",
    resources: [sharpFunction],
    check: (graph) => {
      const storage = at(inputsOf(graph, ...sharpFunction), "ephemeralStorage.size");
      expect(storage).toBeGreaterThanOrEqual(512);
    },
  },
];
