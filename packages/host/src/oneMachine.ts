import type { Server } from "node:http";
import { join } from "node:path";
import { type PgBossBus, pgBossBus } from "@pendo/core/ports/bus/pgBoss";
import { memoryCache } from "@pendo/core/ports/cache/memory";
import { type MovableClock, movableClock } from "@pendo/core/ports/clock/clock";
import { memoryConnections } from "@pendo/local/connections/memory";
import { connect } from "@pendo/core/ports/db/connect";
import { keepPostgres } from "@pendo/local/db/keptPostgres";
import type { Db } from "@pendo/core/ports/db/db";
import { migrate } from "@pendo/core/ports/db/migrate";
import { randomIds as ids } from "@pendo/core/ports/ids/ids";
import { type ThreadJudge, threadJudge } from "@pendo/core/ports/judge/thread";
import { outboxMail } from "@pendo/local/mail/outbox";
import type { Ports } from "@pendo/core/ports/ports";
import { outboxPush } from "@pendo/local/push/outbox";
import { postgresSearch } from "@pendo/core/ports/search/postgres";
import { localSecrets } from "@pendo/local/secrets/localSecrets";
import { type LocalSocketRegistry, localSockets } from "@pendo/local/sockets/localSockets";
import { diskStorage } from "@pendo/local/storage/disk";
import { restoreRevocations } from "@pendo/core/sessions/sessions";
import * as epochs from "@pendo/core/sync/epochs";
import { localVision } from "@pendo/local/vision/localVision";
import type { SentryOptions } from "@pendo/functions/lambda/sentry";
import { countHungText } from "@pendo/functions/middleware/observer";
import { faultOf } from "@pendo/functions/middleware/problem";
import { queueFunction } from "@pendo/functions/middleware/queue";
import { scheduleFunction } from "@pendo/functions/middleware/schedule";
import { bind } from "./bindings.ts";
import { type KeptEngine, keepEngine } from "./engine/keptEngine.ts";
import { matchingByEngine } from "./engine/matchingByEngine.ts";
import { picksByEngine } from "./engine/picksByEngine.ts";
import { narrow } from "./dataDirectory.ts";
import { doors } from "./gateway/admission.ts";
import { FILES_PATH, serveFiles } from "./gateway/files.ts";
import { httpServer, type Traffic } from "./gateway/httpServer.ts";
import { clientAddress, notesOf, SOCKET_PATH } from "./gateway/clientAddress.ts";
import { freePort, listen } from "./gateway/listen.ts";
import { securityHeaders } from "./gateway/securityHeaders.ts";
import { type SocketGateway, socketServer } from "./gateway/socketServer.ts";
import { serveConsole } from "./console/console.ts";
import { serveFront } from "./front/front.ts";
import { consoleSecret } from "./console/consoleSecret.ts";
import { type HostMetrics, hostMetrics } from "./hostMetrics.ts";
import { type HostObserver, hostObserver, type LogLevel } from "./meters.ts";
import { startMetrics } from "./metricsServer.ts";
import { type Scheduler, startScheduler } from "./scheduler.ts";
import { startWorker, type Worker } from "./worker.ts";

export interface OneMachineOptions {
  /** Everything that must survive: the database, files, keys. Made at the first start. */
  readonly dataDir: string;
  /** 0 takes any free port. */
  readonly port: number;
  /** The address to listen on: loopback unless somebody decides otherwise. */
  readonly host: string;
  /** Where clients reach it, where that differs (a proxy in front). */
  readonly publicUrl?: string;
  readonly logLevel: LogLevel;
  /** Addresses and ranges whose `X-Forwarded-For` is believed. */
  readonly trustedProxies?: readonly string[];
  /** The sites whose pages may open a socket, besides its own. */
  readonly origins?: readonly string[];
  readonly write: (line: string) => void;
  /** The port of `/metrics`, on loopback alone; absent where nobody scrapes. */
  readonly metricsPort?: number;
  /** Where bugs are reported; absent where they go to the log alone. */
  readonly sentry?: SentryOptions;
  /** `test` trades durability for speed. */
  readonly mode?: "durable" | "test";
}

export interface OneMachine {
  readonly url: string;
  readonly socketUrl: string;
  /** Where Prometheus scrapes, where it may. */
  readonly metricsUrl: string | null;
  /** What opens the local console. */
  readonly consoleSecret: string;
  /** Where its database answers, for another process of the same user on this machine. */
  readonly databaseUrl: string;
  readonly db: Db;
  readonly clock: MovableClock;
  readonly worker: Worker;
  readonly bus: PgBossBus;
  readonly engine: KeptEngine;
  readonly observer: HostObserver;
  /** Names of the migrations that this start applied. */
  readonly migrated: readonly string[];
  /** Something that whoever started it should know. */
  readonly notes: readonly string[];
  /** Answers what is under way, takes nothing new, and ends everything in order. Safe to call twice. */
  stop(): Promise<void>;
}

