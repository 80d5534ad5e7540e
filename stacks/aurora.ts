import type { OwnNetwork } from "./network";
import type { Place } from "./place";
import type { Stage } from "./stage";

/** A cluster, as alarms, backups and recovery see it. */
export interface Cluster {
  readonly id: $util.Output<string>;
  readonly arn: $util.Output<string>;
  /** `DBClusterIdentifier` of its metrics. */
  readonly identifier: string;
  readonly writerHost: $util.Output<string>;
  /** The instance that answers first. */
  readonly writer: aws.rds.ClusterInstance;
  /** `DBInstanceIdentifier` of their metrics, the first writer first. */
  readonly instances: readonly string[];
  /** `ProxyName` of its metrics. */
  readonly proxyName: string;
  readonly proxyHost: $util.Output<string>;
  readonly password: $util.Output<string>;
  /** The secret with `username` and `password`. */
  readonly secretArn: $util.Output<string>;
  readonly keyArn: $util.Output<string>;
  readonly logs: aws.cloudwatch.LogGroup;
  readonly subnetGroup: $util.Output<string>;
  /** The global database that it belongs to. */
  readonly globalId?: $util.Output<string>;
}

export interface AuroraArgs {
  readonly stage: Stage;
  readonly place: Place;
  readonly network: OwnNetwork;
  /** The main place's cluster, for a standby that copies it. */
  readonly main?: Cluster | undefined;
}

/** The engine of every cluster, raised here and nowhere else: the members of a global database have to agree on it. */
const ENGINE_VERSION = "17.5";
export const USERNAME = "pendo";
export const DATABASE = "pendo";

/**
 * An Aurora cluster: encrypted with a key of its own, reached over TLS through a proxy, one writer and readers in other zones. With a standby,
 * both clusters belong to one global database, and the standby's copies the main one until it is promoted.
 */
export function aurora({ stage, place, network, main }: AuroraArgs): Cluster {
  const identifier = `${$app.name}-${$app.stage}-${place.prefix.toLowerCase()}aurora`;
  const key = databaseKey(stage, place);
  const logs = new aws.cloudwatch.LogGroup(
    `${place.prefix}AuroraLogs`,
    { name: `/aws/rds/cluster/${identifier}/postgresql`, retentionInDays: stage.logDays },
    place.opts,
  );
  const globalId = main ? main.globalId : stage.standby ? globalDatabase() : undefined;
  // A copy in reserve has one reader, which becomes the writer.
  const readers = main && !place.active ? 0 : stage.databaseReaders;
  const component = new sst.aws.Aurora(
    `${place.prefix}Aurora`,
    {
      engine: "postgres",
      version: ENGINE_VERSION,
      username: USERNAME,
      database: DATABASE,
      ...(main && { password: main.password }),
      // At 0 the cluster would sleep, and the first person of the morning would wait half a minute.
      scaling: { min: `${stage.databaseAcu.min} ACU`, max: `${stage.databaseAcu.max} ACU` },
      replicas: readers,
      proxy: true,
      vpc: { subnets: $util.all(network.dataSubnets), securityGroups: [network.groups.database.id] },
      transform: transforms({ stage, place, network, main, identifier, key, logs, globalId }),
    },
    place.opts,
  );
  const { cluster, instance } = component.nodes;
  if (!cluster || !instance) throw new Error("The cluster was not made.");
  return {
    id: cluster.id,
    arn: cluster.arn,
    identifier,
    writerHost: cluster.endpoint,
    writer: instance,
    instances: Array.from({ length: readers + 1 }, (_, i) => `${identifier}-${i + 1}`),
    proxyName: identifier,
    proxyHost: component.host,
    password: $util.secret(component.password),
    secretArn: component.secretArn,
    keyArn: key.arn,
    logs,
    subnetGroup: cluster.dbSubnetGroupName,
    ...(globalId !== undefined && { globalId }),
  };
}

interface Transforms extends AuroraArgs {
  readonly identifier: string;
  readonly key: aws.kms.Key;
  readonly logs: aws.cloudwatch.LogGroup;
  readonly globalId: $util.Output<string> | undefined;
}

/** Everything that SST's component leaves as it should not be. */
function transforms({ stage, place, network, main, identifier, key, logs, globalId }: Transforms): sst.aws.AuroraArgs["transform"] {
  const monitoring = monitoringRole(place);
  return {
    clusterParameterGroup: { parameters },
    cluster: (args, opts) => {
      Object.assign(args, clusterSettings({ stage, identifier, key }));
      opts.dependsOn = main ? [logs, main.writer] : [logs];
      protect(stage, opts);
      // Failing over turns it round, and a deployment must not turn it back.
      opts.ignoreChanges = [...(opts.ignoreChanges ?? []), "replicationSourceIdentifier"];
      if (globalId !== undefined) args.globalClusterIdentifier = globalId;
      if (main) copyOf(args, stage);
    },
    instance: (args, opts, name) => {
      const index = name.includes("Replica") ? Number(name.split("Replica").at(-1)) + 1 : 0;
      Object.assign(args, instanceSettings({ identifier, index, key, monitoring, zones: network.zones }));
      protect(stage, opts);
    },
    proxy: (args) => {
      args.name = identifier;
      args.requireTls = true;
      args.vpcSecurityGroupIds = [network.groups.proxy.id];
      args.idleClientTimeout = 900;
      // Its debug log would show statements.
      args.debugLogging = false;
    },
  };
}

