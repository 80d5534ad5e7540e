import path from "node:path";
import { startUpstashBridge } from "@pendo/local/cache/upstashBridge";
import { systemClock } from "@pendo/core/ports/clock/clock";
import { memoryCache } from "@pendo/core/ports/cache/memory";
import { connect } from "@pendo/core/ports/db/connect";
import { keepPostgres } from "@pendo/local/db/keptPostgres";
import { migrate } from "@pendo/core/ports/db/migrate";
import { memoryRedis } from "./memoryRedis.ts";
import { startRedis } from "./redis.ts";
import type { StoreSettings } from "./settings.ts";

export interface Stores {
  stop(): Promise<void>;
}

/**
 * Starts PostgreSQL and the cache on their ports of loopback, and brings the database up to date. The cache is a Redis where one is installed, else
 * memory. Throws `PostgresStartError` or `MigrationError`, or where a port is taken; then nothing is left running.
 */
export async function startStores(settings: StoreSettings, say: (line: string) => void): Promise<Stores> {
  const started: { stop(): Promise<void> }[] = [];
  const stop = async (): Promise<void> => {
    for (let last = started.pop(); last; last = started.pop()) await last.stop();
  };
  try {
    await startDatabase(settings, started, say);
    await startCache(settings, started, say);
    return { stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

type Started = { stop(): Promise<void> }[];

async function startDatabase({ dataDir, database }: StoreSettings, started: Started, say: (line: string) => void): Promise<void> {
  const postgres = await keepPostgres({
    dataDir: path.join(dataDir, "postgres"),
    mode: "durable",
    tcpPort: database.port,
    onFall: ({ isBack, problem }) =>
      say(isBack ? "PostgreSQL ended by itself and is back." : `PostgreSQL does not come back yet: ${String(problem)}`),
  });
  started.push(postgres);
  await admit(postgres.url(), database);
  await extend(postgres.url(database.name));
  const url = `postgres://${database.user}:${encodeURIComponent(database.password)}@127.0.0.1:${database.port}/${database.name}`;
  const applied = await migrate({ url });
  const what = applied.length === 0 ? "up to date" : `brought up to date by ${applied.length} migrations`;
  say(`PostgreSQL listens on 127.0.0.1:${database.port}: the database ${database.name}, ${what}.`);
}

/** Makes the role of the link and its database, or gives the role its password anew: it belongs to the stage, and the data outlives it. */
async function admit(url: string, { user, name, password }: StoreSettings["database"]): Promise<void> {
  const admin = connect(url, { max: 1, name: "pendo-dev" });
  try {
    const [role] = await admin`select 1 from pg_roles where rolname = ${user}`;
    // Statements about roles take no parameters.
    const [quoted] = await admin<{ password: string }[]>`select quote_literal(${password}) as password`;
    await admin.unsafe(`${role ? "alter" : "create"} role "${user}" login password ${quoted?.password ?? "null"}`);
    const [found] = await admin`select 1 from pg_database where datname = ${name}`;
    if (!found) await admin.unsafe(`create database "${name}" owner "${user}"`);
  } finally {
    await admin.end();
  }
}

/** What only a superuser may make. Aurora's first user may as well, so there the migrations do it themselves. */
async function extend(url: string): Promise<void> {
  const admin = connect(url, { max: 1, name: "pendo-dev" });
  try {
    await admin`create extension if not exists earthdistance cascade`;
  } finally {
    await admin.end();
  }
}

async function startCache({ cache }: StoreSettings, started: Started, say: (line: string) => void): Promise<void> {
  const redis = await startRedis();
  if (redis) started.push(redis);
  const bridge = await startUpstashBridge({
    redis: redis ? { at: redis.at } : memoryRedis(memoryCache({ clock: systemClock })),
    token: cache.token,
    port: cache.port,
  });
  started.push(bridge);
  say(`${redis ? "Redis" : "A cache in memory (no redis-server is installed)"} listens on ${bridge.url}.`);
}
