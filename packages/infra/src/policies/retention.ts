import type { Resource } from "../evaluated.ts";
import type { Graph } from "../graph.ts";
import { kinds } from "../kinds.ts";
import { flagAt, numberAt, textAt } from "../read.ts";
import { durationOf, type Policy, unlessSo, type Violation, where } from "./policy.ts";

const secret = "aws:secretsmanager/secret:Secret";
const globalCluster = "aws:rds/globalCluster:GlobalCluster";

/** Types of resources that hold something which nothing here could make again. */
const holding: readonly string[] = [
  kinds.cluster,
  kinds.clusterInstance,
  globalCluster,
  kinds.bucket,
  kinds.table,
  kinds.search,
  secret,
  "upstash:index/redisDatabase:RedisDatabase",
  "aws:backup/vault:Vault",
];

/** Buckets that may go with their stage, and why. */
const remade: Readonly<Record<string, string>> = {
  AccessLogs: "logs, forgotten after months in any case",
  Logs: "a copy of lines that CloudWatch keeps",
  InboxBucket: "letters to the canary, forgotten after a day",
  SiteBucket: "built out of this repository",
};

/** What costs money by the hour, or takes long to make and to remove: nothing for a stage that lives for days. */
const tooDear: readonly string[] = [
  "aws:ec2/natGateway:NatGateway",
  "aws:ec2/instance:Instance",
  "aws:ec2/eip:Eip",
  "aws:ec2/vpc:Vpc",
  "aws:ec2/vpcEndpoint:VpcEndpoint",
  kinds.cluster,
  "aws:rds/proxy:Proxy",
  kinds.search,
  kinds.distribution,
  kinds.webAcl,
  kinds.key,
  kinds.alarm,
  "aws:cloudwatch/compositeAlarm:CompositeAlarm",
  "aws:cloudwatch/dashboard:Dashboard",
  "aws:lambda/provisionedConcurrencyConfig:ProvisionedConcurrencyConfig",
  "aws:route53/healthCheck:HealthCheck",
  "aws:grafana/workspace:Workspace",
  "aws:backup/vault:Vault",
  "aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream",
];

export const retention: readonly Policy[] = [
  {
    name: "what holds data outlives a mistake",
    why: "`sst remove`, a renamed component or a wrong branch must not take people's data along: it is protected or left behind, and AWS refuses to delete it.",
    check: (graph) => (durationOf(graph) === "permanent" ? heldAgainstDeletion(graph) : []),
  },
  {
    name: "a key outlives what it encrypts",
    why: "Data under a deleted key is deleted data.",
    check: (graph) => (durationOf(graph) === "permanent" ? keys(graph) : []),
  },
  {
    name: "a preview leaves nothing behind",
    why: "It is removed when its pull request closes, by a pipeline, with nobody there to confirm anything.",
    check: (graph) => (durationOf(graph) === "permanent" ? [] : leftovers(graph)),
  },
  {
    name: "a preview has nothing that costs by the hour",
    why: "There may be twenty of them: networks, clusters, domains, distributions and firewalls are staging's, or are done without.",
    check: (graph) =>
      durationOf(graph) === "permanent"
        ? []
        : tooDear.flatMap((type) => graph.all(type).map(({ name }) => ({ where: name, what: "costs by the hour, or is slow to remove" }))),
  },
];

function isHeld({ protect, retainOnDelete }: Resource): boolean {
  return protect === true || retainOnDelete === true;
}

/** The name without the prefix of the place that it stands in. */
function plainName({ name }: Resource): string {
  return name.replace(/^Standby/, "");
}

function heldAgainstDeletion(graph: Graph): Violation[] {
  const all = holding.flatMap((type) => graph.all(type)).filter((one) => one.type !== kinds.bucket || remade[plainName(one)] === undefined);
  const on = (path: string) => (resource: Resource) => flagAt(resource.inputs, path) === true;
  return [
    ...where(all, isHeld, "is deleted with its stage"),
    ...where([...graph.all(kinds.cluster), ...graph.all(globalCluster)], on("deletionProtection"), "AWS would delete it for whoever asks"),
    ...where(
      graph.all(kinds.cluster),
      ({ inputs }) => flagAt(inputs, "skipFinalSnapshot") === false && textAt(inputs, "finalSnapshotIdentifier") !== undefined,
      "would leave no snapshot",
    ),
    ...where(
      graph.all(kinds.cluster),
      ({ inputs }) => (numberAt(inputs, "backupRetentionPeriod") ?? 0) >= 14,
      "can be restored to the last days only",
    ),
    ...where(graph.all(kinds.table), on("deletionProtectionEnabled"), "AWS would delete it for whoever asks"),
    ...where(graph.all(kinds.table), on("pointInTimeRecovery.enabled"), "can't be restored"),
    ...where(graph.all(secret), ({ inputs }) => (numberAt(inputs, "recoveryWindowInDays") ?? 30) >= 7, "is gone at once"),
    ...all
      .filter(({ type }) => type === kinds.bucket)
      .flatMap((bucket) => [
        ...unlessSo(flagAt(bucket.inputs, "forceDestroy") !== true, bucket.name, "is emptied when it is removed"),
        ...unlessSo(isVersioned(graph, bucket), bucket.name, "forgets what was overwritten or deleted"),
      ]),
  ];
}

function isVersioned(graph: Graph, bucket: Resource): boolean {
  return graph
    .all("aws:s3/bucketVersioning:BucketVersioning")
    .some(({ inputs }) => inputs["bucket"] === bucket.id && textAt(inputs, "versioningConfiguration.status") === "Enabled");
}

function keys(graph: Graph): Violation[] {
  const used = holding
    .flatMap((type) => graph.all(type))
    .flatMap(({ inputs }) => ["kmsKeyId", "kmsKeyArn", "encryptAtRest.kmsKeyId"].flatMap((path) => textAt(inputs, path) ?? []));
  const all = graph
    .all(kinds.key)
    .filter(({ outputs, id }) => used.includes(String(outputs["arn"])) || (id !== undefined && used.includes(id)));
  return [
    ...where(all, (key) => key.protect === true && key.retainOnDelete === true, "may go before what it encrypts"),
    ...where(all, ({ inputs }) => numberAt(inputs, "deletionWindowInDays") === 30, "is gone sooner than it has to be"),
  ];
}

function leftovers(graph: Graph): Violation[] {
  return [
    ...where(graph.resources, (resource) => !isHeld(resource), "would be left behind, or stop the removal"),
    ...where(graph.all(kinds.bucket), ({ inputs }) => flagAt(inputs, "forceDestroy") === true, "can't be removed while it holds something"),
    ...where(graph.all(kinds.table), ({ inputs }) => flagAt(inputs, "deletionProtectionEnabled") !== true, "AWS refuses to delete it"),
    ...where(graph.all(kinds.cluster), ({ inputs }) => flagAt(inputs, "skipFinalSnapshot") === true, "leaves a snapshot"),
    ...where(graph.all(secret), ({ inputs }) => numberAt(inputs, "recoveryWindowInDays") === 0, "keeps its name for days"),
  ];
}