/**
 * All of Pendo in one process: gateway, handlers, queues, schedules, over an embedded PostgreSQL and a data directory.
 * Throws `PostgresStartError`, `MigrationError` or `PortError` with one readable line where it cannot start.
 */
export async function startOneMachine(options: OneMachineOptions): Promise<OneMachine> {
  const port = await freePort(options.port, options.host);
  const postgres = await keepPostgres({
    dataDir: join(options.dataDir, "postgres"),
    mode: options.mode ?? "durable",
    onFall: ({ isBack, problem }) =>
      options.write(isBack ? "PostgreSQL ended by itself and is back." : `PostgreSQL does not come back yet: ${String(problem)}`),
  });
  const metrics = options.metricsPort === undefined ? null : hostMetrics();
  const { logLevel: level, write, sentry } = options;
  const observer = hostObserver({ level, write, ...(metrics && { metrics }), ...(sentry && { sentry }) });
  try {
    narrow(options.dataDir, options.write);
    const assembled = await assemble(options, port, postgres, observer);
    return await watched(assembled, metrics && { metrics, port: options.metricsPort ?? 0 });
  } catch (error) {
    await postgres.stop();
    throw error;
  }
}

type KeptPostgres = Awaited<ReturnType<typeof keepPostgres>>;

type Assembled = Omit<OneMachine, "metricsUrl"> & { readonly openSockets: () => number };

/** Adds the page of metrics, where it is asked for, and the ends of what is around the machine. */
async function watched(assembled: Assembled, page: { readonly metrics: HostMetrics; readonly port: number } | null): Promise<OneMachine> {
  const { openSockets, ...machine } = assembled;
  const { db, bus, engine, observer } = machine;
  const started = page && startMetrics({ ...page, stores: { db, bus, engine, openSockets }, observer });
  const scraped = await started?.catch(async (error: unknown) => {
    await machine.stop();
    throw error;
  });
  let stopped: Promise<void> | undefined;
  const stop = async (): Promise<void> => {
    await scraped?.stop();
    await machine.stop();
    await observer.end();
  };
  return { ...machine, metricsUrl: scraped?.url ?? null, stop: () => (stopped ??= stop()) };
}

async function assemble(options: OneMachineOptions, port: number, postgres: KeptPostgres, observer: HostObserver): Promise<Assembled> {
  const address = clientAddress({ ...options, port });
  const { url, socketUrl } = address;
  // First, since damaged secrets stop the start, and nothing is connected yet.
  const secrets = address.secretsFor(await localSecrets(options.dataDir, { publicUrl: url, socketUrl }));
  const migrated = await migrate({ url: postgres.url() });
  const trouble = troubleFor(observer);
  const clock = movableClock();
  const db = connect(postgres.url(), { max: 12, name: "pendo" });
  await epochs.begin({ db, clock, ids });
  const backgroundDb = connect(postgres.url(), { max: 3, name: "pendo-background" });
  const bus = await pgBossBus({ db, connectionString: postgres.url(), clock, ids, onError: trouble("queues") });
  // The data directory is ours alone, so whoever had taken messages is gone.
  await bus.recover();

  const registry: LocalSocketRegistry = new Map();
  const storage = diskStorage({
    root: join(options.dataDir, "files"),
    baseUrl: () => `${address.current()}${FILES_PATH}`,
    secret: secrets.key("upload"),
    clock,
  });
  const judge = judgeOf(options, observer);
  const ports = portsOf({ db, bus, storage, secrets, registry, clock, judge });
  const runtime = { ports, clock, ids, observer };
  // The cache begins empty, and no token of an ended session may work because of that.
  await restoreRevocations({ ...ports, clock, ids });
  const background = { ...runtime, ports: { ...ports, db: backgroundDb } };
  const bindings = bind(runtime, background);
  const engine = engineOf(options, postgres, clock);
  const traffic: Traffic = { inFlight: 0 };
  const worker = startWorker({
    consumer: bus,
    functions: new Map(bindings.queues).set("matching", queueFunction("matching", matchingByEngine(engine), background)),
    onError: trouble("worker"),
    isBusy: () => traffic.inFlight >= BUSY_REQUESTS,
    unfinished: () => bus.unfinished(),
  });
  const opening = consoleSecret(options.dataDir);
  const { isTrusted, admit, isOriginAllowed } = doors(ports.cache, { ...options, url, port });
  const consoleRoutes = serveConsole({ db, bus, clock, worker, observer, url, secret: opening });
  const server = httpServer({
    routes: bindings.routes,
    clock,
    ids,
    other: [serveFiles({ storage, clock, admit }), consoleRoutes, serveFront()],
    isTrusted,
    headers: securityHeaders({ isHttps: url.startsWith("https:") }),
    onError: trouble("gateway"),
    traffic,
    during: address.during,
  });
  const gateway = socketServer(server, { serve: bindings.socket, registry, path: SOCKET_PATH, isOriginAllowed, admit });
  await listen(server, port, options.host);
  // What a crash left in the outbox leaves now.
  void bus.relaySoon();
  engine.start();
  const scheduler = await startScheduler({
    db: backgroundDb,
    clock,
    observer,
    functions: new Map(bindings.schedules).set("dailyPicks", scheduleFunction("dailyPicks", picksByEngine(engine), background)),
  });

  const stop = (): Promise<void> =>
    shutDown({ server, gateway, scheduler, worker, engine, bus, judge, databases: [db, backgroundDb], postgres });
  const addresses = { url, socketUrl, consoleSecret: opening, databaseUrl: postgres.url(), notes: notesOf(options.host, address) };
  return { ...addresses, db, clock, worker, bus, engine, observer, migrated, openSockets: () => gateway.openCount(), stop };
}

