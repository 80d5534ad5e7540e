import { everyRoute } from "@pendo/contract/everyRoute";
import { type Statement, statementsIn } from "../access.ts";
import type { Document, Resource } from "../evaluated.ts";
import type { Graph } from "../graph.ts";
import { kinds } from "../kinds.ts";
import { rulesOf } from "../network.ts";
import { at, documentsAt, flagAt, listAt, textAt, textsAt } from "../read.ts";
import { isPublic } from "../routing.ts";
import { durationOf, type Policy, unlessSo, type Violation, where } from "./policy.ts";

const publicBlock = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock";
const ownership = "aws:s3/bucketOwnershipControls:BucketOwnershipControls";
const defaultGroup = "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup";

/** Resources whose mere presence opens a way in. */
const openTypes: Readonly<Record<string, string>> = {
  "aws:lambda/functionUrl:FunctionUrl": "is a way to a function past the gateway and the firewall",
  "aws:s3/bucketAclV2:BucketAclV2": "gives rights by lists, which policies do not show",
  "aws:s3/bucketAcl:BucketAcl": "gives rights by lists, which policies do not show",
  "aws:s3/bucketWebsiteConfiguration:BucketWebsiteConfiguration": "is a site without TLS",
  "aws:lb/loadBalancer:LoadBalancer": "is an entrance beside CloudFront",
};

export const exposure: readonly Policy[] = [
  {
    name: "no address lets anybody in",
    why: "CloudFront and API Gateway are the only ways in. What stands in the network has no address of its own, and admits groups, never addresses.",
    check: (graph) => [...ingress(graph), ...addresses(graph), ...defaultGroups(graph)],
  },
  {
    name: "nothing opens a way past the gateway",
    why: "Function URLs, lists of access, bucket websites and load balancers answer without authorizer, firewall or limit.",
    check: (graph) => Object.entries(openTypes).flatMap(([type, what]) => graph.all(type).map(({ name }) => ({ where: name, what }))),
  },
  {
    name: "no bucket can be made public",
    why: "One careless policy or object's list would show people's pictures to the world; the block refuses both.",
    check: (graph) => graph.all(kinds.bucket).flatMap((bucket) => blocked(graph, bucket)),
  },
  {
    name: "no policy speaks to everybody",
    why: "A policy on a queue, topic, key, bucket, vault or function for `*` is an entrance unless a condition says whose; so is one for a service that everybody uses.",
    check: (graph) => graph.resources.flatMap((resource) => resourcePolicies(graph, resource)),
  },
  {
    name: "no function may be called by everybody's service",
    why: "API Gateway, SNS and CloudWatch Logs of any account are the same principal: a permission has to say which of them.",
    check: (graph) =>
      where(
        graph.all(kinds.permission),
        ({ inputs }) => {
          const principal = textAt(inputs, "principal") ?? "*";
          return (
            principal !== "*" && [inputs["sourceArn"], inputs["sourceAccount"]].some((source) => source !== undefined && source !== "*")
          );
        },
        "does not say who may call",
      ),
  },
  {
    name: "every route is guarded",
    why: "Behind the edge all requests show that they came through it, or bear a token; only what Route 53 asks is open. Without an edge, what the contract calls public is.",
    check: (graph) => graph.all(kinds.api).flatMap((api) => routes(graph, api)),
  },
  {
    name: "the way past the edge is closed",
    why: "Whoever knew the gateway's own address would have no firewall before him.",
    check: (graph) => (durationOf(graph) === "permanent" ? [...gatewayAddresses(graph), ...origins(graph)] : []),
  },
];

function ingress(graph: Graph): Violation[] {
  return [...graph.all(kinds.securityGroup), ...graph.all(defaultGroup)].flatMap((group) =>
    rulesOf(graph, group)
      .filter(({ direction }) => direction === "ingress")
      .flatMap(({ peers, source }) => peers.map((peer) => ({ peer, source })))
      .filter(({ peer }) => peer.kind === "addresses" && (peer.cidr.endsWith("/0") || !/^(10|172|192)\./.test(peer.cidr)))
      .map(({ source }) => ({ where: source.name, what: "lets addresses of the internet in" })),
  );
}

