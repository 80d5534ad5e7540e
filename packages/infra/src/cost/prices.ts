/** A list price, in US dollars without tax, discount or free tier. */
export interface Price {
  readonly service: string;
  readonly unit: string;
  readonly usd: number;
  /** What a unit costs beyond so many of them in a month. */
  readonly beyond?: readonly { readonly units: number; readonly usd: number }[];
  /** Where the price is published. */
  readonly source: string;
  /** Prices that were known for us-east-1 alone were raised by a tenth, which is about what eu-west-1 costs more. */
  readonly estimated?: true;
}

/** When these were last what anybody knew. They were not read off the pages on that day: check them there before money depends on it. */
export const pricesOf = { region: "eu-west-1", asKnown: "the middle of 2025" } as const;

const aws = (page: string): string => `https://aws.amazon.com/${page}/pricing/`;

export const prices = {
  apiRequests: {
    service: "API Gateway",
    unit: "million requests (HTTP API)",
    usd: 1.11,
    beyond: [{ units: 300, usd: 1 }],
    source: aws("api-gateway"),
  },
  socketMessages: {
    service: "API Gateway",
    unit: "million messages of 32 kB (WebSocket)",
    usd: 1.14,
    beyond: [{ units: 1000, usd: 0.94 }],
    source: aws("api-gateway"),
  },
  socketMinutes: { service: "API Gateway", unit: "million minutes of connection", usd: 0.285, source: aws("api-gateway") },
  lambdaRequests: { service: "Lambda", unit: "million calls", usd: 0.2, source: aws("lambda") },
  lambdaSeconds: {
    service: "Lambda",
    unit: "million GB-seconds (arm64)",
    usd: 13.3334,
    beyond: [
      { units: 7500, usd: 12.0001 },
      { units: 18_750, usd: 10.6667 },
    ],
    source: aws("lambda"),
  },
  lambdaWarm: { service: "Lambda", unit: "million GB-seconds kept warm (arm64)", usd: 3.3334, source: aws("lambda") },
  acuHours: { service: "Aurora", unit: "ACU-hour (Serverless v2, Standard)", usd: 0.14, source: aws("rds/aurora") },
  databaseGb: { service: "Aurora", unit: "GB-month", usd: 0.11, source: aws("rds/aurora") },
  databaseIo: { service: "Aurora", unit: "million I/Os", usd: 0.22, source: aws("rds/aurora") },
  globalWrites: { service: "Aurora", unit: "million replicated writes", usd: 0.22, source: aws("rds/aurora") },
  proxyAcuHours: {
    service: "Aurora",
    unit: "ACU-hour behind RDS Proxy, 8 at least",
    usd: 0.0165,
    source: aws("rds/proxy"),
    estimated: true,
  },
  snapshotGb: { service: "Backup", unit: "GB-month of Aurora's snapshots", usd: 0.023, source: aws("backup"), estimated: true },
  objectBackupGb: { service: "Backup", unit: "GB-month of S3 backups", usd: 0.055, source: aws("backup"), estimated: true },
  regionGb: { service: "Backup", unit: "GB from one region to another", usd: 0.02, source: aws("ec2/on-demand") },
  searchR7gLarge: {
    service: "OpenSearch",
    unit: "hour of r7g.large.search",
    usd: 0.195,
    source: aws("opensearch-service"),
    estimated: true,
  },
  searchM7gMedium: {
    service: "OpenSearch",
    unit: "hour of m7g.medium.search",
    usd: 0.078,
    source: aws("opensearch-service"),
    estimated: true,
  },
  searchT3Small: { service: "OpenSearch", unit: "hour of t3.small.search", usd: 0.039, source: aws("opensearch-service") },
  searchGb: { service: "OpenSearch", unit: "GB-month of gp3", usd: 0.134, source: aws("opensearch-service"), estimated: true },
  redisCommands: { service: "Redis", unit: "million commands (pay as you go)", usd: 2, source: "https://upstash.com/pricing/redis" },
  redisGb: { service: "Redis", unit: "GB-month", usd: 0.25, source: "https://upstash.com/pricing/redis" },
  redisTraffic: { service: "Redis", unit: "GB of traffic", usd: 0.03, source: "https://upstash.com/pricing/redis" },
  redisProdPack: { service: "Redis", unit: "month of the production pack", usd: 200, source: "https://upstash.com/pricing/redis" },
  dynamoWrites: { service: "DynamoDB", unit: "million writes on demand", usd: 0.705, source: aws("dynamodb") },
  dynamoReads: { service: "DynamoDB", unit: "million reads on demand", usd: 0.1415, source: aws("dynamodb") },
  queueRequests: { service: "SQS", unit: "million requests", usd: 0.4, source: aws("sqs") },
  natHours: { service: "Network", unit: "hour of a NAT gateway", usd: 0.048, source: aws("vpc") },
  natGb: { service: "Network", unit: "GB through a NAT gateway", usd: 0.048, source: aws("vpc") },
  endpointHours: { service: "Network", unit: "hour of an interface endpoint in a zone", usd: 0.011, source: aws("privatelink") },
  endpointGb: { service: "Network", unit: "GB through an interface endpoint", usd: 0.01, source: aws("privatelink") },
  addressHours: { service: "Network", unit: "hour of a public IPv4 address", usd: 0.005, source: aws("vpc") },
  nanoHours: { service: "Network", unit: "hour of t4g.nano with its disk", usd: 0.0056, source: aws("ec2/on-demand") },
  zoneGb: { service: "Network", unit: "GB between zones, both ways", usd: 0.02, source: aws("ec2/on-demand") },
  objectGb: { service: "S3", unit: "GB-month", usd: 0.023, source: aws("s3") },
  objectPuts: { service: "S3", unit: "million PUTs", usd: 5, source: aws("s3") },
  objectGets: { service: "S3", unit: "million GETs", usd: 0.4, source: aws("s3") },
  edgeGb: {
    service: "CloudFront",
    unit: "GB to people in Europe",
    usd: 0.085,
    beyond: [
      { units: 10_000, usd: 0.08 },
      { units: 50_000, usd: 0.06 },
      { units: 150_000, usd: 0.04 },
      { units: 500_000, usd: 0.03 },
    ],
    source: aws("cloudfront"),
  },
  edgeRequests: { service: "CloudFront", unit: "million https requests", usd: 1.2, source: aws("cloudfront") },
  edgeFunctions: { service: "CloudFront", unit: "million runs of a CloudFront function", usd: 0.1, source: aws("cloudfront") },
  firewall: { service: "WAF", unit: "month of a web ACL", usd: 5, source: aws("waf") },
  firewallRules: { service: "WAF", unit: "month of a rule or rule group", usd: 1, source: aws("waf") },
  firewallRequests: { service: "WAF", unit: "million requests", usd: 0.6, source: aws("waf") },
  healthChecks: { service: "Route 53", unit: "month of a fast HTTPS check with latency", usd: 3.5, source: aws("route53") },
  zones: { service: "Route 53", unit: "month of a hosted zone", usd: 0.5, source: aws("route53") },
  names: { service: "Route 53", unit: "million queries", usd: 0.4, source: aws("route53") },
  letters: { service: "Mail and push", unit: "thousand letters (SES)", usd: 0.1, source: aws("ses") },
  pushes: { service: "Mail and push", unit: "million mobile pushes (SNS)", usd: 0.5, source: aws("sns") },
  pictureChecks: {
    service: "Rekognition",
    unit: "thousand pictures moderated",
    usd: 1,
    beyond: [
      { units: 1000, usd: 0.8 },
      { units: 5000, usd: 0.6 },
    ],
    source: aws("rekognition"),
  },
  alarms: { service: "CloudWatch", unit: "month of a metric in an alarm", usd: 0.1, source: aws("cloudwatch") },
  compositeAlarms: { service: "CloudWatch", unit: "month of a composite alarm", usd: 0.5, source: aws("cloudwatch") },
  dashboards: { service: "CloudWatch", unit: "month of a dashboard", usd: 3, source: aws("cloudwatch") },
  metrics: { service: "CloudWatch", unit: "month of a metric", usd: 0.3, beyond: [{ units: 10_000, usd: 0.1 }], source: aws("cloudwatch") },
  logGb: { service: "CloudWatch", unit: "GB of lines taken in", usd: 0.57, source: aws("cloudwatch") },
  logKeptGb: { service: "CloudWatch", unit: "GB-month of lines kept (packed to 15 %)", usd: 0.03, source: aws("cloudwatch") },
  traces: { service: "X-Ray", unit: "million traces", usd: 5, source: aws("xray") },
  deliveryGb: { service: "Firehose", unit: "GB taken in", usd: 0.031, source: aws("firehose") },
  deliveryZoneHours: { service: "Firehose", unit: "hour of a zone of a network", usd: 0.011, source: aws("firehose"), estimated: true },
  keys: { service: "KMS and secrets", unit: "month of a key", usd: 1, source: aws("kms") },
  secrets: { service: "KMS and secrets", unit: "month of a secret", usd: 0.4, source: aws("secrets-manager") },
  editors: { service: "Grafana", unit: "month of an editor", usd: 9, source: aws("grafana") },
} as const satisfies Readonly<Record<string, Price>>;

export type PriceId = keyof typeof prices;
export type Service = (typeof prices)[PriceId]["service"];

/** What so many units cost in a month, each at the price of its tier. */
export function costOf(id: PriceId, units: number): number {
  const { usd, beyond = [] }: Price = prices[id];
  const tiers = [{ units: 0, usd }, ...beyond];
  return tiers.reduce((sum, tier, i) => sum + Math.max(0, Math.min(units, tiers[i + 1]?.units ?? Infinity) - tier.units) * tier.usd, 0);
}
