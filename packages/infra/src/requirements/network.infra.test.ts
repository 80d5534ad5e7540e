import { statementsIn } from "../access.ts";
import type { Resource } from "../evaluated.ts";
import type { Graph } from "../graph.ts";
import { kinds } from "../kinds.ts";
import { rulesOf } from "../network.ts";
import { documentsAt, flagAt, listAt, numberAt, textAt, textsAt } from "../read.ts";
import { failing, promised, type Promised, unless } from "./promised.ts";

const endpoint = "aws:ec2/vpcEndpoint:VpcEndpoint";
const routeTable = "aws:ec2/routeTable:RouteTable";
const association = "aws:ec2/routeTableAssociation:RouteTableAssociation";
const nat = "aws:ec2/natGateway:NatGateway";
const flowLog = "aws:ec2/flowLog:FlowLog";

const inProduction = (of: readonly Resource[], region: string): Resource[] => of.filter((resource) => resource.region === region);
const regions = ["eu-west-1", "eu-central-1"] as const;
const permanent = ["production", "staging"] as const;

/** The routes of a subnet. */
function routesOf(graph: Graph, subnetId: string) {
  const tables = graph.all(association).filter(({ inputs }) => textAt(inputs, "subnetId") === subnetId);
  return tables.flatMap(({ inputs }) => graph.all(routeTable).filter(({ id }) => id === textAt(inputs, "routeTableId")));
}

const layout: readonly Promised[] = [
  {
    says: "the network spans three zones, with public, private and data subnets in each",
    in: ["production"],
    wrong: (graph) =>
      regions.flatMap((region) => {
        const subnets = inProduction(graph.all(kinds.subnet), region);
        return ["Public", "Private", "Data"].flatMap((kind) => {
          const zones = subnets
            .filter(({ name }) => name.includes(`${kind}Subnet`))
            .map(({ inputs }) => textAt(inputs, "availabilityZone"));
          return unless(zones.length === 3 && new Set(zones).size === 3, `${kind} subnets in ${region}: ${zones.join(", ")}`);
        });
      }),
    broken: (draft) => draft.with(kinds.subnet, "StandbyDataSubnet3", "availabilityZone", "eu-central-1a"),
  },
  {
    says: "no two subnets of a network overlap",
    in: permanent,
    wrong: (graph) => {
      const ranges = graph.all(kinds.subnet).map(({ inputs, region }) => `${region} ${textAt(inputs, "cidrBlock")}`);
      // All of them are of one size, so that different ones can't overlap.
      return [...unless(new Set(ranges).size === ranges.length, ranges.join(", ")), ...ranges.filter((range) => !range.endsWith("/22"))];
    },
    broken: (draft) => draft.with(kinds.subnet, "DataSubnet1", "cidrBlock", "10.0.4.0/22"),
  },
  {
    says: "what holds data stands in subnets from which no route leads anywhere",
    in: permanent,
    wrong: (graph) => {
      const subnets = [
        ...graph.all("aws:rds/subnetGroup:SubnetGroup").flatMap(({ inputs }) => textsAt(inputs, "subnetIds")),
        ...graph.all("aws:rds/proxy:Proxy").flatMap(({ inputs }) => textsAt(inputs, "vpcSubnetIds")),
        ...graph.all(kinds.search).flatMap(({ inputs }) => textsAt(inputs, "vpcOptions.subnetIds")),
      ];
      return [...new Set(subnets)].filter((subnet) => {
        const tables = routesOf(graph, subnet);
        return tables.length !== 1 || tables.some(({ inputs }) => listAt(inputs, "routes").length > 0);
      });
    },
    broken: (draft) => draft.with(routeTable, "DataRoutes", "routes", [{ cidrBlock: "0.0.0.0/0", gatewayId: "igw" }]),
  },
  {
    says: "nothing is given a public address by its subnet",
    in: permanent,
    wrong: (graph) => failing(graph.all(kinds.subnet), ({ inputs }) => flagAt(inputs, "mapPublicIpOnLaunch") !== true),
    broken: (draft) => draft.with(kinds.subnet, "NetworkPublicSubnet1", "mapPublicIpOnLaunch", true),
  },
  {
    says: "every zone of production leaves for the internet through a NAT gateway of its own",
    in: ["production"],
    wrong: (graph) =>
      regions.flatMap((region) => {
        const gateways = inProduction(graph.all(nat), region);
        const used = inProduction(graph.all(routeTable), region).flatMap(({ inputs }) =>
          documentsAt(inputs, "routes").flatMap((route) => textsAt(route, "natGatewayId")),
        );
        return [
          ...unless(gateways.length === 3, `${gateways.length} NAT gateways in ${region}`),
          ...failing(gateways, ({ id }) => used.filter((gateway) => gateway === id).length === 1),
        ];
      }),
    broken: (draft) => draft.without(nat, "NetworkNatGateway2"),
  },
  {
    says: "staging's NAT instances are encrypted, ask for tokens, and serve functions alone",
    in: ["staging"],
    wrong: (graph) => {
      const instances = graph.all("aws:ec2/instance:Instance");
      const group = graph.one(kinds.securityGroup, "NetworkNatInstanceSecurityGroup");
      const admitted = rulesOf(graph, group).filter(({ direction }) => direction === "ingress");
      const functions = graph.one(kinds.securityGroup, "FunctionsGroup").id;
      return [
        ...failing(instances, ({ inputs }) => textAt(inputs, "metadataOptions.httpTokens") === "required"),
        ...failing(instances, ({ inputs }) => flagAt(inputs, "rootBlockDevice.encrypted") === true),
        ...unless(
          admitted.length === 1 &&
            admitted.every(
              ({ peers, toPort }) => toPort === 443 && peers.every((peer) => peer.kind === "group" && peer.groupId === functions),
            ),
          "its group",
        ),
      ];
    },
    broken: (draft) => draft.with("aws:ec2/instance:Instance", "NetworkNatInstance1", "metadataOptions.httpTokens", "optional"),
  },
];

