import { once } from "node:events";
import type { Server } from "node:http";
import { join } from "node:path";
import { pgBossBus } from "@pendo/core/ports/bus/pgBoss";
import type { Cache } from "@pendo/core/ports/cache/cache";
import { memoryCache } from "@pendo/core/ports/cache/memory";
import { upstashCache } from "@pendo/core/ports/cache/upstash";
import { systemClock as clock } from "@pendo/core/ports/clock/clock";
import { connect, connectAurora } from "@pendo/core/ports/db/connect";
import type { Db } from "@pendo/core/ports/db/db";
import { startPostgres } from "@pendo/local/db/embeddedPostgres";
import { migrate } from "@pendo/core/ports/db/migrate";
import { pingDb } from "@pendo/core/ports/db/ping";
import { randomIds as ids } from "@pendo/core/ports/ids/ids";
import { queueFunction } from "@pendo/functions/middleware/queue";
import { listen } from "../gateway/listen.ts";
import { hostObserver } from "../meters.ts";
import { startWorker } from "../worker.ts";
import { ConfigurationError } from "../configuration.ts";
import type { EngineConfiguration } from "./engineConfiguration.ts";
import { engineHttp } from "./engineHttp.ts";
import { type EngineService, startEngine } from "./engineService.ts";
import { matchingByEngine } from "./matchingByEngine.ts";

export interface EngineHost {
  readonly url: string;
  readonly engine: EngineService;
  /** Takes no more facts, ends what is under way, writes a last snapshot. Safe to call twice. */
  stop(): Promise<void>;
}

/** Other processes put facts into the queue, and nobody tells of it. */
const POLL_MS = 100;

/**
 * The engine as a process of its own: the only one that works the matching queue of its database. It answers on its port from the beginning, and is ready once
 * it has replayed. Throws what can be put in one line where it cannot start.
 */
export async function startEngineHost(configuration: EngineConfiguration, write: (line: string) => void): Promise<EngineHost> {
  let engine: EngineService | undefined;
  let draining = false;
  const server = engineHttp({ engine: () => engine, isDraining: () => draining });
  await listen(server, configuration.port, configuration.host);
  const ended: (() => Promise<unknown>)[] = [() => closed(server)];
  const endAll = async (): Promise<void> => {
    for (const end of ended.splice(0).toReversed()) await end();
  };
  try {
    const { url, stop } = await database(configuration);
    ended.push(stop);
    const db = open(url);
    ended.push(() => db.end({ timeout: 5 }));
    await pingDb(db).catch((cause: unknown) => {
      throw new ConfigurationError("DATABASE_URL names a database that does not answer, or lets nobody in.", { cause });
    });
    const observer = hostObserver({ level: "errors", write });
    const onError = (error: unknown): void => observer.bug(error, { of: "engine" });
    const bus = await pgBossBus({ db, connectionString: url, clock, ids, onError });
    ended.push(() => bus.stop());
    // The directory is ours alone, so whoever had taken messages is gone.
    if (configuration.databaseUrl === undefined) await bus.recover();
    const { directory, memoryMb, snapshotSec } = configuration;
    const started = await startEngine({
      db,
      directory,
      memoryMb,
      snapshotSec,
      say: write,
      now: () => clock.now(),
      chance: () => ids.chance(),
    });
    engine = started;
    ended.push(() => started.stop());
    // Facts wait in the queue meanwhile, so what is learned is learned in its order.
    await started.beReady();
    const runtime = { ports: { db, cache: cacheOf(configuration) }, clock, ids, observer };
    const functions = new Map([["matching", queueFunction("matching", matchingByEngine(started), runtime)] as const]);
    const worker = startWorker({ consumer: bus, functions, onError, pollMs: POLL_MS });
    ended.push(() => worker.stop());
    const address = server.address();
    const port = typeof address === "object" && address ? address.port : configuration.port;
    return { url: `http://${configuration.host}:${port}`, engine: started, stop: async () => ((draining = true), await endAll()) };
  } catch (error) {
    await endAll();
    throw error;
  }
}

async function database({ databaseUrl, dataDir }: EngineConfiguration): Promise<{ url: string; stop: () => Promise<void> }> {
  if (databaseUrl !== undefined) return { url: databaseUrl, stop: async () => {} };
  const postgres = await startPostgres({ dataDir: join(dataDir, "postgres"), mode: "durable" });
  try {
    await migrate({ url: postgres.url() });
  } catch (error) {
    await postgres.stop();
    throw error;
  }
  return { url: postgres.url(), stop: () => postgres.stop() };
}

/** Reading everybody takes as long as it takes. Who asks for TLS in the address gets it with the certificate checked. */
function open(text: string): Db {
  const url = new URL(text);
  const asked = url.searchParams.get("sslmode");
  url.searchParams.delete("sslmode");
  const options = { max: 6, name: "pendo-engine", statementTimeoutMs: 0, idleInTransactionTimeoutMs: 600_000 };
  return asked === null || asked === "disable" ? connect(url.toString(), options) : connectAurora(url.toString(), options);
}

function cacheOf({ cache }: EngineConfiguration): Cache {
  return cache ? upstashCache({ ...cache, clock }) : memoryCache({ clock });
}

async function closed(server: Server): Promise<void> {
  const end = once(server, "close");
  server.close();
  server.closeAllConnections();
  await end;
}
