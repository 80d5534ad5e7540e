import { kinds } from "../kinds.ts";
import { documentsAt, numberAt, textAt, textsAt } from "../read.ts";
import { failing, promised, type Promised, stated, unless } from "./promised.ts";

const parameterGroup = "aws:rds/clusterParameterGroup:ClusterParameterGroup";
const proxy = "aws:rds/proxy:Proxy";
const pool = "aws:rds/proxyDefaultTargetGroup:ProxyDefaultTargetGroup";
const globalCluster = "aws:rds/globalCluster:GlobalCluster";
const secret = "aws:secretsmanager/secret:Secret";

const clusters = ["AuroraCluster", "StandbyAuroraCluster"];
const instances = ["AuroraInstance", "AuroraReplica0", "StandbyAuroraInstance"];
const permanent = ["production", "staging"] as const;

/** The parameters of a cluster that have other values than these. */
const parameters = (says: string, values: Readonly<Record<string, string>>): Promised => ({
  says,
  in: permanent,
  wrong: (graph) =>
    graph.all(parameterGroup).flatMap(({ name, inputs }) => {
      const found = new Map(documentsAt(inputs, "parameters").map((one) => [textAt(one, "name"), textAt(one, "value")]));
      return Object.entries(values)
        .filter(([parameter, value]) => found.get(parameter) !== value)
        .map(([parameter]) => `${name}: ${parameter} is ${found.get(parameter)}`);
    }),
  broken: (draft) => draft.with(parameterGroup, "AuroraClusterParameterGroup", "parameters", []),
});

const safety: readonly Promised[] = [
  {
    says: "each cluster is encrypted with a key of its own, in its own region, which turns every year",
    in: permanent,
    wrong: (graph) => {
      const keys = graph.all(kinds.cluster).map((cluster) => ({ cluster, key: graph.byArn(textAt(cluster.inputs, "kmsKeyId") ?? "") }));
      return [
        ...failing(
          keys.map(({ cluster }) => cluster),
          (cluster) => cluster.inputs["storageEncrypted"] === true,
        ),
        ...keys
          .filter(
            ({ cluster, key }) => key?.type !== kinds.key || key.region !== cluster.region || key.inputs["enableKeyRotation"] !== true,
          )
          .map(({ cluster }) => `${cluster.name}'s key`),
        ...unless(new Set(keys.map(({ key }) => key)).size === keys.length, "a key is shared"),
      ];
    },
    broken: (draft) =>
      draft.with(kinds.cluster, "StandbyAuroraCluster", "kmsKeyId", "arn:aws:kms:eu-west-1:123456789012:key/DatabaseKey-id"),
  },
  parameters("nobody speaks to a cluster without TLS", { "rds.force_ssl": "1" }),
  stated({
    says: "nobody speaks to the proxy without TLS, and it logs no statements",
    in: permanent,
    type: proxy,
    names: ["AuroraProxy", "StandbyAuroraProxy"],
    inputs: { requireTls: true, debugLogging: false },
    not: ["requireTls", false],
  }),
  stated({
    says: "a cluster is not deleted by mistake, and leaves a snapshot and its backups behind if it is",
    in: permanent,
    type: kinds.cluster,
    names: clusters,
    inputs: {
      deletionProtection: true,
      skipFinalSnapshot: false,
      deleteAutomatedBackups: false,
      copyTagsToSnapshot: true,
      protect: true,
      retainOnDelete: true,
    },
    not: ["skipFinalSnapshot", true],
  }),
  stated({
    says: "a deployment removes no instance",
    in: permanent,
    type: kinds.clusterInstance,
    names: instances,
    inputs: { protect: true, retainOnDelete: true },
    not: ["protect", false],
  }),
  {
    says: "any moment of the last 14 days or more can be restored, of 35 in production",
    in: permanent,
    wrong: (graph) =>
      failing(
        graph.all(kinds.cluster),
        ({ inputs }) => (numberAt(inputs, "backupRetentionPeriod") ?? 1) >= (graph.stage === "production" ? 35 : 14),
      ),
    broken: (draft) => draft.with(kinds.cluster, "AuroraCluster", "backupRetentionPeriod", 1),
  },
  {
    says: "the secret of a cluster's user waits a month before it is gone, and its password is encrypted in the state",
    in: permanent,
    wrong: (graph) => [
      ...failing(
        graph.all(secret).filter(({ name }) => /Aurora|OpenSearch/.test(name)),
        ({ inputs, protect, retainOnDelete }) =>
          numberAt(inputs, "recoveryWindowInDays") === 30 && protect === true && retainOnDelete === true,
      ),
      ...failing([graph.one(kinds.cluster, "AuroraCluster")], ({ secrets }) => secrets.includes("masterPassword")),
    ],
    broken: (draft) => draft.with(secret, "AuroraProxySecret", "recoveryWindowInDays", 0),
  },
  stated({
    says: "an engine is raised by a deployment alone, never to another major version, and what needs a restart waits for the night",
    in: permanent,
    type: kinds.cluster,
    names: clusters,
    inputs: { allowMajorVersionUpgrade: false, applyImmediately: false, preferredMaintenanceWindow: "sun:03:30-sun:04:30" },
    not: ["allowMajorVersionUpgrade", true],
  }),
  stated({
    says: "there is one way to sign in, and none over the internet",
    in: permanent,
    type: kinds.cluster,
    names: clusters,
    inputs: { iamDatabaseAuthenticationEnabled: false, enableHttpEndpoint: false },
    not: ["enableHttpEndpoint", true],
  }),
];

