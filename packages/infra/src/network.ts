import type { Document, Resource } from "./evaluated.ts";
import type { Graph } from "./graph.ts";
import { kinds } from "./kinds.ts";
import { documentsAt, flagAt, numberAt, textAt, textsAt } from "./read.ts";

/** Whom a rule of a security group admits, or lets be reached. */
export type Peer =
  | { readonly kind: "group"; readonly groupId: string }
  | { readonly kind: "addresses"; readonly cidr: string }
  | { readonly kind: "prefixList"; readonly prefixListId: string };

export interface Rule {
  readonly direction: "ingress" | "egress";
  /** "tcp", "udp", "icmp"; "-1" is everything. */
  readonly protocol: string;
  readonly fromPort: number;
  readonly toPort: number;
  readonly peers: readonly Peer[];
  /** The resource that says so: the group itself, or a rule of its own. */
  readonly source: Resource;
}

const separate = {
  rule: "aws:ec2/securityGroupRule:SecurityGroupRule",
  ingress: "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
  egress: "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule",
} as const;

/** The rules of a security group: those inside it, and those that stand by themselves. */
export function rulesOf(graph: Graph, group: Resource): readonly Rule[] {
  const inside = (["ingress", "egress"] as const).flatMap((direction) =>
    documentsAt(group.inputs, direction).map((rule) => ruleOf(rule, direction, group, group)),
  );
  const about = (resource: Resource): boolean => textAt(resource.inputs, "securityGroupId") === group.id;
  const alone = [
    ...graph
      .all(separate.rule)
      .filter(about)
      .map((rule) => ruleOf(rule.inputs, textAt(rule.inputs, "type") === "egress" ? "egress" : "ingress", rule, group)),
    ...graph
      .all(separate.ingress)
      .filter(about)
      .map((rule) => ruleOf(rule.inputs, "ingress", rule, group)),
    ...graph
      .all(separate.egress)
      .filter(about)
      .map((rule) => ruleOf(rule.inputs, "egress", rule, group)),
  ];
  return [...inside, ...alone];
}

function ruleOf(rule: Document, direction: Rule["direction"], source: Resource, group: Resource): Rule {
  const groups = [
    ...textsAt(rule, "securityGroups"),
    ...textsAt(rule, "sourceSecurityGroupId"),
    ...textsAt(rule, "referencedSecurityGroupId"),
  ];
  const cidrs = ["cidrBlocks", "ipv6CidrBlocks", "cidrIpv4", "cidrIpv6"].flatMap((property) => textsAt(rule, property));
  const lists = [...textsAt(rule, "prefixListIds"), ...textsAt(rule, "prefixListId")];
  const own = flagAt(rule, "self") === true && group.id !== undefined ? [group.id] : [];
  const protocol = textAt(rule, "protocol") ?? textAt(rule, "ipProtocol") ?? "-1";
  return {
    direction,
    protocol,
    fromPort: protocol === "-1" ? 0 : (numberAt(rule, "fromPort") ?? 0),
    toPort: protocol === "-1" ? 65_535 : (numberAt(rule, "toPort") ?? 65_535),
    peers: [
      ...[...groups, ...own].map((groupId) => ({ kind: "group" as const, groupId })),
      ...cidrs.map((cidr) => ({ kind: "addresses" as const, cidr })),
      ...lists.map((prefixListId) => ({ kind: "prefixList" as const, prefixListId })),
    ],
    source,
  };
}

/** Whether traffic to a TCP port of `to` is let out by one of the groups of `from`, and let in by one of the groups of `to`. */
export function reaches(graph: Graph, from: readonly string[], to: readonly string[], port: number): boolean {
  const groups = (ids: readonly string[]): Resource[] =>
    graph.all(kinds.securityGroup).filter(({ id }) => id !== undefined && ids.includes(id));
  const lets = (ids: readonly string[], direction: Rule["direction"], peers: readonly string[]): boolean =>
    groups(ids)
      .flatMap((group) => rulesOf(graph, group))
      .filter(
        (rule) => rule.direction === direction && ["tcp", "-1"].includes(rule.protocol) && rule.fromPort <= port && port <= rule.toPort,
      )
      .some((rule) => rule.peers.some((peer) => (peer.kind === "group" ? peers.includes(peer.groupId) : peer.kind === "addresses")));
  return lets(from, "egress", to) && lets(to, "ingress", from);
}
