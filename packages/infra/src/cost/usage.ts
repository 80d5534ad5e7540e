import { events } from "@pendo/contract/events";
import type { Graph } from "../graph.ts";
import { kinds } from "../kinds.ts";
import { numberAt } from "../read.ts";
import { assumptions as said, factsPerDay, type Size } from "./assumptions.ts";
import { acuOf, PROXY_ACU_MIN } from "./fixed.ts";
import { HOURS, type Line, line } from "./line.ts";
import type { PriceId } from "./prices.ts";

const KB_PER_GB = 1e6;
const MONTH_SEC = HOURS * 3600;

/** How often everything happens in a month. */
interface Use {
  readonly users: number;
  readonly days: number;
  readonly requests: number;
  readonly messages: number;
  readonly frames: number;
  readonly pictures: number;
  readonly pictureViews: number;
  readonly databaseGb: number;
  readonly pictureGb: number;
  readonly logGb: number;
}

function useOf(users: number): Use {
  const days = users * said.activeDays.value;
  const perDay = Object.entries(factsPerDay).reduce(
    (total, [fact, times]) => total + times * events[fact as keyof typeof events].to.length,
    0,
  );
  const [requests, messages] = [days * said.requestsPerDay.value, days * perDay];
  return {
    ...{ users, days, requests, messages },
    frames: days * said.framesPerDay.value,
    pictures: users * said.picturesAdded.value,
    pictureViews: days * said.pictureViewsPerDay.value,
    databaseGb: (users * said.databaseKb.value) / KB_PER_GB,
    pictureGb: (users * said.picturesKept.value * said.pictureKb.value) / KB_PER_GB,
    logGb: (requests * (said.logKbPerRequest.value + said.flowLogKbPerRequest.value) + messages * said.logKbPerMessage.value) / KB_PER_GB,
  };
}

const used = (price: PriceId, units: number, what: string): Line => line(price, units, what, false);

/** What the use of a stage costs, over what it costs by being there. */
export function usageOf(graph: Graph, { users }: Size): Line[] {
  const use = useOf(users);
  return [
    ...gateway(use),
    ...functions(graph, use),
    ...database(graph, use),
    ...stores(graph, use),
    ...(graph.all(kinds.distribution).length > 0 ? edge(graph, use) : []),
    ...network(graph, use),
    ...watching(graph, use),
    used("letters", (users * said.lettersPerMonth.value) / 1000, "letters"),
    used("pushes", (users * said.pushesPerDay.value * 30) / 1e6, "pushes"),
    used("pictureChecks", use.pictures / 1000, "pictures looked at"),
  ];
}

function gateway({ requests, frames, days }: Use): Line[] {
  const minutes = days * said.sessionsPerDay.value * said.sessionMin.value;
  return [
    used("apiRequests", requests / 1e6, "requests"),
    used("socketMessages", frames / 1e6, "frames of sockets"),
    used("socketMinutes", minutes / 1e6, "open sockets"),
  ];
}

function functions(graph: Graph, { requests, messages, frames, pictures, days }: Use): Line[] {
  const gb = (name: string): number => (numberAt(graph.one(kinds.lambda, `${name}Function`).inputs, "memorySize") ?? 0) / 1024;
  const authorized = days * said.sessionsPerDay.value * said.sessionMin.value;
  const batches = messages / said.messagesPerBatch.value;
  // Half of the frames come from people; the other half is sent to them, by the consumer of the queue `realtime`.
  const seconds =
    ((requests + frames / 2) * said.requestMs.value * gb("SwipesApi") +
      authorized * said.authorizerMs.value * gb("SessionAuthorizer") +
      messages * said.consumerMs.value * gb("RealtimeConsumer") +
      pictures * said.pictureMs.value * gb("MediaConsumer")) /
    1000;
  return [
    used("lambdaRequests", (requests + frames / 2 + authorized + batches) / 1e6, "calls"),
    used("lambdaSeconds", seconds / 1e6, "time of functions"),
  ];
}