const endpoints: readonly Promised[] = [
  {
    says: "S3 and DynamoDB are reached through gateways, from every private subnet",
    in: permanent,
    wrong: (graph) => {
      const tables = graph.all(routeTable).filter(({ name }) => name.includes("PrivateRouteTable"));
      return tables.flatMap(({ id, name, region }) =>
        ["s3", "dynamodb"]
          .filter(
            (service) =>
              !graph
                .all(endpoint)
                .some(
                  ({ inputs }) =>
                    textAt(inputs, "serviceName") === `com.amazonaws.${region}.${service}` &&
                    textAt(inputs, "vpcEndpointType") === "Gateway" &&
                    textsAt(inputs, "routeTableIds").includes(id ?? ""),
                ),
          )
          .map((service) => `${name} has no way to ${service}`),
      );
    },
    broken: (draft) => draft.without(endpoint, "DynamoDbEndpoint"),
  },
  {
    says: "SQS and Secrets Manager are reached through interfaces in every zone of production",
    in: ["production"],
    wrong: (graph) =>
      regions.flatMap((region) =>
        ["sqs", "secretsmanager"].flatMap((service) => {
          const found = graph.all(endpoint).find(({ inputs }) => textAt(inputs, "serviceName") === `com.amazonaws.${region}.${service}`);
          return unless(
            found !== undefined && textsAt(found.inputs, "subnetIds").length === 3 && flagAt(found.inputs, "privateDnsEnabled") === true,
            `${service} in ${region}`,
          );
        }),
      ),
    broken: (draft) => draft.with(endpoint, "SqsEndpoint", "privateDnsEnabled", false),
  },
  {
    says: "no endpoint carries anything to or from another account",
    in: permanent,
    wrong: (graph) =>
      failing(graph.all(endpoint), ({ inputs }) => {
        const statements = statementsIn(inputs["policy"]);
        return (
          statements.length === 1 &&
          statements.every(({ conditions }) =>
            ["aws:PrincipalAccount", "aws:ResourceAccount"].every((key) =>
              listAt(conditions["StringEquals"], key).includes("123456789012"),
            ),
          )
        );
      }),
    broken: (draft) => draft.with(endpoint, "S3Endpoint", "policy.Statement.0.Condition", {}),
  },
];

const watched: readonly Promised[] = [
  {
    says: "who spoke to whom is logged, refusals included, and kept for a time",
    in: permanent,
    wrong: (graph) =>
      failing(graph.all(kinds.vpc), ({ id }) =>
        graph.all(flowLog).some(({ inputs }) => {
          const group = graph.byArn(textAt(inputs, "logDestination") ?? "");
          return (
            textAt(inputs, "vpcId") === id &&
            textAt(inputs, "trafficType") === "ALL" &&
            (numberAt(group?.inputs, "retentionInDays") ?? 0) >= 30
          );
        }),
      ),
    broken: (draft) => draft.with(flowLog, "StandbyFlowLog", "trafficType", "REJECT"),
  },
  {
    says: "flow logs are written by a role that can write nothing else, for this account alone",
    in: permanent,
    wrong: (graph) =>
      failing(
        graph.all(kinds.role).filter(({ name }) => name.endsWith("FlowLogsRole")),
        ({ inputs }) =>
          statementsIn(documentsAt(inputs, "inlinePolicies")[0]?.["policy"]).every(({ resources }) =>
            resources.every((arn) => /:log-group:[^*]+(:\*)?$/.test(arn)),
          ) &&
          statementsIn(inputs["assumeRolePolicy"]).every(
            ({ conditions }) => textsAt(conditions["StringEquals"], "aws:SourceAccount").length === 1,
          ),
      ),
    broken: (draft) => draft.with(kinds.role, "FlowLogsRole", "inlinePolicies.0.policy.Statement.0.Resource", ["*"]),
  },
];

promised("the network", [...layout, ...endpoints, ...watched]);
