import { kinds } from "../kinds.ts";

import { calledBy, permanent, places } from "./alarms.ts";
import { promised, type Promised, unless } from "./promised.ts";

/** The alarms of these names exist in every place, compare so, and call whom they should. */
const alarmed = (
  says: string,
  names: readonly string[],
  what: Readonly<Record<string, unknown>>,
  topic: "Pages" | "Tickets",
  prefixes = places,
): Promised => ({
  says,
  in: permanent,
  wrong: (graph) =>
    prefixes(graph).flatMap((prefix) =>
      names.flatMap((name) => {
        const alarm = graph.find(kinds.alarm, prefix + name);
        if (!alarm) return [`${prefix}${name} is missing`];
        const differs = Object.entries(what).filter(([path, value]) => JSON.stringify(alarm.inputs[path]) !== JSON.stringify(value));
        const calls = calledBy(graph, alarm)?.name.endsWith(topic);
        return [
          ...differs.map(([path]) => `${prefix}${name}: ${path} is ${JSON.stringify(alarm.inputs[path])}`),
          ...unless(calls === true, `${prefix}${name} calls nobody`),
        ];
      }),
    ),
  broken: (draft) => draft.with(kinds.alarm, names.at(-1) ?? "", "alarmActions", []),
});

const main = (): readonly string[] => [""];

const stores: readonly Promised[] = [
  alarmed(
    "the writer's and readers' processors, connections and capacity are watched",
    ["DatabaseCpu", "ReaderCpu"],
    { threshold: 80, period: 60 },
    "Pages",
    main,
  ),
  {
    says: "connections ring at 80 % of what Aurora allows at the stage's largest capacity",
    in: permanent,
    wrong: (graph) =>
      // 5,000 is Aurora's own limit; 8 units of 2 GiB, over 9,531,392 bytes each, are 1,802.
      unless(
        graph.one(kinds.alarm, "DatabaseConnections").inputs["threshold"] === (graph.stage === "production" ? 4000 : 1441),
        "another threshold",
      ),
    broken: (draft) => draft.with(kinds.alarm, "DatabaseConnections", "threshold", 5000),
  },
  alarmed(
    "a database at its largest capacity for more than ten minutes is heard of",
    ["DatabaseCapacity"],
    { threshold: 99, period: 60, evaluationPeriods: 11 },
    "Pages",
    main,
  ),
  alarmed("replica lag and storage of the database are heard of", ["ReplicaLag", "DatabaseStorage"], {}, "Tickets", main),
  alarmed(
    "a red search domain, and one that refuses writes, wake somebody",
    ["SearchRed", "SearchWritesBlocked"],
    { threshold: 1 },
    "Pages",
    main,
  ),
  alarmed(
    "a yellow search domain, its storage and its memory write tickets",
    ["SearchYellow", "SearchStorage", "SearchMemory"],
    {},
    "Tickets",
    main,
  ),
  alarmed(
    "throttles of the table of open sockets are heard of",
    ["ConnectionsReadThrottles", "ConnectionsWriteThrottles"],
    { threshold: 0 },
    "Tickets",
  ),
  alarmed("a Redis that does not answer wakes somebody", ["CacheAway"], { metricName: "failures", dimensions: { port: "cache" } }, "Pages"),
  alarmed(
    "errors of both APIs, refused requests, wrong codes and tokens used twice wake somebody",
    ["ApiErrors", "SocketErrors", "RefusedRequests", "FailedCodes", "RefreshReuse"],
    {},
    "Pages",
  ),
  alarmed(
    "bounces and complaints are heard of before Amazon stops our mail",
    ["MailBounces", "MailComplaints"],
    { namespace: "AWS/SES" },
    "Pages",
  ),
  alarmed(
    "a canary that fails wakes somebody",
    ["CanaryFails"],
    { dimensions: { canary: "mainJob" }, metricName: "failures", threshold: 0 },
    "Pages",
    main,
  ),
  alarmed("a canary that does not run is missed", ["CanarySilent"], { treatMissingData: "breaching" }, "Tickets", main),
  alarmed(
    "a backup older than 75 minutes wakes somebody, and so does not knowing",
    ["BackupLate"],
    { metricName: "backupAgeMin", threshold: 75, treatMissingData: "breaching", dimensions: { watch: "recovery" } },
    "Pages",
    main,
  ),
  alarmed(
    "a restore test older than eight days is heard of",
    ["RestoreTestLate"],
    { metricName: "restoreTestAgeDays", threshold: 8, treatMissingData: "breaching" },
    "Tickets",
    main,
  ),
  alarmed(
    "logs that do not arrive are missed",
    ["LogsLate"],
    { metricName: "DeliveryToAmazonOpenSearchService.DataFreshness" },
    "Tickets",
    main,
  ),
  alarmed(
    "the firewall's blocks are watched where CloudFront's metrics are",
    ["EdgeFirewallBlocks"],
    { region: "us-east-1", namespace: "AWS/WAFV2" },
    "Tickets",
    main,
  ),
  alarmed(
    "a certificate that ends in less than 21 days is heard of",
    ["EdgeEdgeCertificateEnds"],
    { threshold: 21, comparisonOperator: "LessThanThreshold", region: "us-east-1" },
    "Tickets",
    main,
  ),
  alarmed(
    "a place that Route 53 finds unwell wakes somebody",
    ["EdgeMainOriginAway"],
    { threshold: 1, region: "us-east-1", treatMissingData: "breaching" },
    "Pages",
    main,
  ),
];

promised("what rings", stores);
