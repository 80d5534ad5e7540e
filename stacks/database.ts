import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { aurora, type Cluster, DATABASE, USERNAME } from "./aurora";
import { localCredentials, localStores } from "./dev";
import { type FunctionContext, liveFunction } from "./functions";
import type { Links } from "./grants";
import type { Network, SharedOutputs } from "./network";
import type { Place } from "./place";
import type { Stage } from "./stage";

/** The database of a stage in one place. */
export interface Database {
  /** The link `Database`. */
  readonly properties: DatabaseProperties;
  /** Where the migration step finds it, past the proxy, which would have to keep a connection for it alone. */
  readonly direct: DatabaseProperties;
  /** Absent where the cluster is another stage's, or the developer's machine. */
  readonly cluster?: Cluster;
}

// A type and not an interface, which would not pass as the record that a link takes.
export type DatabaseProperties = Readonly<{
  host: $util.Input<string>;
  port: $util.Input<number>;
  username: $util.Input<string>;
  password: $util.Input<string>;
  database: $util.Input<string>;
}>;

export interface DatabaseArgs {
  readonly stage: Stage;
  readonly place: Place;
  readonly network?: Network | undefined;
  /** What staging lends to a preview. */
  readonly shared?: SharedOutputs | undefined;
  /** The main place's database, for the standby. */
  readonly main?: Database | undefined;
}

/** The database of a stage: a cluster, a preview's own database in staging's cluster, or PostgreSQL on the developer's machine. */
export function database({ stage, place, network, shared, main }: DatabaseArgs): Database {
  if (stage.kind === "personal") return local();
  if (!stage.permanent) return lent(stage, shared);
  if (!network?.own) throw new Error(`The database of the stage ${stage.name} needs a network of its own.`);
  if (place.standby && !main?.cluster) throw new Error("The standby copies the main place's database, and was given none.");
  poolConnections();
  const cluster = aurora({ stage, place, network: network.own, ...(place.standby && { main: main?.cluster }) });
  const properties = { host: cluster.proxyHost, port: POSTGRES, username: USERNAME, password: cluster.password, database: DATABASE };
  return { properties, direct: { ...properties, host: cluster.writerHost }, cluster };
}

const POSTGRES = 5432;

function local(): Database {
  const { host, databasePort, username, database: name } = localStores;
  // Under `sst dev` the component makes nothing in AWS, and answers these.
  const component = new sst.aws.Aurora("Aurora", {
    engine: "postgres",
    username,
    database: name,
    vpc: { subnets: [], securityGroups: [] },
    dev: { host, port: databasePort, username, password: localCredentials().password, database: name },
  });
  const { port, password } = component;
  const properties = { host: component.host, port, username: component.username, password, database: component.database };
  return { properties, direct: properties };
}

function lent(stage: Stage, shared: SharedOutputs | undefined): Database {
  if (!shared) throw new Error(`The stage ${stage.name} keeps its database in staging's cluster, and nothing says where that is.`);
  const { secretString } = aws.secretsmanager.getSecretVersionOutput({ secretId: shared.databaseSecretArn });
  const secret = secretString.apply((text) => JSON.parse(text) as { username: string; password: string });
  const properties = {
    host: shared.databaseHost,
    port: shared.databasePort,
    username: secret.username,
    password: $util.secret(secret.password),
    database: stage.name.replaceAll("-", "_"),
  };
  return { properties, direct: properties };
}

/** SST leaves the proxy's pool as it is, and offers no transform for it. */
function poolConnections(): void {
  $transform(aws.rds.ProxyDefaultTargetGroup, (args) => {
    args.connectionPoolConfig ??= {
      // The rest is for migrations, previews and people.
      maxConnectionsPercent: 80,
      maxIdleConnectionsPercent: 30,
      // A request that waits longer for a connection than this has lost most of its time, and had better fail.
      connectionBorrowTimeout: 5,
    };
  });
}

const MIGRATIONS = "packages/core/migrations";

/**
 * Brings the schema up to date before any function runs the new code, by a function that the deployment calls whenever the migrations change.
 * Answers the database with a link that is known only when that is done, so everything linked to it waits. Migrations only expand (see
 * docs/stores.md): the code before works on the schema after, and a rollback needs no step of its own.
 */
export function migrations(context: Omit<FunctionContext, "links">, made: Database): Database {
  const { stage, place } = context;
  // A copy has its schema from what it copies; under `sst dev`, the local stores migrate when they start.
  if (stage.kind === "personal" || !place.active) return made;
  const link = new sst.Linkable(`${place.prefix}MigrationDatabase`, { properties: { ...made.direct } });
  const { fn } = liveFunction(
    // It uses no port.
    { ...context, links: {} as Links },
    {
      name: "MigrationStep",
      description: "Brings the database up to date before a deployment's code runs",
      handler: "packages/functions/src/lambda/step/migrate.handler",
      needs: [],
      inNetwork: true,
      unshifted: true,
      timeoutSec: 300,
      memoryMb: 512,
      links: [link],
      environment: { PENDO_LINK_PREFIX: `${place.prefix}Migration` },
      copyFiles: [{ from: MIGRATIONS, to: "migrations" }],
    },
  );
  const { cluster } = made;
  const call = new aws.lambda.Invocation(
    `${place.prefix}Migrations`,
    {
      functionName: fn.name,
      // The hash stands in the input and not in `triggers`: those replace the invocation, and what is replaced is deleted, which would drop a
      // preview's database.
      input: $jsonStringify({
        migrations: migrationsHash(),
        ...(!stage.permanent && { database: made.direct.database, ephemeral: true }),
      }),
      lifecycleScope: "CRUD",
    },
    // The cluster has an address before anything answers there.
    { ...place.opts, ...(cluster && { dependsOn: [cluster.writer] }) },
  );
  const host = $util.all([made.properties.host, call.result]).apply(([address]) => address);
  return { ...made, properties: { ...made.properties, host } };
}

function migrationsHash(): string {
  const dir = join($cli.paths.root, MIGRATIONS);
  const hash = createHash("sha256");
  for (const file of readdirSync(dir).sort())
    hash
      .update(file)
      .update("\0")
      .update(readFileSync(join(dir, file)))
      .update("\0");
  return hash.digest("hex");
}
