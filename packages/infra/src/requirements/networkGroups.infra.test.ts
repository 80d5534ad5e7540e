import { kinds } from "../kinds.ts";
import { reaches, rulesOf } from "../network.ts";
import { textAt, textsAt } from "../read.ts";
import { sharedParameter } from "@pendo/operations/shared";
import { sharedExample } from "../shared.ts";
import { failing, promised, type Promised, unless } from "./promised.ts";

const endpoint = "aws:ec2/vpcEndpoint:VpcEndpoint";
const ingressRule = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule";
const egressRule = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule";
const nat = "aws:ec2/natGateway:NatGateway";
const defaultGroup = "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup";
const parameter = "aws:ssm/parameter:Parameter";

const permanent = ["production", "staging"] as const;

// Every pair that may speak to each other, and the port.
const paths = [
  "Functions → Proxy 5432",
  "Functions → Database 5432",
  "Proxy → Database 5432",
  "Functions → Search 443",
  "Functions → Endpoints 443",
  "LogDelivery → Search 443",
];

const groups: readonly Promised[] = [
  {
    says: "no security group lets an address in; groups name their peers",
    in: ["production", "staging"],
    wrong: (graph) =>
      [...graph.all(kinds.securityGroup), ...graph.all(defaultGroup)].flatMap((group) =>
        rulesOf(graph, group)
          .filter(({ direction, peers }) => direction === "ingress" && peers.some(({ kind }) => kind !== "group"))
          .map(({ source }) => source.name),
      ),
    broken: (draft) => draft.with(ingressRule, "FunctionsGroupToDatabaseIn", "cidrIpv4", "0.0.0.0/0"),
  },
  {
    says: "addresses are reached over https alone",
    in: ["production", "staging"],
    wrong: (graph) =>
      graph.all(kinds.securityGroup).flatMap((group) =>
        rulesOf(graph, group)
          .filter(({ direction, peers }) => direction === "egress" && peers.some(({ kind }) => kind !== "group"))
          .filter(({ protocol, fromPort, toPort }) => protocol !== "tcp" || fromPort !== 443 || toPort !== 443)
          .map(({ source }) => source.name),
      ),
    broken: (draft) => draft.with(egressRule, "FunctionsGroupToInternet", "toPort", 65_535),
  },
  {
    says: "these may speak to each other, and nobody else",
    in: ["production", "staging"],
    wrong: (graph) => {
      const own = graph
        .all(kinds.securityGroup)
        .filter(({ name }) => /^(Functions|Proxy|Database|Search|Endpoints|LogDelivery)Group$/.test(name));
      const short = (groupId: string): string => own.find(({ id }) => id === groupId)?.name.replace(/Group$/, "") ?? groupId;
      return (["egress", "ingress"] as const).flatMap((direction) => {
        const found = own.flatMap((group) =>
          rulesOf(graph, group)
            .filter((rule) => rule.direction === direction)
            .flatMap(({ peers, toPort }) =>
              peers.flatMap((peer) => {
                if (peer.kind !== "group") return [];
                const [from, to] = direction === "egress" ? [group.id ?? "", peer.groupId] : [peer.groupId, group.id ?? ""];
                return [`${short(from)} → ${short(to)} ${toPort}`];
              }),
            ),
        );
        return unless(JSON.stringify(found.toSorted()) === JSON.stringify(paths.toSorted()), `${direction}: ${found.join(", ")}`);
      });
    },
    broken: (draft) =>
      draft.adding(ingressRule, "Planted", {
        securityGroupId: "DatabaseGroup-id",
        referencedSecurityGroupId: "SearchGroup-id",
        ipProtocol: "tcp",
        fromPort: 5432,
        toPort: 5432,
      }),
  },
  {
    says: "the default security group admits and reaches nothing",
    in: permanent,
    wrong: (graph) => failing(graph.all(defaultGroup), (group) => rulesOf(graph, group).length === 0),
    broken: (draft) =>
      draft.with(defaultGroup, "NetworkSecurityGroup", "egress", [{ protocol: "-1", fromPort: 0, toPort: 0, cidrBlocks: ["10.0.0.0/16"] }]),
  },
  {
    says: "every function that is linked to the database or to search stands in the network, and reaches them",
    in: ["production", "staging"],
    wrong: (graph) =>
      graph.functions.flatMap((build) => {
        const prefix = Object.keys(build.links).some((link) => link.startsWith("Standby")) ? "Standby" : "";
        const [database, search] = [build.links[`${prefix}Database`], build.links[`${prefix}Search`]];
        if (!database && !search) return [];
        const own = textsAt(graph.lambdaOf(build)?.inputs, "vpcConfig.securityGroupIds");
        const to = (name: string, port: number): boolean =>
          reaches(graph, own, [graph.one(kinds.securityGroup, `${prefix}${name}Group`).id ?? ""], port);
        return [
          ...unless(!database || to("Proxy", 5432), `${build.functionID} does not reach the proxy`),
          ...unless(!search || to("Search", 443), `${build.functionID} does not reach search`),
        ];
      }),
    broken: (draft) => draft.without(ingressRule, "FunctionsGroupToProxyIn"),
  },
  {
    says: "the migration step reaches the writer itself",
    in: ["production", "staging"],
    wrong: (graph) => {
      const lambda = graph.one(kinds.lambda, "MigrationStepFunction");
      return unless(
        reaches(
          graph,
          textsAt(lambda.inputs, "vpcConfig.securityGroupIds"),
          textsAt(graph.one(kinds.cluster, "AuroraCluster").inputs, "vpcSecurityGroupIds"),
          5432,
        ),
        lambda.name,
      );
    },
    broken: (draft) => draft.without(egressRule, "FunctionsGroupToDatabaseOut"),
  },
];

