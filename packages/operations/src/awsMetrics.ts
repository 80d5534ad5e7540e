import { type AwsMetric, type AwsRow, awsMetric } from "./metric.ts";

/** What AWS publishes about the ways in, the functions, the queues and the edge. */
export const awsMetrics = {
  httpRequests: http({ panel: "API requests", title: "Requests", name: "Count", stats: ["Sum"], unit: "count" }),
  httpLatency: http({
    panel: "API latency",
    title: "Latency",
    name: "Latency",
    stats: ["p95", "p50", "p99"],
    unit: "ms",
    target: "p95 < 300 ms",
  }),
  http5xx: http({ panel: "API errors", title: "5xx", name: "5xx", stats: ["Sum"], unit: "count", target: "99.9 % of requests succeed" }),
  http4xx: http({ panel: "API errors", title: "4xx", name: "4xx", stats: ["Sum"], unit: "count" }),
  socketConnects: socket({ panel: "Sockets", title: "Sockets opened", name: "ConnectCount", stats: ["Sum"], unit: "count" }),
  socketMessages: socket({ panel: "Sockets", title: "Frames both ways", name: "MessageCount", stats: ["Sum"], unit: "count" }),
  socketErrors: socket({
    panel: "Socket errors",
    title: "Errors behind the gateway",
    name: "IntegrationError",
    stats: ["Sum"],
    unit: "count",
  }),
  socketExecutionErrors: socket({
    panel: "Socket errors",
    title: "Errors of the gateway",
    name: "ExecutionError",
    stats: ["Sum"],
    unit: "count",
  }),
  socketClientErrors: socket({ panel: "Socket errors", title: "Sockets refused", name: "ClientError", stats: ["Sum"], unit: "count" }),

  functionCalls: lambda({ panel: "Function calls", title: "Calls", name: "Invocations", stats: ["Sum"], unit: "count" }),
  functionErrors: lambda({ panel: "Function errors", title: "Errors", name: "Errors", stats: ["Sum"], unit: "count" }),
  functionThrottles: lambda({
    panel: "Function throttles",
    title: "Throttled",
    name: "Throttles",
    stats: ["Sum"],
    unit: "count",
    target: "0",
  }),
  functionDuration: lambda({
    panel: "Function duration",
    title: "Duration",
    name: "Duration",
    stats: ["p99", "p50", "Maximum"],
    unit: "ms",
  }),
  functionsAtOnce: lambda({
    panel: "Functions at once",
    title: "Running at once",
    name: "ConcurrentExecutions",
    stats: ["Maximum"],
    unit: "count",
  }),
  functionSpillover: lambda({
    panel: "Cold in spite of warm instances",
    title: "Calls beyond the instances kept warm",
    name: "ProvisionedConcurrencySpilloverInvocations",
    stats: ["Sum"],
    unit: "count",
  }),
  accountConcurrency: awsMetric("AWS/Lambda", "account", {
    panel: "Functions at once, all",
    title: "Running at once",
    name: "ConcurrentExecutions",
    stats: ["Maximum"],
    unit: "count",
  }),

  queueLength: awsMetric("AWS/SQS", "queue", {
    kind: "application",
    panel: "Queue lengths",
    title: "Waiting messages",
    name: "ApproximateNumberOfMessagesVisible",
    stats: ["Maximum"],
    unit: "count",
  }),
  queueAge: awsMetric("AWS/SQS", "queue", {
    kind: "application",
    panel: "Oldest messages",
    title: "Age of the oldest message",
    name: "ApproximateAgeOfOldestMessage",
    stats: ["Maximum"],
    unit: "s",
    target: "< 5 × its target",
  }),
  deadLetters: awsMetric("AWS/SQS", "deadLetters", {
    kind: "application",
    panel: "Dead letters",
    title: "Messages given up",
    name: "ApproximateNumberOfMessagesVisible",
    stats: ["Maximum"],
    unit: "count",
    target: "0",
  }),

  logFreshness: firehose({
    panel: "Log delivery",
    title: "Age of the oldest log line",
    name: "DeliveryToAmazonOpenSearchService.DataFreshness",
    stats: ["Maximum"],
    unit: "s",
  }),
  logSuccess: firehose({
    panel: "Log delivery success",
    title: "Delivered",
    name: "DeliveryToAmazonOpenSearchService.Success",
    stats: ["Average"],
    unit: "share",
  }),
  logRecords: firehose({ panel: "Log lines", title: "Lines", name: "IncomingRecords", stats: ["Sum"], unit: "count" }),

  lettersSent: awsMetric("AWS/SES", "account", {
    kind: "application",
    panel: "Letters",
    title: "Sent",
    name: "Send",
    stats: ["Sum"],
    unit: "count",
  }),
  bounceRate: awsMetric("AWS/SES", "account", {
    kind: "application",
    panel: "Letters refused",
    title: "Bounced",
    name: "Reputation.BounceRate",
    stats: ["Maximum"],
    unit: "share",
    target: "< 5 %",
  }),
  complaintRate: awsMetric("AWS/SES", "account", {
    kind: "application",
    panel: "Letters refused",
    title: "Called spam",
    name: "Reputation.ComplaintRate",
    stats: ["Maximum"],
    unit: "share",
    target: "< 0.1 %",
  }),

  edgeRequests: edge({ panel: "CloudFront requests", title: "Requests", name: "Requests", stats: ["Sum"], unit: "count" }),
  edge5xx: edge({ panel: "CloudFront errors", title: "5xx", name: "5xxErrorRate", stats: ["Average"], unit: "percent" }),
  edge4xx: edge({ panel: "CloudFront errors", title: "4xx", name: "4xxErrorRate", stats: ["Average"], unit: "percent" }),
  edgeBytes: edge({ panel: "CloudFront bytes", title: "Sent", name: "BytesDownloaded", stats: ["Sum"], unit: "bytes" }),
  edgeHitRate: edge({
    panel: "CloudFront hit rate",
    title: "Answered without the origin",
    name: "CacheHitRate",
    stats: ["Average"],
    unit: "percent",
  }),
  firewallBlocked: awsMetric("AWS/WAFV2", "firewall", {
    panel: "Firewall",
    title: "Blocked",
    name: "BlockedRequests",
    stats: ["Sum"],
    unit: "count",
  }),
  firewallAllowed: awsMetric("AWS/WAFV2", "firewall", {
    panel: "Firewall",
    title: "Let through",
    name: "AllowedRequests",
    stats: ["Sum"],
    unit: "count",
  }),
  originHealth: awsMetric("AWS/Route53", "healthCheck", {
    panel: "Health of the origins",
    title: "Healthy",
    name: "HealthCheckStatus",
    stats: ["Minimum"],
    unit: "yes/no",
    target: "1",
  }),
  certificateDays: awsMetric("AWS/CertificateManager", "certificate", {
    panel: "Certificates",
    title: "Days until it ends",
    name: "DaysToExpiry",
    stats: ["Minimum"],
    unit: "days",
    target: "≥ 21 days",
  }),
} as const satisfies Readonly<Record<string, AwsMetric>>;

function http(row: AwsRow) {
  return awsMetric("AWS/ApiGateway", "httpApi", { kind: "application", ...row });
}

function socket(row: AwsRow) {
  return awsMetric("AWS/ApiGateway", "socketApi", { kind: "application", ...row });
}

function lambda(row: AwsRow) {
  return awsMetric("AWS/Lambda", "function", row);
}

function firehose(row: AwsRow) {
  return awsMetric("AWS/Firehose", "logDelivery", row);
}

function edge(row: AwsRow) {
  return awsMetric("AWS/CloudFront", "distribution", row);
}
