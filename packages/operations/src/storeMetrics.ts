import { type AwsMetric, type AwsRow, awsMetric } from "./metric.ts";

/** What AWS publishes about the stores and their backups. */
export const storeMetrics = {
  databaseCpu: writer({
    panel: "Database CPU",
    title: "CPU",
    name: "CPUUtilization",
    stats: ["Average", "Maximum"],
    unit: "percent",
    target: "< 80 %",
  }),
  databaseMemory: writer({ panel: "Database memory", title: "Free memory", name: "FreeableMemory", stats: ["Minimum"], unit: "bytes" }),
  databaseConnections: writer({
    panel: "Database connections",
    title: "Connections",
    name: "DatabaseConnections",
    stats: ["Maximum"],
    unit: "count",
    target: "< 80 % of what the cluster allows",
  }),
  databaseNetwork: writer({
    panel: "Database network",
    title: "Bytes in and out",
    name: "NetworkThroughput",
    stats: ["Average"],
    unit: "bytes",
  }),
  databaseCommitLatency: writer({
    panel: "Database commits",
    title: "Time of a commit",
    name: "CommitLatency",
    stats: ["Average"],
    unit: "ms",
  }),
  databaseDeadlocks: writer({
    panel: "Database deadlocks",
    title: "Deadlocks",
    name: "Deadlocks",
    stats: ["Sum"],
    unit: "per s",
    target: "0",
  }),
  databaseBufferHits: writer({
    panel: "Database cache hits",
    title: "Pages found in memory",
    name: "BufferCacheHitRatio",
    stats: ["Average"],
    unit: "percent",
  }),
  databaseReads: cluster({ panel: "Database disk", title: "Reads", name: "VolumeReadIOPs", stats: ["Sum"], unit: "count" }),
  databaseWrites: cluster({ panel: "Database disk", title: "Writes", name: "VolumeWriteIOPs", stats: ["Sum"], unit: "count" }),
  databaseStorage: cluster({ panel: "Database storage", title: "Used", name: "VolumeBytesUsed", stats: ["Maximum"], unit: "bytes" }),
  databaseCapacity: cluster({
    panel: "Database capacity",
    title: "Capacity",
    name: "ServerlessDatabaseCapacity",
    stats: ["Maximum"],
    unit: "ACU",
  }),
  databaseCapacityShare: writer({
    panel: "Database capacity used",
    title: "Of the maximum",
    name: "ACUUtilization",
    stats: ["Maximum"],
    unit: "percent",
  }),
  readerCpu: awsMetric("AWS/RDS", "reader", {
    panel: "Reader CPU",
    title: "CPU",
    name: "CPUUtilization",
    stats: ["Average", "Maximum"],
    unit: "percent",
    target: "< 80 %",
  }),
  replicaLag: cluster({
    panel: "Replica lag",
    title: "Lag of the slowest reader",
    name: "AuroraReplicaLagMaximum",
    stats: ["Maximum"],
    unit: "ms",
    target: "< 1 s",
  }),
  regionLag: awsMetric("AWS/RDS", "globalReplica", {
    panel: "Lag of the other region",
    title: "What a loss of the region would lose",
    name: "AuroraGlobalDBRPOLag",
    stats: ["Maximum"],
    unit: "ms",
    target: "< 5 s",
  }),

  searchRed: search({ panel: "Search cluster", title: "Red", name: "ClusterStatus.red", stats: ["Maximum"], unit: "yes/no" }),
  searchYellow: search({ panel: "Search cluster", title: "Yellow", name: "ClusterStatus.yellow", stats: ["Maximum"], unit: "yes/no" }),
  searchWritesBlocked: search({
    panel: "Search cluster",
    title: "Writes blocked",
    name: "ClusterIndexWritesBlocked",
    stats: ["Maximum"],
    unit: "yes/no",
  }),
  searchStorage: search({
    panel: "Search storage",
    title: "Free on the fullest node",
    name: "FreeStorageSpace",
    stats: ["Minimum"],
    unit: "MB",
    target: "> 25 %",
  }),
  searchCpu: search({ panel: "Search CPU", title: "CPU", name: "CPUUtilization", stats: ["Maximum"], unit: "percent" }),
  searchMemory: search({
    panel: "Search memory",
    title: "Heap in use",
    name: "JVMMemoryPressure",
    stats: ["Maximum"],
    unit: "percent",
    target: "< 95 %",
  }),
  searchLatency: search({ panel: "Search latency", title: "Time of a search", name: "SearchLatency", stats: ["Average"], unit: "ms" }),

  tableReadThrottles: table({
    panel: "Connections table",
    title: "Reads throttled",
    name: "ReadThrottleEvents",
    stats: ["Sum"],
    unit: "count",
    target: "0",
  }),
  tableWriteThrottles: table({
    panel: "Connections table",
    title: "Writes throttled",
    name: "WriteThrottleEvents",
    stats: ["Sum"],
    unit: "count",
    target: "0",
  }),

  backupsDone: awsMetric("AWS/Backup", "vault", {
    panel: "Backups",
    title: "Done",
    name: "NumberOfBackupJobsCompleted",
    stats: ["Sum"],
    unit: "count",
  }),
  backupsFailed: awsMetric("AWS/Backup", "vault", {
    panel: "Backups",
    title: "Failed",
    name: "NumberOfBackupJobsFailed",
    stats: ["Sum"],
    unit: "count",
    target: "0",
  }),
} as const satisfies Readonly<Record<string, AwsMetric>>;

function writer(row: AwsRow) {
  return awsMetric("AWS/RDS", "writer", row);
}

function cluster(row: AwsRow) {
  return awsMetric("AWS/RDS", "cluster", row);
}

function search(row: AwsRow) {
  return awsMetric("AWS/ES", "searchDomain", row);
}

function table(row: AwsRow) {
  return awsMetric("AWS/DynamoDB", "table", row);
}