const availability: readonly Promised[] = [
  {
    says: "writer and reader stand in different zones, and the reader is the first to take over",
    in: permanent,
    wrong: (graph) => {
      const [writer, reader] = [graph.one(kinds.clusterInstance, "AuroraInstance"), graph.one(kinds.clusterInstance, "AuroraReplica0")];
      return [
        ...unless(textAt(writer.inputs, "availabilityZone") !== textAt(reader.inputs, "availabilityZone"), "one zone"),
        ...unless(numberAt(writer.inputs, "promotionTier") === 0 && numberAt(reader.inputs, "promotionTier") === 1, "promotion tiers"),
      ];
    },
    broken: (draft) => draft.with(kinds.clusterInstance, "AuroraReplica0", "promotionTier", 15),
  },
  stated({
    says: "instances are not public, are measured every minute, and tell what they wait for",
    in: permanent,
    type: kinds.clusterInstance,
    names: instances,
    inputs: {
      publiclyAccessible: false,
      monitoringInterval: 60,
      performanceInsightsEnabled: true,
      performanceInsightsRetentionPeriod: 7,
      autoMinorVersionUpgrade: false,
    },
    not: ["performanceInsightsEnabled", false],
  }),
  {
    says: "no cluster falls asleep",
    in: permanent,
    wrong: (graph) =>
      failing(
        graph.all(kinds.cluster),
        ({ inputs }) =>
          (numberAt(inputs, "serverlessv2ScalingConfiguration.minCapacity") ?? 0) > 0 &&
          textAt(inputs, "serverlessv2ScalingConfiguration.secondsUntilAutoPause") === undefined,
      ),
    broken: (draft) => draft.with(kinds.cluster, "AuroraCluster", "serverlessv2ScalingConfiguration.minCapacity", 0),
  },
  {
    says: "the proxy has a group of its own, and gives a request up before its function does",
    in: permanent,
    wrong: (graph) => [
      ...graph
        .all(proxy)
        .filter(({ inputs, name }) => {
          const [own] = textsAt(inputs, "vpcSecurityGroupIds");
          const prefix = name.startsWith("Standby") ? "Standby" : "";
          return own !== graph.one(kinds.securityGroup, `${prefix}ProxyGroup`).id;
        })
        .map(({ name }) => name),
      ...failing(
        graph.all(pool),
        ({ inputs }) =>
          (numberAt(inputs, "connectionPoolConfig.connectionBorrowTimeout") ?? 120) < 10 &&
          (numberAt(inputs, "connectionPoolConfig.maxConnectionsPercent") ?? 100) <= 80,
      ),
    ],
    broken: (draft) => draft.with(pool, "AuroraProxyTargetGroup", "connectionPoolConfig", undefined),
  },
  {
    says: "PostgreSQL's log goes to CloudWatch, into a group that was made before and forgets in time",
    in: permanent,
    wrong: (graph) =>
      failing(graph.all(kinds.cluster), (cluster) => {
        const name = `/aws/rds/cluster/${textAt(cluster.inputs, "clusterIdentifier")}/postgresql`;
        const group = graph.all(kinds.logGroup).find(({ inputs, region }) => textAt(inputs, "name") === name && region === cluster.region);
        return (
          textsAt(cluster.inputs, "enabledCloudwatchLogsExports").includes("postgresql") &&
          (numberAt(group?.inputs, "retentionInDays") ?? 0) > 0 &&
          cluster.dependsOn.includes(group?.urn ?? "")
        );
      }),
    broken: (draft) => draft.without(kinds.logGroup, "StandbyAuroraLogs"),
  },
  parameters("slow statements and waits for locks are logged, and every statement is counted", {
    log_min_duration_statement: "500",
    log_lock_waits: "1",
    shared_preload_libraries: "pg_stat_statements,auto_explain",
  }),
  parameters("no log holds the values of parameters, or a statement that failed", {
    log_parameter_max_length: "0",
    log_parameter_max_length_on_error: "0",
    log_min_error_statement: "panic",
    "auto_explain.log_min_duration": "-1",
  }),
  parameters("no session holds a statement or a transaction for ever", {
    statement_timeout: "60000",
    idle_in_transaction_session_timeout: "60000",
  }),
];

