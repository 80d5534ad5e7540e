import type { Resource } from "../evaluated.ts";
import type { Graph } from "../graph.ts";
import { kinds } from "../kinds.ts";
import { documentsAt, numberAt, textAt, textsAt } from "../read.ts";
import { failing, promised, type Promised, unless } from "./promised.ts";

const restorePlan = "aws:backup/restoreTestingPlan:RestoreTestingPlan";
const restoreSelection = "aws:backup/restoreTestingSelection:RestoreTestingSelection";
const globalCluster = "aws:rds/globalCluster:GlobalCluster";
const healthCheck = "aws:route53/healthCheck:HealthCheck";
const record = "aws:route53/record:Record";

const permanent = ["production", "staging"] as const;

const restoreTests: readonly Promised[] = [
  {
    says: "every week the newest backup of the database is restored",
    in: permanent,
    wrong: (graph) => {
      const { inputs } = graph.one(restorePlan, "RestoreTests");
      return [
        ...unless(textAt(inputs, "scheduleExpression") === "cron(0 6 ? * MON *)", "schedule"),
        ...unless(textAt(inputs, "recoveryPointSelection.algorithm") === "LATEST_WITHIN_WINDOW", "which"),
        ...unless(
          textsAt(inputs, "recoveryPointSelection.includeVaults").join() === graph.one("aws:backup/vault:Vault", "Backups").outputs["arn"],
          "vault",
        ),
      ];
    },
    broken: (draft) => draft.with(restorePlan, "RestoreTests", "scheduleExpression", "cron(0 6 1 * ? *)"),
  },
  {
    says: "it is the stage's cluster that is restored, into its own subnets, behind its own group",
    in: permanent,
    wrong: (graph) => {
      const { inputs } = graph.one(restoreSelection, "RestoreTests");
      const cluster = graph.one(kinds.cluster, "AuroraCluster");
      return [
        ...unless(
          textsAt(inputs, "protectedResourceArns").join() === cluster.outputs["arn"] &&
            textAt(inputs, "protectedResourceType") === "Aurora",
          "which",
        ),
        ...unless(textAt(inputs, "restoreMetadataOverrides.dbSubnetGroupName") === textAt(cluster.inputs, "dbSubnetGroupName"), "subnets"),
        ...unless(
          textAt(inputs, "restoreMetadataOverrides.vpcSecurityGroupIds") ===
            JSON.stringify([graph.one(kinds.securityGroup, "DatabaseGroup").id]),
          "group",
        ),
      ];
    },
    broken: (draft) => draft.with(restoreSelection, "RestoreTests", "restoreMetadataOverrides", {}),
  },
  {
    says: "names of restore tests hold no hyphen, which AWS would refuse",
    in: permanent,
    wrong: (graph) =>
      failing([...graph.all(restorePlan), ...graph.all(restoreSelection)], ({ inputs }) => /^\w{1,50}$/.test(textAt(inputs, "name") ?? "")),
    broken: (draft) => draft.with(restorePlan, "RestoreTests", "name", "pendo-production"),
  },
  {
    says: "no test waits for a verdict that nobody gives, which would count as failed",
    in: permanent,
    wrong: (graph) => failing(graph.all(restoreSelection), ({ inputs }) => inputs["validationWindowHours"] === undefined),
    broken: (draft) => draft.with(restoreSelection, "RestoreTests", "validationWindowHours", 8),
  },
  {
    says: "somebody hears of it when no test succeeded for 8 days",
    in: permanent,
    wrong: (graph) => {
      const { inputs } = graph.one(kinds.alarm, "RestoreTestLate");
      return unless(
        numberAt(inputs, "threshold") === 8 &&
          textAt(inputs, "treatMissingData") === "breaching" &&
          textsAt(inputs, "alarmActions").length > 0,
        "alarm",
      );
    },
    broken: (draft) => draft.with(kinds.alarm, "RestoreTestLate", "alarmActions", []),
  },
];

// What the main place has alone, each for a reason; all else exists twice.
const alone: readonly (readonly [pattern: RegExp, why: string])[] = [
  [
    /^(Api|Media|Site|Socket)Cdn|^(Api|Media|Site)(Cache|Headers|Access)$|^MediaKey|^EdgeAcl|^ViewerAddress$|^Edge/,
    "CloudFront stands in no region",
  ],
  [/^(OriginSecret|AuroraPassword|Redis$|LambdaEncryptionKey)/, "both places share it"],
  [/^Certificate/, "there is one in each region, named after it"],
  [/^SenderDmarc$/, "the domain has one, whichever region sends for it"],
  [/^(Site|SiteBucket|SiteLogging)/, "pages of the site, which CloudFront keeps"],
  [/^(Canary|Inbox)/, "letters arrive in the main place"],
  [/^(Grafana|Prometheus)/, "people look at both places from one"],
  [
    /^(OpenSearch|SearchKey|Log(Shipper|Delivery|sIndex|s$)|Logs|Search(Away|Red|Yellow|Writes|Storage|Memory))|Lines$/,
    "a standby searches in PostgreSQL until it is active",
  ],
  [/^(AuroraReplica0|GlobalDatabase)$/, "a copy has one instance until it is active"],
  [
    /^(Migration|RecoveryWatch|RestoreTest|Restore|BackupRole$|BackupServices$|BackupLate$|(Database|Files)Backup$)/,
    "the active place has it: see what PENDO_ACTIVE turns",
  ],
  [/Warm$/, "the active place has it"],
  [/^(ConfigBackupJob|ConfigBackupRun|BackupDeadLetters)/, "SST's state lies in the main place"],
  [/^WatchDeadLetters/, "for what is watched in the main place"],
];