/** What every session gets, over what PostgreSQL gives it. Values of parameters never enter a log: they are people's own. */
const parameters = Object.entries({
  "rds.force_ssl": "1",
  // auto_explain is at hand and silent: it would write the values of parameters. An operator sets its threshold for his own session.
  shared_preload_libraries: "pg_stat_statements,auto_explain",
  "auto_explain.log_min_duration": "-1",
  "pg_stat_statements.track": "all",
  track_io_timing: "1",
  log_min_duration_statement: "500",
  log_parameter_max_length: "0",
  log_parameter_max_length_on_error: "0",
  log_min_error_statement: "panic",
  log_lock_waits: "1",
  log_connections: "0",
  // For whoever comes as another role; Pendo's own has shorter ones, set by the migration step.
  statement_timeout: "60000",
  idle_in_transaction_session_timeout: "60000",
  timezone: "UTC",
  // Those that are static refuse to be applied at once, and a cluster has all of them from its first start.
}).map(([name, value]) => ({ name, value, applyMethod: "pending-reboot" }));

interface Settings {
  readonly stage: Stage;
  readonly identifier: string;
  readonly key: aws.kms.Key;
}

function clusterSettings({ stage, identifier, key }: Settings): Partial<aws.rds.ClusterArgs> {
  return {
    clusterIdentifier: identifier,
    kmsKeyId: key.arn,
    storageEncrypted: true,
    backupRetentionPeriod: stage.backupDays,
    preferredBackupWindow: "02:00-03:00",
    preferredMaintenanceWindow: "sun:03:30-sun:04:30",
    deletionProtection: true,
    skipFinalSnapshot: false,
    finalSnapshotIdentifier: `${identifier}-final`,
    deleteAutomatedBackups: false,
    copyTagsToSnapshot: true,
    allowMajorVersionUpgrade: false,
    // What needs a restart waits for the night. Passwords and deletion protection change at once in any case.
    applyImmediately: false,
    enabledCloudwatchLogsExports: ["postgresql"],
    // Functions sign in with the password of their link; a second way in would have to be watched as well.
    iamDatabaseAuthenticationEnabled: false,
    enableHttpEndpoint: false,
  };
}

interface InstanceSettings {
  readonly identifier: string;
  readonly index: number;
  readonly key: aws.kms.Key;
  readonly monitoring: aws.iam.Role;
  readonly zones: $util.Output<string>[];
}

function instanceSettings({ identifier, index, key, monitoring, zones }: InstanceSettings): Partial<aws.rds.ClusterInstanceArgs> {
  return {
    identifier: `${identifier}-${index + 1}`,
    ...(zones.length > 0 && { availabilityZone: zones[index % zones.length] as $util.Output<string> }),
    // Readers of tier 1 keep the writer's size, so that whoever takes over can bear its load. SST gives them tier 15.
    promotionTier: index === 0 ? 0 : 1,
    publiclyAccessible: false,
    copyTagsToSnapshot: true,
    applyImmediately: false,
    performanceInsightsEnabled: true,
    performanceInsightsKmsKeyId: key.arn,
    performanceInsightsRetentionPeriod: 7,
    monitoringInterval: 60,
    monitoringRoleArn: monitoring.arn,
    preferredMaintenanceWindow: index === 0 ? "sun:03:30-sun:04:30" : "sun:05:00-sun:06:00",
  };
}

/** A secondary cluster has its users, its database and its passwords from the one that it copies; naming them is an error. */
function copyOf(args: aws.rds.ClusterArgs, stage: Stage): void {
  delete args.masterUsername;
  delete args.masterPassword;
  delete args.databaseName;
  args.sourceRegion = stage.region;
}

function globalDatabase(): $util.Output<string> {
  return new aws.rds.GlobalCluster(
    "GlobalDatabase",
    {
      globalClusterIdentifier: `${$app.name}-${$app.stage}`,
      engine: "aurora-postgresql",
      engineVersion: ENGINE_VERSION,
      databaseName: DATABASE,
      storageEncrypted: true,
      deletionProtection: true,
      forceDestroy: false,
    },
    { protect: true, retainOnDelete: true },
  ).id;
}

function databaseKey(stage: Stage, place: Place): aws.kms.Key {
  const name = `${place.prefix}DatabaseKey`;
  const key = new aws.kms.Key(
    name,
    { description: `The database of ${$app.name} ${$app.stage}`, enableKeyRotation: true, deletionWindowInDays: 30 },
    { ...place.opts, protect: stage.permanent, retainOnDelete: true },
  );
  new aws.kms.Alias(`${name}Alias`, { name: `alias/${$app.name}-${$app.stage}-${name}`, targetKeyId: key.keyId }, place.opts);
  return key;
}

function monitoringRole(place: Place): aws.iam.Role {
  return new aws.iam.Role(
    `${place.prefix}AuroraMonitoringRole`,
    {
      assumeRolePolicy: aws.iam.assumeRolePolicyForPrincipal({ Service: "monitoring.rds.amazonaws.com" }),
      managedPolicyArns: ["arn:aws:iam::aws:policy/service-role/AmazonRDSEnhancedMonitoringRole"],
    },
    place.opts,
  );
}

function protect(stage: Stage, opts: $util.CustomResourceOptions): void {
  opts.protect = stage.permanent;
  opts.retainOnDelete = stage.permanent;
}