const lent: readonly Promised[] = [
  {
    says: "what staging publishes has the shape that previews read",
    in: ["staging"],
    wrong: (graph) => {
      const { inputs } = graph.one(parameter, "Shared");
      const shapeOf = (value: unknown): string =>
        JSON.stringify(
          Object.entries(value as object)
            .map(([key, item]) => [key, Array.isArray(item) ? `${typeof (item as unknown[])[0]}s` : typeof item])
            .toSorted(),
        );
      return [
        ...unless(textAt(inputs, "name") === sharedParameter, "its name"),
        ...unless(shapeOf(JSON.parse(textAt(inputs, "value") ?? "{}")) === shapeOf(sharedExample), textAt(inputs, "value") ?? ""),
      ];
    },
    broken: (draft) => draft.with(parameter, "Shared", "value.databasePort", "5432"),
  },
  {
    says: "what staging publishes holds no password, but names the secret that does",
    in: ["staging"],
    wrong: (graph) => {
      const value = textAt(graph.one(parameter, "Shared").inputs, "value") ?? "";
      const secret = graph.byArn(textAt(JSON.parse(value), "databaseSecretArn") ?? "");
      return [
        ...unless(!value.includes("pppp"), "a password"),
        ...unless(secret?.type === "aws:secretsmanager/secret:Secret", "the secret"),
      ];
    },
    broken: (draft) => draft.with(parameter, "Shared", "value.databaseSecretArn", "pppppppp"),
  },
  {
    says: "a preview has no network of its own, and its functions stand in staging's",
    in: ["pr-42"],
    wrong: (graph) => [
      ...[kinds.vpc, nat, endpoint, kinds.subnet, kinds.securityGroup].flatMap((type) => graph.all(type).map(({ name }) => name)),
      ...graph.functions
        .filter(({ links }) => links["Database"])
        .filter((build) => {
          const { inputs } = graph.lambdaOf(build) ?? { inputs: {} };
          return (
            JSON.stringify(textsAt(inputs, "vpcConfig.subnetIds")) !== JSON.stringify(sharedExample.privateSubnets) ||
            JSON.stringify(textsAt(inputs, "vpcConfig.securityGroupIds")) !== JSON.stringify(sharedExample.functionGroups)
          );
        })
        .map(({ functionID }) => functionID),
    ],
    broken: (draft) => draft.with(kinds.lambda, "SwipesApiFunction", "vpcConfig", undefined),
  },
  {
    says: "a personal stage has no network",
    in: ["local.dev"],
    wrong: (graph) => [
      ...[kinds.vpc, nat, endpoint, kinds.subnet].flatMap((type) => graph.all(type).map(({ name }) => name)),
      ...graph
        .all(kinds.lambda)
        .filter(({ inputs }) => inputs["vpcConfig"] !== undefined)
        .map(({ name }) => name),
    ],
    broken: (draft) => draft.adding(nat, "Planted", {}),
  },
];

promised("security groups", groups);
promised("stages without a network of their own", lent);
