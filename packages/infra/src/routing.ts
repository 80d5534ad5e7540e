import type { Resource } from "./evaluated.ts";
import type { Graph } from "./graph.ts";
import { kinds } from "./kinds.ts";
import { type Rule, rulesOf } from "./network.ts";
import { documentsAt, flagAt, textAt, textsAt } from "./read.ts";

const EVERYWHERE = "0.0.0.0/0";
const HTTPS = 443;

/** The table of routes of a subnet. */
export function tableOf(graph: Graph, subnet: string): Resource | undefined {
  const [association] = graph
    .all("aws:ec2/routeTableAssociation:RouteTableAssociation")
    .filter(({ inputs }) => textAt(inputs, "subnetId") === subnet);
  return graph
    .all("aws:ec2/routeTable:RouteTable")
    .find(({ id }) => id !== undefined && id === textAt(association?.inputs, "routeTableId"));
}

/** Whether https from these security groups in a subnet gets to the internet: through a NAT gateway, or an instance that does the same. */
export function leadsOut(graph: Graph, subnet: string, groups: readonly string[]): boolean {
  const route = defaultRoute(graph, subnet);
  const gateway = graph.all("aws:ec2/natGateway:NatGateway").find(({ id }) => id !== undefined && id === textAt(route, "natGatewayId"));
  if (gateway) return gateway.inputs["allocationId"] !== undefined && isPublic(graph, textAt(gateway.inputs, "subnetId") ?? "");
  const card = textAt(route, "networkInterfaceId");
  const instance = graph.all("aws:ec2/instance:Instance").find(({ outputs }) => outputs["primaryNetworkInterfaceId"] === card);
  return card !== undefined && instance !== undefined && passesOn(graph, instance, groups);
}

/** Whether the internet can be reached from a subnet without a NAT, and so, by an address of its own, the other way round. */
export function isPublic(graph: Graph, subnet: string): boolean {
  const gateway = textAt(defaultRoute(graph, subnet), "gatewayId");
  return graph.all("aws:ec2/internetGateway:InternetGateway").some(({ id }) => id !== undefined && id === gateway);
}

function defaultRoute(graph: Graph, subnet: string) {
  return documentsAt(tableOf(graph, subnet)?.inputs, "routes").find((route) => textAt(route, "cidrBlock") === EVERYWHERE);
}

function passesOn(graph: Graph, instance: Resource, groups: readonly string[]): boolean {
  const own = textsAt(instance.inputs, "vpcSecurityGroupIds");
  const hasAddress = graph
    .all("aws:ec2/eipAssociation:EipAssociation")
    .some(({ inputs }) => instance.id !== undefined && inputs["instanceId"] === instance.id);
  const admits = httpsRules(graph, own, "ingress").some(({ peers }) =>
    peers.some((peer) => peer.kind === "group" && groups.includes(peer.groupId)),
  );
  const forwards = flagAt(instance.inputs, "sourceDestCheck") === false;
  return forwards && hasAddress && admits && letsHttpsOut(graph, own) && isPublic(graph, textAt(instance.inputs, "subnetId") ?? "");
}

/** Whether one of these security groups lets https out to every address. */
export function letsHttpsOut(graph: Graph, groups: readonly string[]): boolean {
  return httpsRules(graph, groups, "egress").some(({ peers }) =>
    peers.some((peer) => peer.kind === "addresses" && peer.cidr === EVERYWHERE),
  );
}

function httpsRules(graph: Graph, groups: readonly string[], direction: Rule["direction"]): Rule[] {
  return graph
    .all(kinds.securityGroup)
    .filter(({ id }) => id !== undefined && groups.includes(id))
    .flatMap((group) => rulesOf(graph, group))
    .filter(
      (rule) => rule.direction === direction && ["tcp", "-1"].includes(rule.protocol) && rule.fromPort <= HTTPS && HTTPS <= rule.toPort,
    );
}
