/** What a metric of AWS is about, and the dimensions it is found by. */
export const subjects = {
  function: ["FunctionName"],
  queue: ["QueueName"],
  deadLetters: ["QueueName"],
  httpApi: ["ApiId"],
  socketApi: ["ApiId"],
  cluster: ["DBClusterIdentifier"],
  writer: ["DBClusterIdentifier", "Role"],
  reader: ["DBClusterIdentifier", "Role"],
  globalReplica: ["DBClusterIdentifier", "SourceRegion"],
  searchDomain: ["DomainName", "ClientId"],
  table: ["TableName"],
  logDelivery: ["DeliveryStreamName"],
  vault: ["BackupVaultName"],
  /** Of the whole account in one region. */
  account: [],
  distribution: ["DistributionId", "Region"],
  firewall: ["WebACL", "Rule"],
  healthCheck: ["HealthCheckId"],
  certificate: ["CertificateArn"],
} as const satisfies Record<string, readonly string[]>;
export type Subject = keyof typeof subjects;

export type MetricKind = "system" | "application" | "business";
export type Unit = "count" | "ms" | "s" | "minutes" | "days" | "percent" | "bytes" | "MB" | "ACU" | "per s" | "share" | "yes/no";

interface Common {
  readonly kind: MetricKind;
  /** Metrics of one panel are drawn together. */
  readonly panel: string;
  readonly title: string;
  /** As CloudWatch knows it. */
  readonly name: string;
  /** `Sum`, `Maximum`, `p95` …; the first is the one to look at. */
  readonly stats: readonly [string, ...string[]];
  readonly unit: Unit;
  /** What it should be, where something was promised; in words, because the alarms hold the numbers. */
  readonly target?: string;
}

/** Written by Pendo's own code in CloudWatch's embedded format, into `Pendo/<stage>`. */
export interface OwnMetric extends Common {
  readonly source: "code";
  /** The dimensions it is written with. */
  readonly by: readonly string[];
  /** The values of all of them, where only one combination is meant. */
  readonly only?: Readonly<Record<string, string>>;
  /** Written only when it happens, so that an hour without it costs nothing. */
  readonly rare?: true;
  /** Why nothing writes it yet. */
  readonly pending?: string;
}

/** Counted in the access log of the HTTP API by a filter, into `Pendo/<stage>`. */
export interface FilterMetric extends Common {
  readonly source: "accessLog";
  readonly pattern: string;
}

/** Published by AWS. */
export interface AwsMetric extends Common {
  readonly source: "aws";
  readonly namespace: `AWS/${string}`;
  readonly subject: Subject;
}

export type AwsRow = Omit<AwsMetric, "source" | "namespace" | "subject" | "kind"> & Partial<Pick<AwsMetric, "kind">>;

/** A row of what AWS publishes. */
export function awsMetric<const Row extends AwsRow>(namespace: AwsMetric["namespace"], subject: Subject, row: Row) {
  return { source: "aws", kind: "system", namespace, subject, ...row } as const;
}

export type Metric = OwnMetric | FilterMetric | AwsMetric;

/** The namespace of a stage's own metrics. */
export function ownNamespace(stage: string): string {
  return `Pendo/${stage}`;
}