function addresses(graph: Graph): Violation[] {
  const instances = graph.all(kinds.clusterInstance);
  return [
    ...where(instances, ({ inputs }) => flagAt(inputs, "publiclyAccessible") === false, "has a public address"),
    ...where(graph.all(kinds.search), ({ inputs }) => textsAt(inputs, "vpcOptions.subnetIds").length > 0, "stands outside the network"),
    ...where(graph.all(kinds.subnet), ({ inputs }) => flagAt(inputs, "mapPublicIpOnLaunch") !== true, "gives away public addresses"),
    ...where(
      graph.all("aws:ec2/instance:Instance"),
      ({ inputs }) => textAt(inputs, "tags.sst:is-nat") === "true" && textAt(inputs, "metadataOptions.httpTokens") === "required",
      "is an instance of ours that is no guarded NAT",
    ),
    ...storeSubnets(graph)
      .filter(([, subnet]) => isPublic(graph, subnet))
      .map(([name, subnet]) => ({ where: name, what: `stands in the public subnet ${subnet}` })),
  ];
}

function storeSubnets(graph: Graph): [name: string, subnet: string][] {
  const at = (type: string, path: string) =>
    graph.all(type).flatMap(({ name, inputs }) => textsAt(inputs, path).map((subnet): [string, string] => [name, subnet]));
  return [
    ...at("aws:rds/subnetGroup:SubnetGroup", "subnetIds"),
    ...at("aws:rds/proxy:Proxy", "vpcSubnetIds"),
    ...at(kinds.search, "vpcOptions.subnetIds"),
    ...at(kinds.lambda, "vpcConfig.subnetIds"),
  ];
}

function defaultGroups(graph: Graph): Violation[] {
  const groups = graph.all(defaultGroup);
  return [
    ...where(groups, (group) => rulesOf(graph, group).length === 0, "is given to whoever names no group, and lets something through"),
    ...where(
      graph.all(kinds.vpc),
      ({ id }) => groups.some(({ inputs }) => inputs["vpcId"] === id),
      "has a default group that nobody emptied",
    ),
  ];
}

function blocked(graph: Graph, bucket: Resource): Violation[] {
  const of = (type: string): Resource | undefined => graph.all(type).find(({ inputs }) => inputs["bucket"] === bucket.id);
  const block = of(publicBlock)?.inputs;
  const flags = ["blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"];
  return [
    ...unlessSo(
      flags.every((flag) => flagAt(block, flag) === true),
      bucket.name,
      "may be made public",
    ),
    ...unlessSo(textAt(of(ownership)?.inputs, "rule.objectOwnership") === "BucketOwnerEnforced", bucket.name, "has lists of access"),
    ...unlessSo(
      bucket.inputs["acl"] === undefined && bucket.inputs["website"] === undefined,
      bucket.name,
      "has a list of access or a website",
    ),
  ];
}

// Conditions that say whose doing it has to be.
const narrowing =
  /^(aws:(SourceArn|SourceAccount|SourceOrgID|PrincipalAccount|PrincipalArn|PrincipalOrgID|SourceVpce|SourceVpc)|kms:CallerAccount|sts:ExternalId)$/i;

function isNarrowed({ conditions }: Statement): boolean {
  return Object.entries(conditions).some(([operator, tested]) => {
    const isPositive = /^(ForAnyValue:)?(String|Arn)(Equals|Like|EqualsIgnoreCase)$/.test(operator);
    return isPositive && Object.entries(tested as Document).some(([key]) => narrowing.test(key) && !listAt(tested, key).includes("*"));
  });
}

