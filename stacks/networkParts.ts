import type { Place } from "./place";
import type { Stage } from "./stage";

export type SecurityGroups = Readonly<Record<SecurityGroupName, aws.ec2.SecurityGroup>>;
export type SecurityGroupName = "functions" | "proxy" | "database" | "search" | "endpoints" | "logDelivery";

const POSTGRES = 5432;
const HTTPS = 443;

const purposes: Readonly<Record<SecurityGroupName, string>> = {
  functions: "Functions of Pendo",
  proxy: "The proxy in front of the database",
  database: "The database",
  search: "The search domain",
  endpoints: "Endpoints of AWS services",
  logDelivery: "Firehose, delivering logs",
};

/** Who may speak to whom. What is not here does not get through. */
const paths: readonly { readonly from: SecurityGroupName; readonly to: SecurityGroupName; readonly port: number }[] = [
  { from: "functions", to: "proxy", port: POSTGRES },
  // The migration step speaks to the writer itself, and so do previews, whose databases the proxy does not know.
  { from: "functions", to: "database", port: POSTGRES },
  { from: "proxy", to: "database", port: POSTGRES },
  { from: "functions", to: "search", port: HTTPS },
  { from: "functions", to: "endpoints", port: HTTPS },
  { from: "logDelivery", to: "search", port: HTTPS },
];

/** A group for each kind of thing in the network, with rules that name groups and never addresses. */
export function securityGroups(vpcId: $util.Output<string>, place: Place): SecurityGroups {
  const groups = Object.fromEntries(
    Object.entries(purposes).map(([name, description]) => [
      name,
      new aws.ec2.SecurityGroup(groupName(place, name), { vpcId, description }, place.opts),
    ]),
  ) as Record<SecurityGroupName, aws.ec2.SecurityGroup>;
  for (const { from, to, port } of paths) {
    const name = `${groupName(place, from)}To${capital(to)}`;
    const rule = { ipProtocol: "tcp", fromPort: port, toPort: port, description: `${purposes[from]} to: ${purposes[to]}` };
    new aws.vpc.SecurityGroupEgressRule(
      `${name}Out`,
      { ...rule, securityGroupId: groups[from].id, referencedSecurityGroupId: groups[to].id },
      place.opts,
    );
    new aws.vpc.SecurityGroupIngressRule(
      `${name}In`,
      { ...rule, securityGroupId: groups[to].id, referencedSecurityGroupId: groups[from].id },
      place.opts,
    );
  }
  // Redis, browsers' push services, SES, SNS, Rekognition; and S3 and DynamoDB, through their gateways.
  toInternet(`${groupName(place, "functions")}ToInternet`, groups.functions.id, place);
  return groups;
}

/** Only functions may use the NAT instances, and only for https. */
export function guardNat(vpc: sst.aws.Vpc, groups: SecurityGroups, place: Place): void {
  const nat = vpc.nodes.natSecurityGroup.apply((group) => {
    if (!group) throw new Error("The network has no NAT instances to guard.");
    return group.id;
  });
  new aws.vpc.SecurityGroupIngressRule(
    `${place.prefix}FunctionsGroupToNatIn`,
    {
      securityGroupId: nat,
      referencedSecurityGroupId: groups.functions.id,
      ipProtocol: "tcp",
      fromPort: HTTPS,
      toPort: HTTPS,
      description: "Functions of Pendo to the internet",
    },
    place.opts,
  );
  toInternet(`${place.prefix}NatToInternet`, nat, place);
}

function toInternet(name: string, securityGroupId: $util.Output<string>, place: Place): void {
  new aws.vpc.SecurityGroupEgressRule(
    name,
    { securityGroupId, cidrIpv4: "0.0.0.0/0", ipProtocol: "tcp", fromPort: HTTPS, toPort: HTTPS, description: "https to the internet" },
    place.opts,
  );
}

interface EndpointsArgs {
  readonly vpc: sst.aws.Vpc;
  readonly stage: Stage;
  readonly place: Place;
  readonly group: aws.ec2.SecurityGroup;
  readonly zones: number;
}

