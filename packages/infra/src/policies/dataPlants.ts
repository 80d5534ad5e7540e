import { account } from "../evaluate/account.ts";
import { kinds } from "../kinds.ts";
import type { Way } from "./plant.ts";

const bucketPolicy = "aws:s3/bucketPolicy:BucketPolicy";
const topicPolicy = "aws:sns/topicPolicy:TopicPolicy";
const proxy = "aws:rds/proxy:Proxy";
const parameters = "aws:rds/clusterParameterGroup:ClusterParameterGroup";
const redis = "upstash:index/redisDatabase:RedisDatabase";
const domainName = "aws:apigatewayv2/domainName:DomainName";
const secret = "aws:secretsmanager/secret:Secret";

/** Data that is read, lost or left behind. */
export const data: Readonly<Record<string, readonly Way[]>> = {
  "everything is encrypted at rest": [
    ["a queue", "EmailQueueQueue", (draft) => draft.with(kinds.queue, "EmailQueueQueue", "sqsManagedSseEnabled", false)],
    ["a topic", "Pages", (draft) => draft.with(kinds.topic, "Pages", "kmsMasterKeyId", undefined)],
    ["a cluster", "AuroraCluster", (draft) => draft.with(kinds.cluster, "AuroraCluster", "storageEncrypted", false)],
    ["a domain", "OpenSearchDomain", (draft) => draft.with(kinds.search, "OpenSearchDomain", "encryptAtRest.enabled", false)],
    ["a table", "ConnectionsTableTable", (draft) => draft.with(kinds.table, "ConnectionsTableTable", "serverSideEncryption", undefined)],
    [
      "a bucket",
      "UploadsBucket",
      (draft) => draft.without("aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration", "UploadsBucket"),
    ],
    [
      "the delivery of logs",
      "LogDelivery",
      (draft) =>
        draft.with("aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream", "LogDelivery", "serverSideEncryption.enabled", false),
    ],
    ["a key for ever", "DatabaseKey", (draft) => draft.with(kinds.key, "DatabaseKey", "enableKeyRotation", false)],
    ["a new queue in a preview", "Planted", (draft) => draft.adding(kinds.queue, "Planted", {}), "pr-42"],
  ],
  "everything is encrypted in transit": [
    ["a bucket", "UploadsBucket", (draft) => draft.without(bucketPolicy, "UploadsBucket")],
    ["a queue", "EmailQueueQueue", (draft) => draft.with(kinds.queue, "EmailQueueQueue", "policy", undefined)],
    ["a topic", "Pages", (draft) => draft.without(topicPolicy, "PagesPolicy")],
    ["the proxy", "AuroraProxy", (draft) => draft.with(proxy, "AuroraProxy", "requireTls", false)],
    ["the cluster", "AuroraCluster", (draft) => draft.with(parameters, "AuroraClusterParameterGroup", "parameters.0.value", "0")],
    ["search", "OpenSearchDomain", (draft) => draft.with(kinds.search, "OpenSearchDomain", "domainEndpointOptions.enforceHttps", false)],
    [
      "CloudFront",
      "ApiCdn",
      (draft) => draft.with(kinds.distribution, "ApiCdn", "viewerCertificate.minimumProtocolVersion", "TLSv1.1_2016"),
    ],
    [
      "CloudFront's way to its origin",
      "ApiCdn",
      (draft) => draft.with(kinds.distribution, "ApiCdn", "origins.0.customOriginConfig.originProtocolPolicy", "http-only"),
    ],
    ["API Gateway", "ApiProbe", (draft) => draft.with(domainName, "ApiProbe", "domainNameConfiguration.securityPolicy", "TLS_1_0")],
    ["Redis", "Redis", (draft) => draft.with(redis, "Redis", "tls", false), "pr-42"],
  ],
  "what holds data outlives a mistake": [
    [
      "the cluster goes with its stage",
      "AuroraCluster",
      (draft) =>
        draft.with(kinds.cluster, "AuroraCluster", "protect", undefined).with(kinds.cluster, "AuroraCluster", "retainOnDelete", undefined),
    ],
    ["AWS would delete the cluster", "AuroraCluster", (draft) => draft.with(kinds.cluster, "AuroraCluster", "deletionProtection", false)],
    ["no last snapshot", "AuroraCluster", (draft) => draft.with(kinds.cluster, "AuroraCluster", "skipFinalSnapshot", true), "staging"],
    ["pictures are emptied out", "UploadsBucket", (draft) => draft.with(kinds.bucket, "UploadsBucket", "forceDestroy", true)],
    ["pictures have no versions", "UploadsBucket", (draft) => draft.without("aws:s3/bucketVersioning:BucketVersioning", "UploadsBucket")],
    ["a new bucket that nobody kept", "Planted", (draft) => draft.adding(kinds.bucket, "Planted", {})],
    ["a secret is gone at once", "AuroraProxySecret", (draft) => draft.with(secret, "AuroraProxySecret", "recoveryWindowInDays", 0)],
  ],
  "a key outlives what it encrypts": [
    ["the database's is not kept", "DatabaseKey", (draft) => draft.with(kinds.key, "DatabaseKey", "retainOnDelete", undefined)],
    ["search's goes in a week", "SearchKey", (draft) => draft.with(kinds.key, "SearchKey", "deletionWindowInDays", 7), "staging"],
  ],
  "a preview leaves nothing behind": [
    ["a protected bucket", "UploadsBucket", (draft) => draft.with(kinds.bucket, "UploadsBucket", "protect", true), "pr-42"],
    ["a bucket that isn't emptied", "UploadsBucket", (draft) => draft.with(kinds.bucket, "UploadsBucket", "forceDestroy", false), "pr-42"],
    [
      "a protected table",
      "ConnectionsTableTable",
      (draft) => draft.with(kinds.table, "ConnectionsTableTable", "deletionProtectionEnabled", true),
      "local.dev",
    ],
  ],
  "a preview has nothing that costs by the hour": [
    ["a NAT gateway", "Planted", (draft) => draft.adding("aws:ec2/natGateway:NatGateway", "Planted", {}), "pr-42"],
    ["an alarm", "Planted", (draft) => draft.adding(kinds.alarm, "Planted", {}), "local.dev"],
  ],
  "no name of ours tells the account": [
    ["a bucket's does", "UploadsBucket", (draft) => draft.with(kinds.bucket, "UploadsBucket", "bucketPrefix", `pendo-${account}-`)],
    ["a role's does", "SwipesApiRole", (draft) => draft.with(kinds.role, "SwipesApiRole", "name", `pendo-${account}-swipes`), "pr-42"],
  ],
  "no secret lies in the state in the clear": [
    [
      "a password in an environment",
      "Planted",
      (draft) => draft.adding("aws:ecs/taskDefinition:TaskDefinition", "Planted", { environment: { databasePassword: "hunter2hunter2" } }),
    ],
    [
      "the password of the database, under another name",
      "Planted",
      (draft) =>
        draft.adding("aws:ssm/parameter:Parameter", "Planted", {
          value: `postgres://pendo:${String(draft.resources.find(({ name }) => name === "AuroraPassword")?.outputs["result"])}@host`,
        }),
    ],
    [
      "a function's settings are no longer secret",
      "SwipesApiFunction",
      (draft) => ({
        ...draft,
        resources: draft.resources.map((one) =>
          one.name === "SwipesApiFunction" ? { ...one, secrets: [], propertyDependencies: {} } : one,
        ),
      }),
      "pr-42",
    ],
  ],
};
