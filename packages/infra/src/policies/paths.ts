import type { Resource } from "../evaluated.ts";
import type { Graph } from "../graph.ts";
import { kinds } from "../kinds.ts";
import { reaches } from "../network.ts";
import { flagAt, numberAt, textAt, textsAt } from "../read.ts";
import { leadsOut, letsHttpsOut, tableOf } from "../routing.ts";
import { sharedExample } from "../shared.ts";
import { durationOf, type Policy, unlessSo, type Violation } from "./policy.ts";

const endpoint = "aws:ec2/vpcEndpoint:VpcEndpoint";
const proxy = "aws:rds/proxy:Proxy";
const POSTGRES = 5432;
const HTTPS = 443;

/** What stands in a network, and listens there. */
interface Store {
  readonly resource: Resource;
  readonly subnets: readonly string[];
  readonly groups: readonly string[];
  readonly port: number;
}

/** Something that has to get through. */
interface Connection {
  readonly from: string;
  readonly subnets: readonly string[];
  readonly groups: readonly string[];
  readonly to: Store;
  readonly port: number;
}

export const paths: readonly Policy[] = [
  {
    name: "every link has a network path",
    why: "A link is an address and a password. Without subnets of the same network, and a rule on either side for its port, nothing answers there.",
    check: (graph) =>
      durationOf(graph) === "personal" ? [] : [...links(graph), ...connections(graph).flatMap((one) => broken(graph, one))],
  },
  {
    name: "what stands in a network gets out of it",
    why: "Every function speaks to Sentry, and most to Redis, SES, SNS, browsers' push services or API Gateway, none of which stands in the network.",
    check: (graph) =>
      inNetwork(graph).flatMap(({ lambda, subnets, groups }) => [
        ...unlessSo(letsHttpsOut(graph, groups), lambda.name, "no rule of its groups lets https out to the internet"),
        ...subnets
          .filter((subnet) => !leadsOut(graph, subnet, groups))
          .map((subnet) => ({ where: lambda.name, what: `no route leads from ${subnet} to the internet` })),
      ]),
  },
  {
    name: "an endpoint is reached by whoever stands beside it",
    why: "An endpoint takes over the name of its service for the whole network: whoever may not reach it loses the service, though the NAT is there.",
    check: (graph) => [...interfaces(graph), ...gateways(graph)],
  },
];

/** The functions in a network of this stage's own. A preview's stand in staging's, which is checked there. */
function inNetwork(graph: Graph) {
  return graph.all(kinds.lambda).flatMap((lambda) => {
    const subnets = textsAt(lambda.inputs, "vpcConfig.subnetIds");
    const groups = textsAt(lambda.inputs, "vpcConfig.securityGroupIds");
    return subnets.length === 0 || durationOf(graph) !== "permanent" ? [] : [{ lambda, subnets, groups }];
  });
}

function storeAt(graph: Graph, host: string): Store | undefined {
  return [...graph.all(proxy), ...graph.all(kinds.cluster), ...graph.all(kinds.search)]
    .filter(({ outputs }) => [outputs["endpoint"], outputs["readerEndpoint"]].includes(host))
    .map((resource) => storeOf(graph, resource))[0];
}

function storeOf(graph: Graph, resource: Resource): Store {
  const { inputs } = resource;
  if (resource.type === kinds.search)
    return {
      resource,
      subnets: textsAt(inputs, "vpcOptions.subnetIds"),
      groups: textsAt(inputs, "vpcOptions.securityGroupIds"),
      port: HTTPS,
    };
  if (resource.type === proxy)
    return { resource, subnets: textsAt(inputs, "vpcSubnetIds"), groups: textsAt(inputs, "vpcSecurityGroupIds"), port: POSTGRES };
  const subnetGroup = graph.all("aws:rds/subnetGroup:SubnetGroup").find((one) => one.inputs["name"] === inputs["dbSubnetGroupName"]);
  return {
    resource,
    subnets: textsAt(subnetGroup?.inputs, "subnetIds"),
    groups: textsAt(inputs, "vpcSecurityGroupIds"),
    port: numberAt(inputs, "port") ?? POSTGRES,
  };
}

/** Links to a store, of functions that could not even begin to reach it. */
function links(graph: Graph): Violation[] {
  return storeLinks(graph).flatMap(({ lambda, name, host, port, store, subnets, groups }) => {
    if (durationOf(graph) === "preview")
      return [
        ...unlessSo(
          host === sharedExample.databaseHost && port === sharedExample.databasePort,
          lambda,
          `${name} is not staging's database`,
        ),
        ...unlessSo(
          subnets.join() === sharedExample.privateSubnets.join() && groups.join() === sharedExample.functionGroups.join(),
          lambda,
          `is linked to ${name}, and stands where staging does not let it in`,
        ),
      ];
    if (!store) return [{ where: lambda, what: `${name} leads to ${host}, which is nothing of this stage` }];
    return [
      ...unlessSo(subnets.length > 0, lambda, `is linked to ${name}, and stands outside the network`),
      ...unlessSo(port === store.port, lambda, `${name} says port ${port}, and ${store.resource.name} listens on ${store.port}`),
    ];
  });
}

