import { everyRoute } from "@pendo/contract/everyRoute";
import { events } from "@pendo/contract/events";
import { queues } from "@pendo/contract/queues";
import { schedules } from "@pendo/contract/schedules";
import { framesIn } from "@pendo/contract/sockets";
import type { Resource } from "../evaluated.ts";
import type { Graph } from "../graph.ts";
import { kinds } from "../kinds.ts";
import { ownMetrics } from "@pendo/operations/ownMetrics";
import { lambdaAt } from "../policies/policy.ts";
import { at, documentsAt, flagAt, listAt, numberAt, textAt, textsAt } from "../read.ts";
import { assumptions, type Size } from "./assumptions.ts";
import { free, metered } from "./free.ts";
import { HOURS, type Line, line } from "./line.ts";
import type { PriceId } from "./prices.ts";

type Pricer = (resource: Resource, graph: Graph) => readonly Line[];

const always = (price: PriceId, units: number, what: string): Line => line(price, units, what, true);
const hourly =
  (price: PriceId, what: string): Pricer =>
  () => [always(price, HOURS, what)];
const monthly =
  (price: PriceId, what: string): Pricer =>
  () => [always(price, 1, what)];

const searchHours: Readonly<Record<string, PriceId>> = {
  "r7g.large.search": "searchR7gLarge",
  "m7g.medium.search": "searchM7gMedium",
  "t3.small.search": "searchT3Small",
};

/** A proxy is billed for the instances behind it, and for this much at least. */
export const PROXY_ACU_MIN = 8;

/** What a resource costs by being there. */
const pricers: Readonly<Record<string, Pricer>> = {
  "aws:ec2/natGateway:NatGateway": hourly("natHours", "NAT gateways"),
  "aws:ec2/eip:Eip": hourly("addressHours", "public addresses"),
  "aws:ec2/instance:Instance": ({ inputs }) => [always("nanoHours", HOURS, priced(inputs["instanceType"], ["t4g.nano"], "NAT instances"))],
  "aws:ec2/vpcEndpoint:VpcEndpoint": ({ inputs }) =>
    inputs["vpcEndpointType"] === "Interface"
      ? [always("endpointHours", HOURS * textsAt(inputs, "subnetIds").length, "interface endpoints")]
      : [],
  "aws:rds/clusterInstance:ClusterInstance": (instance, graph) => [
    always("acuHours", HOURS * acuOf(graph, instance, "minCapacity"), "Aurora's instances at rest"),
  ],
  "aws:rds/proxy:Proxy": (proxy, graph) => [
    always("proxyAcuHours", HOURS * Math.max(PROXY_ACU_MIN, proxiedAcu(graph, proxy)), "RDS Proxy at rest"),
  ],
  [kinds.search]: ({ inputs }) => {
    const nodes = numberAt(inputs, "clusterConfig.instanceCount") ?? 1;
    const masters =
      flagAt(inputs, "clusterConfig.dedicatedMasterEnabled") === true ? (numberAt(inputs, "clusterConfig.dedicatedMasterCount") ?? 0) : 0;
    return [
      always(searchPrice(textAt(inputs, "clusterConfig.instanceType")), HOURS * nodes, "OpenSearch's nodes"),
      ...(masters > 0
        ? [always(searchPrice(textAt(inputs, "clusterConfig.dedicatedMasterType")), HOURS * masters, "OpenSearch's masters")]
        : []),
      always("searchGb", nodes * (numberAt(inputs, "ebsOptions.volumeSize") ?? 0), "OpenSearch's disks"),
    ];
  },
  "upstash:index/redisDatabase:RedisDatabase": ({ inputs }) =>
    flagAt(inputs, "prodPack") === true ? [always("redisProdPack", 1, "Redis's production pack")] : [],
  [kinds.key]: monthly("keys", "keys"),
  "aws:secretsmanager/secret:Secret": monthly("secrets", "secrets"),
  "aws:route53/healthCheck:HealthCheck": monthly("healthChecks", "health checks"),
  "aws:servicediscovery/privateDnsNamespace:PrivateDnsNamespace": monthly("zones", "private zones"),
  [kinds.alarm]: ({ inputs }) => [
    always(
      "alarms",
      Math.max(1, documentsAt(inputs, "metricQueries").filter((query) => at(query, "metric") !== undefined).length),
      "alarms",
    ),
  ],
  "aws:cloudwatch/compositeAlarm:CompositeAlarm": monthly("compositeAlarms", "composite alarms"),
  "aws:cloudwatch/dashboard:Dashboard": monthly("dashboards", "dashboards"),
  [kinds.webAcl]: ({ inputs }) => [
    always("firewall", 1, "the firewall"),
    always("firewallRules", listAt(inputs, "rules").length, "the firewall's rules"),
  ],
  "aws:lambda/provisionedConcurrencyConfig:ProvisionedConcurrencyConfig": ({ inputs }, graph) => {
    const lambda = graph.all(kinds.lambda).find((one) => one.inputs["name"] === inputs["functionName"]);
    const gb = (numberAt(lambda?.inputs, "memorySize") ?? 0) / 1024;
    return [always("lambdaWarm", (gb * (numberAt(inputs, "provisionedConcurrentExecutions") ?? 0) * HOURS * 3600) / 1e6, "warm instances")];
  },
  "aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream": ({ inputs }) => {
    const zones = textsAt(inputs, "opensearchConfiguration.vpcConfig.subnetIds").length;
    return zones > 0 ? [always("deliveryZoneHours", HOURS * zones, "the delivery of logs")] : [];
  },
  "aws:scheduler/schedule:Schedule": ({ inputs }, graph) => {
    if (inputs["state"] === "DISABLED") return [];
    const lambda = lambdaAt(graph, textAt(inputs, "target.arn"));
    const gb = (numberAt(lambda?.inputs, "memorySize") ?? 0) / 1024;
    const seconds = runsOf(textAt(inputs, "scheduleExpression") ?? "") * assumptions.jobSec.value;
    return [always("lambdaSeconds", (gb * seconds) / 1e6, "jobs and the canary")];
  },
  "aws:grafana/workspace:Workspace": () => [always("editors", assumptions.editors.value, "Grafana's editors")],
};

