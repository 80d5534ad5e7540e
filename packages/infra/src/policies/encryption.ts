import { statementsIn } from "../access.ts";
import type { Document, Resource } from "../evaluated.ts";
import type { Graph } from "../graph.ts";
import { kinds } from "../kinds.ts";
import { documentsAt, flagAt, textAt, textsAt } from "../read.ts";
import { durationOf, type Policy, type Violation, where } from "./policy.ts";

/** What has to be so of a type of resources, and what it is if it isn't. */
interface Rule {
  readonly type: string;
  readonly ok: (resource: Resource, graph: Graph) => boolean;
  readonly what: string;
}

const on =
  (path: string) =>
  ({ inputs }: Resource) =>
    flagAt(inputs, path) === true;
const is =
  (path: string, ...values: string[]) =>
  ({ inputs }: Resource) =>
    values.includes(textAt(inputs, path) ?? "");
const named =
  (path: string) =>
  ({ inputs }: Resource) =>
    textAt(inputs, path) !== undefined;

const atRest: readonly Rule[] = [
  { type: kinds.bucket, ok: encryptedBucket, what: "does not encrypt its objects" },
  {
    type: kinds.queue,
    ok: (queue) => on("sqsManagedSseEnabled")(queue) || named("kmsMasterKeyId")(queue),
    what: "keeps its messages in the clear",
  },
  { type: kinds.topic, ok: named("kmsMasterKeyId"), what: "keeps its messages in the clear" },
  // A table is always encrypted; in a permanent stage with a key that the account sees, and whose use it can look up.
  {
    type: kinds.table,
    ok: (table, graph) => on("serverSideEncryption.enabled")(table) || durationOf(graph) !== "permanent",
    what: "is encrypted with a key that nobody here sees",
  },
  { type: kinds.cluster, ok: (cluster) => on("storageEncrypted")(cluster) && named("kmsKeyId")(cluster), what: "has no key of its own" },
  { type: "aws:rds/globalCluster:GlobalCluster", ok: on("storageEncrypted"), what: "is not encrypted" },
  {
    type: kinds.clusterInstance,
    ok: (one) => !on("performanceInsightsEnabled")(one) || named("performanceInsightsKmsKeyId")(one),
    what: "keeps statements under a key that is not ours",
  },
  {
    type: kinds.search,
    ok: (one) => on("encryptAtRest.enabled")(one) && named("encryptAtRest.kmsKeyId")(one),
    what: "has no key of its own",
  },
  {
    type: "aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream",
    ok: on("serverSideEncryption.enabled"),
    what: "keeps lines in the clear",
  },
  { type: "aws:ec2/instance:Instance", ok: on("rootBlockDevice.encrypted"), what: "has a disk in the clear" },
  { type: "aws:backup/vault:Vault", ok: named("kmsKeyArn"), what: "has no key of its own" },
  { type: kinds.key, ok: on("enableKeyRotation"), what: "is never replaced" },
];

const TLS = /^TLSv1\.[23]/;

const inTransit: readonly Rule[] = [
  { type: kinds.bucket, ok: (bucket, graph) => tlsOnly(policyOf(graph, bucket), "s3:*"), what: "answers without TLS" },
  { type: kinds.queue, ok: ({ inputs }) => tlsOnly(inputs["policy"], "sqs:*"), what: "answers without TLS" },
  {
    type: kinds.topic,
    ok: (topic, graph) => tlsOnly(topicPolicy(graph, topic), "sns:Publish"),
    what: "answers without TLS",
  },
  { type: kinds.cluster, ok: forcesTls, what: "lets sessions in without TLS" },
  { type: "aws:rds/proxy:Proxy", ok: on("requireTls"), what: "lets sessions in without TLS" },
  {
    type: kinds.search,
    ok: (one) =>
      on("domainEndpointOptions.enforceHttps")(one) &&
      on("nodeToNodeEncryption.enabled")(one) &&
      /TLS-1-[23]/.test(textAt(one.inputs, "domainEndpointOptions.tlsSecurityPolicy") ?? ""),
    what: "speaks in the clear, or with old TLS",
  },
  { type: "upstash:index/redisDatabase:RedisDatabase", ok: on("tls"), what: "speaks in the clear" },
  { type: kinds.distribution, ok: distributionTls, what: "speaks in the clear, or with old TLS" },
  {
    type: "aws:apigatewayv2/domainName:DomainName",
    ok: is("domainNameConfiguration.securityPolicy", "TLS_1_2", "TLS_1_3"),
    what: "speaks old TLS",
  },
  {
    type: "aws:sesv2/configurationSet:ConfigurationSet",
    ok: is("deliveryOptions.tlsPolicy", "REQUIRE"),
    what: "sends letters in the clear",
  },
  { type: "aws:ses/receiptRule:ReceiptRule", ok: is("tlsPolicy", "Require"), what: "takes letters in the clear" },
  { type: "aws:route53/healthCheck:HealthCheck", ok: is("type", "HTTPS", "CALCULATED", "CLOUDWATCH_METRIC"), what: "asks in the clear" },
];