/** Every policy that names its principals, wherever among the inputs it lies: a resource of a kind that is still to come has one too. */
function resourcePolicies(graph: Graph, resource: Resource): Violation[] {
  if (!resource.custom) return [];
  return Object.entries(resource.inputs).flatMap(([property, value]) => {
    // Whom a role trusts is looked at with the roles.
    if (property === "assumeRolePolicy" || property === "inlinePolicies" || at(value, "Statement") === undefined) return [];
    return statementsIn(value)
      .filter(({ effect, principals }) => effect === "Allow" && Object.keys(principals).length > 0)
      .filter((statement) => !isNarrowed(statement) && !ownDomain(graph, resource))
      .flatMap(({ principals }) => [
        ...unlessSo(!Object.values(principals).flat().includes("*"), resource.name, `its ${property} lets everybody in`),
        ...unlessSo(
          (principals["Service"] ?? []).length === 0,
          resource.name,
          `its ${property} lets in ${(principals["Service"] ?? []).join(", ")} of any account`,
        ),
      ]);
  });
}

/** A search domain in a network, whose users sign in with passwords: requests to it are not signed, so a policy could name nobody. */
function ownDomain(graph: Graph, { type, inputs }: Resource): boolean {
  if (type !== "aws:opensearch/domainPolicy:DomainPolicy") return false;
  const domain = graph.all(kinds.search).find((one) => one.inputs["domainName"] === inputs["domainName"])?.inputs;
  return textsAt(domain, "vpcOptions.subnetIds").length > 0 && flagAt(domain, "advancedSecurityOptions.enabled") === true;
}

// Route 53 can send no header, and no more than this is told to it.
const probes = new Set(["GET /healthz", "GET /readyz"]);
// Only opening a socket can be authorized by the gateway; every frame is checked against the ticket that opened it.
const frames = new Set(["$disconnect", "$default"]);

function routes(graph: Graph, api: Resource): Violation[] {
  const hasEdge = durationOf(graph) === "permanent";
  const open = new Set(everyRoute().flatMap(({ spec }) => (!hasEdge && spec.auth === "public" ? [spec.at as string] : [])));
  // Without an edge a socket's ticket is its only guard, as it is behind one.
  if (!hasEdge) open.add("$connect");
  const isOpen = (key: string): boolean => open.has(key) || probes.has(key) || frames.has(key);
  return graph
    .all(kinds.route)
    .filter(({ inputs }) => inputs["apiId"] === api.id)
    .flatMap(({ name, inputs }) => {
      const authorizer = graph.all("aws:apigatewayv2/authorizer:Authorizer").find(({ id }) => id === inputs["authorizerId"]);
      const isGuarded = inputs["authorizationType"] === "CUSTOM" && authorizer?.inputs["apiId"] === api.id;
      return unlessSo(isGuarded || isOpen(textAt(inputs, "routeKey") ?? ""), name, "no authorizer guards it");
    });
}

function gatewayAddresses(graph: Graph): Violation[] {
  return where(
    graph.all(kinds.api).filter(({ inputs }) => inputs["protocolType"] === "HTTP"),
    ({ inputs }) => flagAt(inputs, "disableExecuteApiEndpoint") === true,
    "answers under API Gateway's own name",
  );
}

function origins(graph: Graph): Violation[] {
  return graph.all(kinds.distribution).flatMap(({ name, inputs }) => [
    ...unlessSo(
      graph.byArn(textAt(inputs, "webAclId") ?? "")?.type === kinds.webAcl || onlySigned(inputs),
      name,
      "has no firewall, and shows more than what was signed",
    ),
    ...documentsAt(inputs, "origins").flatMap((origin) => {
      if (at(origin, "customOriginConfig") === undefined)
        return unlessSo(textAt(origin, "originAccessControlId") !== undefined, name, "reads a bucket without saying who it is");
      const told = documentsAt(origin, "customHeaders").map((header) => textAt(header, "name"));
      return unlessSo(told.includes("x-pendo-origin"), name, "does not show its origin that it is itself");
    }),
  ]);
}

function onlySigned(distribution: Document): boolean {
  const behaviours = [...documentsAt(distribution, "defaultCacheBehavior"), ...documentsAt(distribution, "orderedCacheBehaviors")];
  return behaviours.every((behaviour) => textsAt(behaviour, "trustedKeyGroups").length > 0);
}