/** The part of a name that differs between places, taken out. Some names of SST's hold it in the middle, and some a hash of what they belong to. */
function plain({ type, name }: Resource): string {
  return `${type} ${name.replaceAll("Standby", "").replace(/Subscriber[A-Z][a-z]{5}/, "Subscriber")}`;
}

const region = (graph: Graph, resource: Resource): string | undefined => graph.region(resource);

function lacking(graph: Graph): string[] {
  const own = graph.resources.filter(({ custom, type }) => custom && type.startsWith("aws:"));
  const isStandbys = ({ name }: Resource) => name.includes("Standby");
  const there = new Set(own.filter(isStandbys).map(plain));
  return own
    .filter((resource) => !isStandbys(resource) && !there.has(plain(resource)))
    .filter(({ name, type }) => !alone.some(([pattern]) => pattern.test(name)) && !isAlarmOf(type, name))
    .map(plain);
}

// Burn rates and alarms of one copy's writer.
const isAlarmOf = (type: string, name: string): boolean =>
  type === kinds.alarm &&
  /^(Database|Reader|Backup|Canary|Search|Logs|MigrationStep|RecoveryWatch|ConfigBackup|LogShipper|Mail)/.test(name);

const standby: readonly Promised[] = [
  {
    says: "whatever serves people stands in both regions, but for what is listed with its reason",
    in: ["production"],
    wrong: lacking,
    broken: (draft) => draft.without(kinds.lambda, "StandbyMessagesApiFunction"),
  },
  {
    says: "what is named after the standby stands in the other region",
    in: ["production"],
    wrong: (graph) =>
      graph.resources
        .filter(
          ({ custom, name, type }) =>
            custom && name.startsWith("Standby") && type.startsWith("aws:") && !/route53|iam|cloudfront/.test(type),
        )
        .filter((resource) => region(graph, resource) !== "eu-central-1")
        .map(({ name }) => name),
    broken: (draft) => ({
      ...draft,
      resources: draft.resources.map((one) => (one.name === "StandbyEmailQueueQueue" ? { ...one, region: "eu-west-1" } : one)),
    }),
  },
  {
    says: "both databases belong to one global database, which copies within seconds, and the copy can become the writer",
    in: ["production"],
    wrong: (graph) => {
      const whole = graph.one(globalCluster, "GlobalDatabase");
      const members = graph.all(kinds.cluster).filter(({ inputs }) => textAt(inputs, "globalClusterIdentifier") === whole.id);
      return unless(new Set(members.map((one) => one.region)).size === 2, "it has not both regions");
    },
    broken: (draft) => draft.without(kinds.cluster, "StandbyAuroraCluster"),
  },
  {
    says: "pictures are copied both ways within 15 minutes",
    in: ["production"],
    wrong: (graph) =>
      ["UploadsReplication", "StandbyUploadsReplication"].flatMap((name) => {
        const [rule] = documentsAt(graph.one("aws:s3/bucketReplicationConfig:BucketReplicationConfig", name).inputs, "rules");
        return unless(numberAt(rule, "destination.replicationTime.time.minutes") === 15 && textAt(rule, "status") === "Enabled", name);
      }),
    broken: (draft) =>
      draft.with("aws:s3/bucketReplicationConfig:BucketReplicationConfig", "StandbyUploadsReplication", "rules.0.status", "Disabled"),
  },
  {
    says: "each place is checked every 10 s and given up after three failures, and DNS forgets within a minute",
    in: ["production"],
    wrong: (graph) => [
      ...failing(
        graph.all(healthCheck),
        ({ inputs }) =>
          numberAt(inputs, "requestInterval") === 10 &&
          numberAt(inputs, "failureThreshold") === 3 &&
          textAt(inputs, "resourcePath") === "/readyz",
      ),
      ...failing(
        [graph.one(record, "ApiOrigin"), graph.one(record, "StandbyApiOrigin")],
        ({ inputs }) => (numberAt(inputs, "ttl") ?? 300) <= 60 && inputs["healthCheckId"] !== undefined,
      ),
    ],
    broken: (draft) => draft.with(record, "ApiOrigin", "healthCheckId", undefined),
  },
  {
    says: "the standby can send letters as the same domain",
    in: ["production"],
    wrong: (graph) => {
      const identity = graph.one("aws:sesv2/emailIdentity:EmailIdentity", "StandbySender");
      return unless(identity.region === "eu-central-1" && textAt(identity.inputs, "emailIdentity") === "pendo.app", "identity");
    },
    broken: (draft) => draft.with("aws:sesv2/emailIdentity:EmailIdentity", "StandbySender", "emailIdentity", "other.app"),
  },
  {
    says: "the standby's functions have the same secrets as the main place's",
    in: ["production"],
    wrong: (graph) => {
      const secretsOf = (id: string) => {
        const links = graph.functions.find(({ functionID }) => functionID === id)?.links ?? {};
        return JSON.stringify(["MasterSecret", "SigningKeys"].map((name) => links[name]));
      };
      return unless(secretsOf("AuthApi").includes("value") && secretsOf("AuthApi") === secretsOf("StandbyAuthApi"), "secrets");
    },
    broken: (draft) => ({
      ...draft,
      functions: draft.functions.map((build) => (build.functionID === "StandbyAuthApi" ? { ...build, links: {} } : build)),
    }),
  },
];

promised("restore tests", restoreTests);
promised("the standby", standby);