export const encryption: readonly Policy[] = [
  {
    name: "everything is encrypted at rest",
    why: "Whoever gets hold of a disk, a snapshot or a copy reads nothing; what holds people's data has a key of ours, that can be watched and taken away.",
    check: (graph) => violations(graph, atRest),
  },
  {
    name: "everything is encrypted in transit",
    why: "Nothing listens without TLS 1.2, so that no client can be led to speak in the clear.",
    check: (graph) => violations(graph, inTransit),
  },
];

function violations(graph: Graph, rules: readonly Rule[]): Violation[] {
  return rules.flatMap(({ type, ok, what }) => where(graph.all(type), (resource) => ok(resource, graph), what));
}

function encryptedBucket(bucket: Resource, graph: Graph): boolean {
  const configurations = graph
    .all("aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration")
    .filter(({ inputs }) => inputs["bucket"] === bucket.id);
  return configurations.some(({ inputs }) =>
    documentsAt(inputs, "rules").some((rule) =>
      ["AES256", "aws:kms"].includes(textAt(rule, "applyServerSideEncryptionByDefault.sseAlgorithm") ?? ""),
    ),
  );
}

function policyOf(graph: Graph, bucket: Resource): unknown {
  return graph.all("aws:s3/bucketPolicy:BucketPolicy").find(({ inputs }) => inputs["bucket"] === bucket.id)?.inputs["policy"];
}

function topicPolicy(graph: Graph, topic: Resource): unknown {
  return graph.all("aws:sns/topicPolicy:TopicPolicy").find(({ inputs }) => inputs["arn"] === topic.outputs["arn"])?.inputs["policy"];
}

function tlsOnly(policy: unknown, action: string): boolean {
  return (
    policy !== undefined &&
    statementsIn(policy).some(
      ({ effect, actions, principals, conditions }) =>
        effect === "Deny" &&
        actions.includes(action) &&
        Object.values(principals).flat().includes("*") &&
        textAt(conditions, "Bool.aws:SecureTransport") === "false",
    )
  );
}

function forcesTls({ inputs }: Resource, graph: Graph): boolean {
  const group = graph
    .all("aws:rds/clusterParameterGroup:ClusterParameterGroup")
    .find((one) => one.inputs["name"] === inputs["dbClusterParameterGroupName"]);
  const forced = documentsAt(group?.inputs, "parameters").find((parameter) => textAt(parameter, "name") === "rds.force_ssl");
  return textAt(forced, "value") === "1";
}

function distributionTls({ inputs }: Resource): boolean {
  const behaviours = [...documentsAt(inputs, "defaultCacheBehavior"), ...documentsAt(inputs, "orderedCacheBehaviors")];
  const https = (behaviour: Document): boolean =>
    ["https-only", "redirect-to-https"].includes(textAt(behaviour, "viewerProtocolPolicy") ?? "");
  const origins = documentsAt(inputs, "origins").flatMap((origin) => documentsAt(origin, "customOriginConfig"));
  return (
    behaviours.every(https) &&
    TLS.test(textAt(inputs, "viewerCertificate.minimumProtocolVersion") ?? "") &&
    origins.every(
      (origin) =>
        textAt(origin, "originProtocolPolicy") === "https-only" && textsAt(origin, "originSslProtocols").every((one) => TLS.test(one)),
    )
  );
}