/** Everything that a stage costs before anybody comes. Throws for a type of resource that nobody has priced. */
export function fixedOf(graph: Graph, { awakeShare }: Size): Line[] {
  const resources = graph.resources.filter(({ custom }) => custom);
  const unknown = [...new Set(resources.map(({ type }) => type))].filter(
    (type) => pricers[type] === undefined && free[type] === undefined && metered[type] === undefined,
  );
  if (unknown.length > 0)
    throw new Error(
      `Nobody has said what ${unknown.join(", ")} costs: price it in cost/fixed.ts, or list it in cost/free.ts as free or metered.`,
    );
  const lines = resources.flatMap((resource) => pricers[resource.type]?.(resource, graph) ?? []);
  return [
    ...lines,
    always("metrics", routeMetrics(graph) * awakeShare, "metrics of single routes by API Gateway"),
    always("metrics", ownMetricsWritten() * awakeShare, "metrics of our own"),
  ];
}

/** The lines of one price and purpose as one. */
export function summed(lines: readonly Line[]): Line[] {
  const groups = Map.groupBy(lines, ({ price, what, fixed }) => `${price} ${what} ${fixed}`);
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    return first ? [{ ...first, units: sum(group, "units"), usd: sum(group, "usd") }] : [];
  });
}

function sum(lines: readonly Line[], of: "units" | "usd"): number {
  return lines.reduce((total, one) => total + one[of], 0);
}

/** What an instance of a cluster may scale between. */
export function acuOf(graph: Graph, instance: Resource, end: "minCapacity" | "maxCapacity"): number {
  const cluster = graph.all(kinds.cluster).find(({ id }) => id === instance.inputs["clusterIdentifier"]);
  return numberAt(cluster?.inputs, `serverlessv2ScalingConfiguration.${end}`) ?? 0;
}

function proxiedAcu(graph: Graph, proxy: Resource): number {
  return instancesBehind(graph, proxy).reduce((total, instance) => total + acuOf(graph, instance, "minCapacity"), 0);
}

function instancesBehind(graph: Graph, proxy: Resource): readonly Resource[] {
  const target = graph.all("aws:rds/proxyTarget:ProxyTarget").find(({ inputs }) => inputs["dbProxyName"] === proxy.inputs["name"]);
  const cluster = graph.all(kinds.cluster).find(({ inputs }) => inputs["clusterIdentifier"] === target?.inputs["dbClusterIdentifier"]);
  return graph.all(kinds.clusterInstance).filter(({ inputs }) => inputs["clusterIdentifier"] === cluster?.id);
}

/** How often a schedule comes round in a month. */
function runsOf(expression: string): number {
  const [, times = "", unit = ""] = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(expression) ?? [];
  const minutes = { minute: 1, hour: 60, day: 1440 }[unit];
  // What goes by the calendar comes once a day or less.
  return minutes === undefined ? 31 : (HOURS * 60) / (Number(times) * minutes);
}

function searchPrice(instanceType: string | undefined): PriceId {
  const price = searchHours[instanceType ?? ""];
  if (price === undefined) throw new Error(`Nobody has said what ${instanceType} costs: price it in cost/prices.ts.`);
  return price;
}

function priced(value: unknown, values: readonly unknown[], what: string): string {
  if (values.includes(value)) return what;
  throw new Error(`Nobody has said what ${String(value)} costs: price it in cost/prices.ts.`);
}

// Count, 4xx, 5xx, Latency, IntegrationLatency and DataProcessed. A place that stands by measures nothing worth the name.
const METRICS_PER_ROUTE = 6;

function routeMetrics(graph: Graph): number {
  return (
    graph
      .all(kinds.stage)
      .filter(({ name }) => !name.startsWith("Standby"))
      .flatMap(({ inputs }) => documentsAt(inputs, "routeSettings"))
      .filter((settings) => flagAt(settings, "detailedMetricsEnabled") === true).length * METRICS_PER_ROUTE
  );
}

/** How many values a dimension of ours takes. */
const valuesOf: Readonly<Record<string, number>> = {
  route: everyRoute().length,
  frame: Object.keys(framesIn).length,
  queue: Object.keys(queues).length,
  schedule: Object.keys(schedules).length + 1,
  "queue,fact": Object.values(events).reduce((total, { to }) => total + to.length, 0),
  canary: 8,
  cache: 1,
  port: 11,
  watch: 1,
};

/** Each name with each combination of its dimensions is paid for. */
function ownMetricsWritten(): number {
  const regular = Object.values(ownMetrics).filter((metric) => !("rare" in metric));
  const written = regular.flatMap((metric) => (metric.source === "code" ? [`${metric.name} ${metric.by.join()}`] : [metric.name]));
  return [...new Set(written)].reduce((total, one) => {
    const by = one.split(" ")[1];
    const values = by === undefined ? 1 : valuesOf[by];
    if (values === undefined) throw new Error(`Nobody has said how many values ${by} takes: say it in cost/fixed.ts.`);
    return total + values;
  }, 0);
}
