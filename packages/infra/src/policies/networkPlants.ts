import { kinds } from "../kinds.ts";
import type { Way } from "./plant.ts";

const ingress = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule";
const egress = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule";
const table = "aws:ec2/routeTable:RouteTable";
const tableOf = "aws:ec2/routeTableAssociation:RouteTableAssociation";
const endpoint = "aws:ec2/vpcEndpoint:VpcEndpoint";
const instance = "aws:ec2/instance:Instance";
const defaultGroup = "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup";
const block = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock";
const bucketPolicy = "aws:s3/bucketPolicy:BucketPolicy";
const topicPolicy = "aws:sns/topicPolicy:TopicPolicy";
const proxy = "aws:rds/proxy:Proxy";
const statement = { Effect: "Allow", Principal: "*", Action: "*", Resource: "*" };
const everybody = { Version: "2012-10-17", Statement: [statement] };
const anybodysLogs = { Version: "2012-10-17", Statement: [{ ...statement, Principal: { Service: "logs.amazonaws.com" } }] };

/** Roads that are closed, and doors that are open. */
export const network: Readonly<Record<string, readonly Way[]>> = {
  "every link has a network path": [
    ["the proxy admits no function", "SwipesApiFunction", (draft) => draft.without(ingress, "FunctionsGroupToProxyIn")],
    ["functions may speak to another port", "SwipesApiFunction", (draft) => draft.with(egress, "FunctionsGroupToProxyOut", "toPort", 80)],
    ["a function left the network", "SwipesApiFunction", (draft) => draft.with(kinds.lambda, "SwipesApiFunction", "vpcConfig", undefined)],
    ["the cluster admits no proxy", "AuroraProxy", (draft) => draft.without(ingress, "ProxyGroupToDatabaseIn")],
    ["Firehose may not speak to search", "LogDelivery", (draft) => draft.without(egress, "LogDeliveryGroupToSearchOut")],
    ["a store stands in two networks", "SwipesApiFunction", (draft) => draft.with(kinds.subnet, "DataSubnet2", "vpcId", "another")],
    ["a subnet lost its routes", "SwipesApiFunction", (draft) => draft.without(tableOf, "DataSubnet1Routes")],
    ["the proxy is gone", "SwipesApiFunction", (draft) => draft.without(proxy, "AuroraProxy")],
    [
      "a preview stands elsewhere",
      "SwipesApiFunction",
      (draft) => draft.with(kinds.lambda, "SwipesApiFunction", "vpcConfig.subnetIds", []),
      "pr-42",
    ],
  ],
  "what stands in a network gets out of it": [
    ["no rule lets https out", "SwipesApiFunction", (draft) => draft.without(egress, "FunctionsGroupToInternet")],
    ["a zone has no NAT", "SwipesApiFunction", (draft) => draft.without("aws:ec2/natGateway:NatGateway", "NetworkNatGateway2")],
    ["a table has no way out", "SwipesApiFunction", (draft) => draft.with(table, "NetworkPrivateRouteTable1", "routes", [])],
    ["the NAT stands in a private subnet", "SwipesApiFunction", (draft) => draft.with(table, "NetworkPublicRouteTable1", "routes", [])],
    [
      "the NAT instance forwards nothing",
      "SwipesApiFunction",
      (draft) => draft.with(instance, "NetworkNatInstance1", "sourceDestCheck", true),
      "staging",
    ],
    ["the NAT instance admits nobody", "SwipesApiFunction", (draft) => draft.without(ingress, "FunctionsGroupToNatIn"), "staging"],
  ],
  "an endpoint is reached by whoever stands beside it": [
    ["it admits no function", "SwipesApiFunction", (draft) => draft.without(ingress, "FunctionsGroupToEndpointsIn")],
    ["it is in one zone", "SwipesApiFunction", (draft) => draft.with(endpoint, "SqsEndpoint", "subnetIds", ["NetworkPrivateSubnet1-id"])],
    ["nobody is led to it", "SqsEndpoint", (draft) => draft.with(endpoint, "SqsEndpoint", "privateDnsEnabled", false)],
    [
      "a table goes past it",
      "S3Endpoint",
      (draft) => draft.with(endpoint, "S3Endpoint", "routeTableIds", ["NetworkPrivateRouteTable1-id"]),
    ],
  ],
  "no address lets anybody in": [
    [
      "the database is open to the world",
      "ProxyGroupToDatabaseIn",
      (draft) => draft.with(ingress, "ProxyGroupToDatabaseIn", "cidrIpv4", "0.0.0.0/0"),
    ],
    [
      "search is open to the world's other half",
      "FunctionsGroupToSearchIn",
      (draft) => draft.with(ingress, "FunctionsGroupToSearchIn", "cidrIpv6", "::/0"),
    ],
    [
      "the writer has a public address",
      "AuroraInstance",
      (draft) => draft.with(kinds.clusterInstance, "AuroraInstance", "publiclyAccessible", true),
    ],
    ["search left the network", "OpenSearchDomain", (draft) => draft.with(kinds.search, "OpenSearchDomain", "vpcOptions", undefined)],
    [
      "the default group admits itself",
      "NetworkSecurityGroup",
      (draft) => draft.with(defaultGroup, "NetworkSecurityGroup", "ingress", [{ protocol: "-1", self: true, cidrBlocks: ["10.0.0.0/8"] }]),
    ],
    ["nobody emptied the default group", "NetworkVpc", (draft) => draft.without(defaultGroup, "NetworkSecurityGroup")],
    [
      "the database's subnet is public",
      "AuroraSubnetGroup",
      (draft) => draft.with(tableOf, "DataSubnet1Routes", "routeTableId", "NetworkPublicRouteTable1-id"),
    ],
    ["an instance of somebody's", "Bastion", (draft) => draft.adding(instance, "Bastion", { tags: {} }), "staging"],
  ],
  "nothing opens a way past the gateway": [
    [
      "a function has an address of its own",
      "Planted",
      (draft) => draft.adding("aws:lambda/functionUrl:FunctionUrl", "Planted", {}),
      "pr-42",
    ],
    [
      "a bucket is a site",
      "Planted",
      (draft) => draft.adding("aws:s3/bucketWebsiteConfiguration:BucketWebsiteConfiguration", "Planted", {}),
    ],
  ],
  "no bucket can be made public": [
    ["the block is off", "UploadsBucket", (draft) => draft.with(block, "UploadsBucket", "restrictPublicBuckets", false)],
    ["the block is gone", "UploadsBucket", (draft) => draft.without(block, "UploadsBucket"), "pr-42"],
    ["a new bucket", "Planted", (draft) => draft.adding(kinds.bucket, "Planted", {}), "local.dev"],
  ],
  "no policy speaks to everybody": [
    ["a bucket's does", "UploadsBucket", (draft) => draft.with(bucketPolicy, "UploadsBucket", "policy.Statement.2", statement)],
    ["a queue's does", "EmailQueueQueue", (draft) => draft.with(kinds.queue, "EmailQueueQueue", "policy", JSON.stringify(everybody))],
    ["a topic's does", "PagesPolicy", (draft) => draft.with(topicPolicy, "PagesPolicy", "policy", everybody)],
    ["a key's lets in a service of any account", "DatabaseKey", (draft) => draft.with(kinds.key, "DatabaseKey", "policy", anybodysLogs)],
    [
      "a condition that excludes nobody",
      "EmailQueueQueue",
      (draft) =>
        draft.with(kinds.queue, "EmailQueueQueue", "policy", {
          Statement: [{ ...statement, Condition: { StringLike: { "aws:SourceArn": "*" } } }],
        }),
    ],
    [
      "a search domain without users",
      "OpenSearchDomainPolicy",
      (draft) => draft.with(kinds.search, "OpenSearchDomain", "advancedSecurityOptions.enabled", false),
    ],
    [
      "a resource of a kind that nobody thought of",
      "Planted",
      (draft) => draft.adding("aws:efs/fileSystemPolicy:FileSystemPolicy", "Planted", { policy: everybody }),
    ],
  ],
  "no function may be called by everybody's service": [
    [
      "a permission names no caller",
      "LogShipperCaller",
      (draft) =>
        draft.editing(kinds.permission, "LogShipperCaller", (inputs) => {
          delete inputs.sourceArn;
          delete inputs.sourceAccount;
        }),
    ],
    ["a permission for everybody", "LogShipperCaller", (draft) => draft.with(kinds.permission, "LogShipperCaller", "principal", "*")],
  ],
  "every route is guarded": [
    [
      "a route lost its authorizer",
      "HttpApiRouteSwipesRecordRouteRoute",
      (draft) => draft.with(kinds.route, "HttpApiRouteSwipesRecordRouteRoute", "authorizationType", "NONE"),
    ],
    [
      "a preview's too",
      "HttpApiRouteSwipesRecordRouteRoute",
      (draft) => draft.with(kinds.route, "HttpApiRouteSwipesRecordRouteRoute", "authorizerId", undefined),
      "pr-42",
    ],
    [
      "another API's authorizer",
      "HttpApiRouteSwipesRecordRouteRoute",
      (draft) => draft.with(kinds.route, "HttpApiRouteSwipesRecordRouteRoute", "authorizerId", "SocketApiAuthorizerOriginAuthorizer-id"),
    ],
    ["a new route", "Planted", (draft) => draft.adding(kinds.route, "Planted", { apiId: "HttpApiApi-id", routeKey: "GET /v1/debug" })],
  ],
  "the way past the edge is closed": [
    [
      "the gateway answers under its own name",
      "HttpApiApi",
      (draft) => draft.with(kinds.api, "HttpApiApi", "disableExecuteApiEndpoint", false),
    ],
    ["a distribution has no firewall", "ApiCdn", (draft) => draft.with(kinds.distribution, "ApiCdn", "webAclId", undefined)],
    [
      "a distribution doesn't show who it is",
      "SocketCdn",
      (draft) => draft.with(kinds.distribution, "SocketCdn", "origins.0.customHeaders", []),
    ],
    [
      "a bucket is read by whoever asks",
      "SiteCdn",
      (draft) => draft.with(kinds.distribution, "SiteCdn", "origins.0.originAccessControlId", undefined),
    ],
  ],
};