function database(graph: Graph, { requests, databaseGb }: Use): Line[] {
  const instances = graph.all(kinds.clusterInstance);
  // A preview's share in staging's cluster is too small to be seen.
  if (instances.length === 0) return [];
  const needed = requests / MONTH_SEC / said.requestsPerAcuSec.value;
  // The reader keeps the writer's size; a copy in reserve only writes what it is told, which is about a third of the work.
  const scaled = instances.map((instance) => {
    const isStandby = instance.name.startsWith("Standby");
    const [min, max] = [acuOf(graph, instance, "minCapacity"), acuOf(graph, instance, "maxCapacity")];
    return { isStandby, min, acu: Math.max(min, Math.min(max, isStandby ? needed / 3 : needed)) };
  });
  const over = scaled.reduce((total, { acu, min }) => total + acu - min, 0);
  const beyondMin = (some: typeof scaled): number =>
    Math.max(
      0,
      some.reduce((total, { acu }) => total + acu, 0) -
        Math.max(
          PROXY_ACU_MIN,
          some.reduce((total, { min }) => total + min, 0),
        ),
    );
  const proxied = [true, false].reduce((total, standby) => total + beyondMin(scaled.filter(({ isStandby }) => isStandby === standby)), 0);
  const hasProxy = graph.all("aws:rds/proxy:Proxy").length > 0;
  const copies = graph.all(kinds.cluster).length;
  const isGlobal = graph.all("aws:rds/globalCluster:GlobalCluster").length > 0;
  const isBackedUp = graph.all("aws:backup/plan:Plan").length > 0;
  const kept = databaseGb * said.snapshotShare.value;
  return [
    used("acuHours", HOURS * over, "Aurora's instances at work"),
    ...(hasProxy ? [used("proxyAcuHours", HOURS * proxied, "RDS Proxy at work")] : []),
    used("databaseGb", databaseGb * copies, "rows"),
    used("databaseIo", (requests * said.databaseIosPerRequest.value) / 1e6, "I/Os"),
    ...(isGlobal
      ? [used("globalWrites", (requests * said.databaseWritesPerRequest.value) / 1e6, "writes carried to the other region")]
      : []),
    ...(isBackedUp
      ? [
          used("snapshotGb", kept * copies, "snapshots"),
          // The daily copy carries the whole database over.
          ...(copies > 1 ? [used("regionGb", databaseGb * 31, "copies of snapshots")] : []),
        ]
      : []),
  ];
}

function stores(graph: Graph, { users, requests, messages, days, pictures, pictureViews, pictureGb, frames }: Use): Line[] {
  const commands = requests * said.redisCommandsPerRequest.value;
  const opened = days * said.sessionsPerDay.value;
  const copies = graph.all("aws:s3/bucketReplicationConfig:BucketReplicationConfig").length > 0 ? 2 : 1;
  const isBackedUp = graph.all("aws:backup/plan:Plan").length > 0;
  return [
    used("redisCommands", commands / 1e6, "commands of Redis"),
    used("redisGb", (users * said.redisKbPerUser.value) / KB_PER_GB, "Redis's memory"),
    used("redisTraffic", Math.max(0, (commands * said.redisKbPerCommand.value) / KB_PER_GB - 200), "Redis's traffic"),
    // A row and its index are written and deleted with each socket.
    used("dynamoWrites", (opened * 4) / 1e6, "sockets opened and closed"),
    used("dynamoReads", (frames / 2 + opened) / 1e6, "sockets looked up"),
    // Sent in batches, fetched in batches, deleted in batches.
    used("queueRequests", (messages / said.messagesPerBatch.value) * (3 / 1e6), "messages"),
    used("objectGb", pictureGb * copies, "pictures"),
    used("objectPuts", (pictures * 6 * copies) / 1e6, "pictures written"),
    used("objectGets", (pictureViews * said.pictureMissShare.value) / 1e6, "pictures read"),
    ...(isBackedUp ? [used("objectBackupGb", pictureGb * copies, "pictures in vaults")] : []),
  ];
}

function edge(graph: Graph, { requests, frames, days, pictureViews }: Use): Line[] {
  const opened = days * said.sessionsPerDay.value;
  const pictures = (pictureViews * said.pictureViewKb.value) / KB_PER_GB;
  const answers = (requests * said.responseKb.value + frames * 0.5) / KB_PER_GB;
  const firewall = graph.all(kinds.webAcl).length > 0 ? [used("firewallRequests", (requests + opened) / 1e6, "requests looked at")] : [];
  return [
    used("edgeGb", pictures + answers, "pictures and answers"),
    used("edgeRequests", (requests + opened + pictureViews) / 1e6, "requests"),
    used("edgeFunctions", requests / 1e6, "requests looked at"),
    ...firewall,
    used("names", opened / 1e6, "names looked up"),
  ];
}

function network(graph: Graph, { requests, messages }: Use): Line[] {
  const out = (requests * said.natKbPerRequest.value) / KB_PER_GB;
  const hasGateway = graph.all("aws:ec2/natGateway:NatGateway").length > 0;
  const hasEndpoint = graph.all("aws:ec2/vpcEndpoint:VpcEndpoint").length > 0;
  return [
    ...(hasGateway ? [used("natGb", out, "what leaves the network")] : []),
    ...(hasEndpoint ? [used("endpointGb", (messages * 2) / KB_PER_GB, "messages")] : []),
    ...(hasEndpoint ? [used("zoneGb", (requests * said.crossZoneKbPerRequest.value) / KB_PER_GB, "functions to the database")] : []),
  ];
}

function watching(graph: Graph, { requests, logGb }: Use): Line[] {
  const days = numberAt(graph.all(kinds.logGroup)[0]?.inputs, "retentionInDays") ?? 7;
  const PACKED = 0.15;
  const isDelivered = graph.all("aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream").length > 0;
  return [
    used("logGb", logGb, "lines of logs"),
    used("logKeptGb", logGb * PACKED * (days / 30), "lines kept"),
    ...(isDelivered ? [used("deliveryGb", logGb * said.searchedShare.value, "lines on their way to OpenSearch")] : []),
    used("traces", (requests * said.tracedShare.value) / 1e6, "traces"),
  ];
}
