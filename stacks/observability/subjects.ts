import type { Backend } from "../backend";
import type { Edge } from "../edge/edge";
import type { Subject } from "@pendo/operations/metric";

export type Dimensions = Readonly<Record<string, $util.Input<string>>>;

/** Something that AWS publishes metrics about. */
export interface Found {
  /** As lines in graphs are called. */
  readonly label: string;
  readonly dimensions: Dimensions;
  /** Where its metrics are, if not in the region of its place. */
  readonly region?: string;
}

export type SubjectsFound = Readonly<Partial<Record<Subject, readonly Found[]>>>;

/** What one copy of the backend is made of. */
export function subjectsOf(backend: Backend): SubjectsFound {
  const { place, stores, queues, context } = backend;
  const account = aws.getCallerIdentityOutput({}, place.opts).accountId;
  const cluster = stores.database.cluster?.identifier;
  const named = (DBClusterIdentifier: string, more: Dimensions = {}): Found[] => [
    { label: "Aurora", dimensions: { DBClusterIdentifier, ...more } },
  ];
  return {
    account: [{ label: "All", dimensions: {} }],
    function: context.made.map(({ spec, fn }) => ({ label: spec.name, dimensions: { FunctionName: fn.name } })),
    queue: Object.entries(queues).map(([label, { live }]) => ({ label, dimensions: { QueueName: live.nodes.queue.name } })),
    deadLetters: [
      ...Object.entries(queues).map(([label, { dead }]) => ({ label, dimensions: { QueueName: dead.nodes.queue.name } })),
      ...context.deadLetters.map(({ label, queue }) => ({ label, dimensions: { QueueName: queue.nodes.queue.name } })),
    ],
    httpApi: [{ label: "HTTP", dimensions: { ApiId: backend.httpApi.api.nodes.api.id } }],
    socketApi: [{ label: "Sockets", dimensions: { ApiId: backend.socketApi.nodes.api.id } }],
    table: [{ label: "Connections", dimensions: { TableName: stores.connections.name } }],
    ...(cluster !== undefined && {
      cluster: named(cluster),
      // A cluster that copies another has no writer.
      ...(place.active && { writer: named(cluster, { Role: "WRITER" }) }),
      reader: named(cluster, { Role: "READER" }),
    }),
    ...(stores.search && {
      searchDomain: [{ label: "OpenSearch", dimensions: { DomainName: stores.search.name, ClientId: account } }],
    }),
  };
}

export interface EdgeSubjects {
  readonly edge: Edge;
  /** CloudFront's ids, by what the distributions are for. */
  readonly distributions: Readonly<Record<string, $util.Input<string>>>;
  /** Of the origins, by place. */
  readonly checks: Readonly<Record<string, $util.Input<string>>>;
}

/** What stands in front of all copies; CloudWatch keeps its metrics in us-east-1. */
export function edgeSubjects({ edge, distributions, checks }: EdgeSubjects): SubjectsFound {
  const found = (of: Readonly<Record<string, $util.Input<string>>>, dimensions: (id: $util.Input<string>) => Dimensions): Found[] =>
    Object.entries(of).map(([label, id]) => ({ label, dimensions: dimensions(id), region: EDGE_REGION }));
  return {
    distribution: found(distributions, (id) => ({ DistributionId: id, Region: "Global" })),
    // Rules sum up under ALL; a firewall of CloudFront has no region among its dimensions.
    firewall: [{ label: "Firewall", dimensions: { WebACL: edge.acl.name, Rule: "ALL" }, region: EDGE_REGION }],
    healthCheck: found(checks, (id) => ({ HealthCheckId: id })),
    certificate: found({ edge: edge.certificates.edge }, (CertificateArn) => ({ CertificateArn })),
  };
}

export const EDGE_REGION = "us-east-1";