/**
 * A gateway endpoint costs nothing, and what goes through it pays no NAT (eu-west-1: $0.048 a GB).
 *
 * An interface endpoint costs $0.011 an hour in each zone, so $8 a month, and $0.01 a GB: it saves money beyond $8 / ($0.048 - $0.010) = 211 GB a
 * month and zone. At 10 million monthly users SQS carries about 1 TB; below that its endpoint is not for the money: facts reach their queues
 * although the NAT is away. Secrets Manager carries next to nothing; through its endpoint credentials never take the way of the internet.
 * SNS, SES, Rekognition, SSM and API Gateway's connections carry less than 211 GB even then, and go through the NAT that Redis and browsers' push
 * services need in any case. CloudWatch and X-Ray are reached by Lambda itself, outside of this network.
 */
export function endpoints({ vpc, stage, place, group, zones }: EndpointsArgs): void {
  const region = place.region;
  const routeTableIds = vpc.nodes.privateRouteTables.apply((tables) => $util.all(tables.map((table) => table.id)));
  for (const [name, service] of [
    ["S3Endpoint", "s3"],
    ["DynamoDbEndpoint", "dynamodb"],
  ] as const)
    new aws.ec2.VpcEndpoint(
      `${place.prefix}${name}`,
      {
        vpcId: vpc.id,
        vpcEndpointType: "Gateway",
        serviceName: `com.amazonaws.${region}.${service}`,
        routeTableIds,
        policy: ownAccountOnly(service, place),
      },
      place.opts,
    );
  // Every zone of production keeps its own way; elsewhere the others go through the first, for a third of the price.
  const subnetIds = vpc.privateSubnets.apply((ids) => ids.slice(0, stage.kind === "production" ? zones : 1));
  for (const [name, service] of [
    ["SqsEndpoint", "sqs"],
    ["SecretsManagerEndpoint", "secretsmanager"],
  ] as const)
    new aws.ec2.VpcEndpoint(
      `${place.prefix}${name}`,
      {
        vpcId: vpc.id,
        vpcEndpointType: "Interface",
        serviceName: `com.amazonaws.${region}.${service}`,
        subnetIds,
        securityGroupIds: [group.id],
        privateDnsEnabled: true,
        policy: ownAccountOnly(service, place),
      },
      place.opts,
    );
}

/** Nobody carries data through here into an account that isn't ours, whatever credentials he brings. */
function ownAccountOnly(service: string, place: Place): $util.Output<string> {
  const { accountId } = aws.getCallerIdentityOutput({}, place.opts);
  return aws.iam.getPolicyDocumentOutput(
    {
      statements: [
        {
          principals: [{ type: "*", identifiers: ["*"] }],
          actions: [`${service}:*`],
          resources: ["*"],
          conditions: [
            { test: "StringEquals", variable: "aws:PrincipalAccount", values: [accountId] },
            { test: "StringEquals", variable: "aws:ResourceAccount", values: [accountId] },
          ],
        },
      ],
    },
    place.opts,
  ).json;
}

/** Who spoke to whom, and who was refused, kept as long as other logs. */
export function flowLogs(vpcId: $util.Output<string>, stage: Stage, place: Place): aws.cloudwatch.LogGroup {
  const { prefix, opts } = place;
  const { accountId } = aws.getCallerIdentityOutput({}, opts);
  const group = new aws.cloudwatch.LogGroup(`${prefix}FlowLogs`, { retentionInDays: stage.logDays }, opts);
  const role = new aws.iam.Role(
    `${prefix}FlowLogsRole`,
    {
      assumeRolePolicy: aws.iam.getPolicyDocumentOutput({
        statements: [
          {
            principals: [{ type: "Service", identifiers: ["vpc-flow-logs.amazonaws.com"] }],
            actions: ["sts:AssumeRole"],
            conditions: [{ test: "StringEquals", variable: "aws:SourceAccount", values: [accountId] }],
          },
        ],
      }).json,
      inlinePolicies: [
        {
          name: "write",
          policy: aws.iam.getPolicyDocumentOutput({
            statements: [
              {
                actions: ["logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams"],
                resources: [group.arn, $interpolate`${group.arn}:*`],
              },
            ],
          }).json,
        },
      ],
    },
    opts,
  );
  new aws.ec2.FlowLog(
    `${prefix}FlowLog`,
    {
      vpcId,
      trafficType: "ALL",
      logDestinationType: "cloud-watch-logs",
      logDestination: group.arn,
      iamRoleArn: role.arn,
      // Ten minutes in one record: a tenth of the price.
      maxAggregationInterval: 600,
    },
    opts,
  );
  return group;
}

function groupName(place: Place, name: string): string {
  return `${place.prefix}${capital(name)}Group`;
}

function capital(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}
