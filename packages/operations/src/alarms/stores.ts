import type { Subject } from "../metric.ts";
import type { MetricAlarm } from "./alarm.ts";

/** The smallest and the largest capacity of a database, in Aurora's units. */
export interface Capacity {
  readonly min: number;
  readonly max: number;
}

export interface Sizes {
  readonly database: Capacity;
  /** The storage of a search node. */
  readonly searchMb: number;
}

/** The alarms of every store of one place, by what they watch. */
export function storeAlarms({ database, searchMb }: Sizes): Readonly<Partial<Record<Subject, readonly MetricAlarm[]>>> {
  return {
    writer: [...databaseAlarms("Database", database), ...writerAlarms],
    reader: databaseAlarms("Reader", database),
    cluster: clusterAlarms,
    globalReplica: regionAlarms,
    searchDomain: searchAlarms(searchMb),
    table: tableAlarms,
  };
}

const CONNECTIONS_SHARE = 0.8;
const MINUTES_5 = 300;
const TIB = 2 ** 40;

/**
 * How many connections Aurora allows: memory of the largest capacity over 9,531,392 bytes, at most 5,000, and at most 2,000 where it may shrink to
 * half a unit or less (Aurora's guide, "Maximum connections for Aurora Serverless v2").
 */
function connectionsMax({ min, max }: Capacity): number {
  const byMemory = Math.floor((max * 2 * 2 ** 30) / 9_531_392);
  return Math.min(byMemory, min <= 0.5 ? 2000 : 5000);
}

function databaseAlarms(name: "Database" | "Reader", capacity: Capacity): MetricAlarm[] {
  const which = name === "Database" ? "The writer" : "A reader";
  const common = { runbook: "database-load", to: "pages", periodSec: 60 } as const;
  const allowed = connectionsMax(capacity);
  return [
    {
      ...common,
      name: `${name}Cpu`,
      metric: name === "Database" ? "databaseCpu" : "readerCpu",
      says: `${which}'s processor is above 80 % for ten minutes. See which statements, in Performance Insights.`,
      above: 80,
      periods: 10,
    },
    {
      ...common,
      name: `${name}Connections`,
      metric: "databaseConnections",
      says: `${which} has more than ${CONNECTIONS_SHARE * 100} % of its ${allowed} connections open. See who holds them, and whether something leads past the proxy.`,
      above: Math.floor(CONNECTIONS_SHARE * allowed),
      periods: 5,
    },
    {
      ...common,
      name: `${name}Capacity`,
      metric: "databaseCapacityShare",
      says: `${which} stands at its largest capacity for more than ten minutes, and can't grow. Raise the maximum, or find the load.`,
      atLeast: 99,
      periods: 11,
    },
  ];
}

const writerAlarms: readonly MetricAlarm[] = [
  {
    name: "DatabaseDeadlocks",
    metric: "databaseDeadlocks",
    says: "Transactions wait for each other in circles. Our locks have an order: see which statement breaks it.",
    runbook: "database-load",
    to: "tickets",
    above: 0,
    periodSec: MINUTES_5,
    periods: 3,
  },
];

const clusterAlarms: readonly MetricAlarm[] = [
  {
    name: "ReplicaLag",
    metric: "replicaLag",
    says: "A reader lags more than a second behind. Reads there show the past; see the writer's load and long transactions.",
    runbook: "database-replication",
    to: "tickets",
    above: 1000,
    periodSec: 60,
    periods: 5,
  },
  {
    name: "DatabaseStorage",
    metric: "databaseStorage",
    says: "The database uses 80 % of the 128 TiB that Aurora can hold. See which tables grow, and whether old rows expire.",
    runbook: "database-storage",
    to: "tickets",
    above: 0.8 * 128 * TIB,
    periodSec: 3600,
    periods: 1,
  },
];

const regionAlarms: readonly MetricAlarm[] = [
  {
    name: "RegionLag",
    metric: "regionLag",
    says: "Losing the active region now would lose more than five seconds. See the network between the regions and the writer's load.",
    runbook: "database-replication",
    to: "tickets",
    above: 5000,
    periodSec: 60,
    periods: 5,
  },
];

function searchAlarms(storageMb: number): MetricAlarm[] {
  const common = { runbook: "search-cluster", to: "tickets", periodSec: 60 } as const;
  return [
    {
      ...common,
      name: "SearchRed",
      metric: "searchRed",
      says: "A shard of the search domain is lost, so searches are incomplete. Make the index anew.",
      to: "pages",
      atLeast: 1,
      periods: 1,
    },
    {
      ...common,
      name: "SearchYellow",
      metric: "searchYellow",
      says: "Copies of shards are missing for a quarter of an hour. See whether a node is gone.",
      atLeast: 1,
      periods: 15,
    },
    {
      ...common,
      name: "SearchWritesBlocked",
      metric: "searchWritesBlocked",
      says: "The search domain refuses writes, mostly for want of storage or memory. Free some, or make it larger.",
      to: "pages",
      atLeast: 1,
      periods: 5,
    },
    {
      ...common,
      name: "SearchStorage",
      metric: "searchStorage",
      says: "A node of the search domain has less than a quarter of its storage free. Shorten how long logs are kept, or make it larger.",
      below: storageMb / 4,
      periods: 5,
    },
    {
      ...common,
      name: "SearchMemory",
      metric: "searchMemory",
      says: "The search domain's heap is above 95 %: it will soon refuse work. Find the heavy search, or make it larger.",
      above: 95,
      periods: 5,
    },
  ];
}

const tableAlarms: readonly MetricAlarm[] = (["tableReadThrottles", "tableWriteThrottles"] as const).map((metric) => ({
  name: metric === "tableReadThrottles" ? "ConnectionsReadThrottles" : "ConnectionsWriteThrottles",
  metric,
  says: "DynamoDB throttles the table of open sockets; sockets open and close slowly. See whether one key is hot.",
  runbook: "connections-table",
  to: "tickets",
  above: 0,
  periodSec: 60,
  periods: 3,
  ofPeriods: 5,
}));