const standby: readonly Promised[] = [
  {
    says: "both clusters belong to one global database, of one version, and it is protected",
    in: ["production"],
    wrong: (graph) => {
      const whole = graph.one(globalCluster, "GlobalDatabase");
      const members = graph.all(kinds.cluster).filter(({ inputs }) => textAt(inputs, "globalClusterIdentifier") === whole.id);
      return [
        ...unless(new Set(members.map(({ region }) => region)).size === 2, "two regions"),
        ...failing([...members], ({ inputs }) => inputs["engineVersion"] === whole.inputs["engineVersion"]),
        ...unless(
          whole.inputs["deletionProtection"] === true && whole.inputs["storageEncrypted"] === true && whole.protect === true,
          "protection",
        ),
      ];
    },
    broken: (draft) => draft.with(kinds.cluster, "StandbyAuroraCluster", "globalClusterIdentifier", undefined),
  },
  {
    says: "the standby's cluster has its users and its data from the main one, and waits until that one answers",
    in: ["production"],
    wrong: (graph) => {
      const copy = graph.one(kinds.cluster, "StandbyAuroraCluster");
      return [
        ...["masterUsername", "masterPassword", "databaseName"].filter((input) => copy.inputs[input] !== undefined),
        ...unless(textAt(copy.inputs, "sourceRegion") === "eu-west-1", "sourceRegion"),
        ...unless(copy.dependsOn.includes(graph.one(kinds.clusterInstance, "AuroraInstance").urn), "it does not wait"),
        ...unless(copy.ignoreChanges?.includes("replicationSourceIdentifier") === true, "a deployment would turn a failover back"),
      ];
    },
    broken: (draft) => draft.with(kinds.cluster, "StandbyAuroraCluster", "masterUsername", "pendo"),
  },
  {
    says: "the standby's functions know the standby's proxy, with the main one's password",
    in: ["production"],
    wrong: (graph) => {
      const links = (name: string) => graph.functions.flatMap((build) => (build.links[name] ? [build.links[name]] : []));
      const [main, copy] = [links("Database")[0], links("StandbyDatabase")[0]];
      return [
        ...unless(textAt(copy, "host")?.includes(".eu-central-1.") === true && textAt(copy, "host")?.includes(".proxy-") === true, "host"),
        ...unless(copy !== undefined && textAt(copy, "password") === textAt(main, "password"), "password"),
      ];
    },
    broken: (draft) => ({ ...draft, functions: draft.functions.map((build) => ({ ...build, links: {} })) }),
  },
];

promised("the database", [...safety, ...availability]);
promised("the database of the standby", standby);