function storeLinks(graph: Graph) {
  return graph.functions.flatMap((build) => {
    const lambda = graph.lambdaOf(build);
    return Object.entries(build.links).flatMap(([name, link]) => {
      const host = textAt(link, "host") ?? hostIn(textAt(link, "url"));
      if (host === undefined || !lambda) return [];
      const store = storeAt(graph, host);
      if (!store && !/^(Standby)?(Migration)?(Database|Search)$/.test(name)) return [];
      const subnets = textsAt(lambda.inputs, "vpcConfig.subnetIds");
      const groups = textsAt(lambda.inputs, "vpcConfig.securityGroupIds");
      return [{ lambda: lambda.name, name, host, port: numberAt(link, "port") ?? HTTPS, store, subnets, groups }];
    });
  });
}

function hostIn(url: string | undefined): string | undefined {
  return url !== undefined && URL.canParse(url) ? new URL(url).hostname : undefined;
}

/** Everything that speaks to a store: functions by their links, the proxy, and Firehose. */
function connections(graph: Graph): Connection[] {
  const linked = storeLinks(graph).flatMap(({ lambda, store, ...rest }) =>
    store && rest.subnets.length > 0 ? [{ from: lambda, ...rest, to: store }] : [],
  );
  const proxied = graph.all("aws:rds/proxyTarget:ProxyTarget").flatMap(({ inputs }) => {
    const from = graph.all(proxy).find((one) => one.inputs["name"] === inputs["dbProxyName"]);
    const to = graph.all(kinds.cluster).find((one) => one.inputs["clusterIdentifier"] === inputs["dbClusterIdentifier"]);
    return from && to ? [{ from: from.name, ...storeOf(graph, from), to: storeOf(graph, to), port: POSTGRES }] : [];
  });
  const delivered = graph.all("aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream").flatMap(({ name, inputs }) => {
    const to = graph.byArn(textAt(inputs, "opensearchConfiguration.domainArn") ?? "");
    const subnets = textsAt(inputs, "opensearchConfiguration.vpcConfig.subnetIds");
    const groups = textsAt(inputs, "opensearchConfiguration.vpcConfig.securityGroupIds");
    return to ? [{ from: name, subnets, groups, to: storeOf(graph, to), port: HTTPS }] : [];
  });
  return [...linked, ...proxied, ...delivered];
}

function broken(graph: Graph, { from, subnets, groups, to, port }: Connection): Violation[] {
  const { name } = to.resource;
  const networks = (ids: readonly string[]): Set<unknown> => new Set(ids.map((id) => subnetOf(graph, id)?.inputs["vpcId"]));
  const [here, there] = [networks(subnets), networks(to.subnets)];
  const [network] = here;
  return [
    ...unlessSo(
      network !== undefined && here.size === 1 && there.size === 1 && there.has(network),
      from,
      `does not stand in the network of ${name}`,
    ),
    ...unlessSo(
      [...subnets, ...to.subnets].every((subnet) => tableOf(graph, subnet) !== undefined),
      from,
      `has no table of routes between it and ${name}`,
    ),
    ...unlessSo(reaches(graph, groups, to.groups, port), from, `its security groups and those of ${name} do not agree about port ${port}`),
  ];
}

function subnetOf(graph: Graph, id: string): Resource | undefined {
  return graph.all(kinds.subnet).find((subnet) => subnet.id === id);
}

function interfaces(graph: Graph): Violation[] {
  return graph
    .all(endpoint)
    .filter(({ inputs }) => inputs["vpcEndpointType"] === "Interface")
    .flatMap((one) => {
      const network = graph.all(kinds.vpc).find(({ id }) => id === one.inputs["vpcId"]);
      const zones = new Set(textsAt(one.inputs, "subnetIds").map((id) => subnetOf(graph, id)?.inputs["availabilityZone"]));
      return [
        ...unlessSo(flagAt(one.inputs, "privateDnsEnabled") === true, one.name, "nobody is led to it by name"),
        ...unlessSo(
          flagAt(network?.inputs, "enableDnsHostnames") === true && flagAt(network?.inputs, "enableDnsSupport") === true,
          one.name,
          "its network has no names of its own",
        ),
        ...inNetwork(graph)
          .filter(({ subnets }) => subnets.some((id) => subnetOf(graph, id)?.inputs["vpcId"] === one.inputs["vpcId"]))
          .flatMap(({ lambda, subnets, groups }) => [
            ...unlessSo(reaches(graph, groups, textsAt(one.inputs, "securityGroupIds"), HTTPS), lambda.name, `may not reach ${one.name}`),
            // Elsewhere one zone serves the others, for a third of the price.
            ...unlessSo(
              graph.stage !== "production" || subnets.every((id) => zones.has(subnetOf(graph, id)?.inputs["availabilityZone"])),
              lambda.name,
              `${one.name} is not in all of its zones`,
            ),
          ]),
      ];
    });
}

/** A gateway endpoint works by routes: a table without it sends the same traffic through the NAT, for money. */
function gateways(graph: Graph): Violation[] {
  const used = new Set(inNetwork(graph).flatMap(({ subnets }) => subnets));
  return graph
    .all(endpoint)
    .filter(({ inputs }) => inputs["vpcEndpointType"] === "Gateway")
    .flatMap((one) =>
      [...used]
        .filter((id) => subnetOf(graph, id)?.inputs["vpcId"] === one.inputs["vpcId"])
        .map((id) => tableOf(graph, id))
        .filter((table) => table?.id === undefined || !textsAt(one.inputs, "routeTableIds").includes(table.id))
        .map((table) => ({ where: one.name, what: `is no part of the routes ${table?.name}` })),
    );
}