/** A store that is away is counted, for one line says so already; anything else is a bug. */
function troubleFor(observer: HostObserver): (of: string) => (error: unknown) => void {
  return (of) => (error) => (faultOf(error).isBug ? observer.bug(error, { of }) : observer.measure({ of }, { storeFailures: 1 }));
}

type Opened = Pick<Ports, "db" | "storage" | "secrets" | "judge"> & { bus: PgBossBus; registry: LocalSocketRegistry; clock: MovableClock };

function portsOf({ db, bus, storage, secrets, registry, clock, judge }: Opened): Ports {
  return {
    db,
    bus,
    deadLetters: bus,
    storage,
    secrets,
    cache: memoryCache({ clock }),
    search: postgresSearch({ db }),
    connections: memoryConnections({ clock }),
    sockets: localSockets({ registry }),
    mail: outboxMail({ db, clock, ids }),
    push: outboxPush({ db, clock, ids }),
    vision: localVision(),
    judge,
  };
}

/** Started at once: the first message shall not wait for the thread. */
function judgeOf({ mode }: OneMachineOptions, observer: HostObserver): ThreadJudge {
  const judge = threadJudge({
    onEnd: (problem) => observer.bug(problem, { of: "judge" }),
    onHang: (hangMs) => countHungText(observer, hangMs),
    // Tests run on busy machines: there a verdict in time is no matter of milliseconds.
    ...(mode === "test" && { waitMsMin: JUDGE_WAIT_TEST_MS }),
  });
  judge.warm();
  return judge;
}

/** In a process of its own: off the path of requests, and no abort of it ends the host. */
function engineOf({ dataDir, write }: OneMachineOptions, postgres: KeptPostgres, clock: MovableClock): KeptEngine {
  return keepEngine({
    databaseUrl: postgres.url(),
    directory: join(dataDir, "engine"),
    memoryMb: ENGINE_MEMORY_MB,
    snapshotSec: ENGINE_SNAPSHOT_SEC,
    clock,
    say: write,
  });
}

/** With so many requests under way at once, queues that nobody waits for yield. */
const BUSY_REQUESTS = 3;
const JUDGE_WAIT_TEST_MS = 10_000;
/** Some two million people. */
const ENGINE_MEMORY_MB = 1024;
const ENGINE_SNAPSHOT_SEC = 15 * 60;

interface Running {
  readonly server: Server;
  readonly gateway: SocketGateway;
  readonly scheduler: Scheduler;
  readonly worker: Worker;
  readonly engine: KeptEngine;
  readonly bus: PgBossBus;
  readonly judge: ThreadJudge;
  readonly databases: readonly Db[];
  readonly postgres: KeptPostgres;
}

/** From the outside in: what feeds others ends before what they feed. */
async function shutDown({ server, gateway, scheduler, worker, engine, bus, judge, databases, postgres }: Running): Promise<void> {
  const closed = new Promise((resolve) => server.close(resolve));
  // Again and again: a connection whose last request was just answered is kept open by its client.
  const sweep = setInterval(() => server.closeIdleConnections(), 20);
  await gateway.stop();
  const patience = setTimeout(() => server.closeAllConnections(), 10_000);
  await closed;
  clearTimeout(patience);
  clearInterval(sweep);
  await scheduler.stop();
  await worker.stop();
  await engine.stop();
  await bus.stop();
  await judge.stop();
  await Promise.all(databases.map((db) => db.end({ timeout: 5 })));
  await postgres.stop();
}
