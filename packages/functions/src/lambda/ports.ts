import type { PortName } from "@pendo/contract/ports";
import { type QueueName, queues } from "@pendo/contract/queues";
import { type Clock, systemClock } from "@pendo/core/ports/clock/clock";
import { type Ids, randomIds } from "@pendo/core/ports/ids/ids";
import type { Ports } from "@pendo/core/ports/ports";
import { countHungText, type Observer } from "../middleware/observer.ts";
import { reportRelayFailure } from "../middleware/relayFailure.ts";
import type { Runtime } from "../middleware/runtime.ts";
import { linkedTo } from "./linkedTo.ts";
import { lambdaObserver } from "./observer.ts";
import { type Linked, linkedResources, queueResources } from "./resources.ts";

/**
 * The runtime of a function on AWS: exactly the ports in `needs`. Adapters are imported as they are needed, so that a function pays for no other.
 * Nothing is connected yet. Throws `ResourceError` naming what the function is not linked to, while it starts.
 */
export async function lambdaRuntime(needs: readonly PortName[], env: NodeJS.ProcessEnv = process.env): Promise<Runtime> {
  const observer = lambdaObserver({
    write: (line) => process.stdout.write(`${line}\n`),
    ...(env["PENDO_STAGE"] && { stage: env["PENDO_STAGE"] }),
    ...(env["SENTRY_DSN"] && {
      sentry: { dsn: env["SENTRY_DSN"], environment: env["PENDO_STAGE"] ?? "unknown", release: env["PENDO_RELEASE"] ?? "unknown" },
    }),
  });
  const building = new Map<PortName, Promise<unknown>>();
  const host: Host = {
    linked: linkedResources(linkedTo(env)),
    observer,
    clock: systemClock,
    ids: randomIds,
    needs,
    port: <P extends PortName>(name: P) => {
      const port = building.get(name) ?? build[name](host);
      building.set(name, port);
      return port as Promise<Ports[P]>;
    },
  };
  const entries = await Promise.all(needs.map(async (name) => [name, await host.port(name)] as const));
  // Instances that are held ready start long before their first request, and nobody waits for them.
  if (env["AWS_LAMBDA_INITIALIZATION_TYPE"] === "provisioned-concurrency")
    await Promise.all(needs.map(async (name) => await later[name]?.()));
  return {
    ports: Object.fromEntries(entries) as Partial<Ports>,
    clock: host.clock,
    ids: host.ids,
    observer,
    release: env["PENDO_RELEASE"] ?? "unreleased",
    // Lambda sets it again for each invocation.
    xray: () => env["_X_AMZN_TRACE_ID"],
  };
}

interface Host {
  readonly linked: Linked;
  readonly observer: Observer;
  readonly clock: Clock;
  readonly ids: Ids;
  /** What the function asks for. */
  readonly needs: readonly PortName[];
  /** A port that another is made of; each is made once. */
  port<P extends PortName>(name: P): Promise<Ports[P]>;
}

const build: { readonly [P in PortName]: (host: Host) => Promise<Ports[P]> } = {
  async db({ linked }) {
    const { connect, connectAurora } = await import("@pendo/core/ports/db/connect");
    const { host, port, username, password, database } = linked.read("Database");
    const url = `postgres://${encodeURIComponent(username)}:${encodeURIComponent(password)}@${host}:${port}/${encodeURIComponent(database)}`;
    // Under `sst dev` it is on the developer's machine, and speaks no TLS.
    if (host === "127.0.0.1" || host === "localhost") return connect(url, { max: 4, name: "pendo-lambda" });
    // RDS Proxy calls itself so; it shares connections as long as clients keep nothing in their sessions.
    const proxied = host.includes(".proxy-");
    // A function serves one request at a time; a batch of messages shares these few.
    return connectAurora(url, { max: 4, name: "pendo-lambda", proxied, prepare: !proxied, connectTimeoutSec: 5 });
  },

  async cache({ linked, clock, observer }) {
    return (await import("./cachePort.ts")).cachePort(linked.read("Cache"), { clock, observer });
  },

  async search({ linked, clock, observer, port }) {
    const { postgresSearch } = await import("@pendo/core/ports/search/postgres");
    const secondary = postgresSearch({ db: await port("db") });
    const { url, username, password } = linked.readOptional("Search") ?? {};
    if (url === undefined) return secondary;
    const [{ fallbackSearch }, { openSearch }] = await Promise.all([
      import("@pendo/core/ports/search/fallback"),
      import("@pendo/core/ports/search/opensearch"),
    ]);
    const primary = openSearch({
      url,
      ...(username !== undefined && { username }),
      ...(password !== undefined && { password }),
      replicas: 1,
    });
    return fallbackSearch({ primary, secondary, clock, onFallback: () => observer.measure({ port: "search" }, { fallbacks: 1 }) });
  },

  async bus({ linked, clock, ids, observer, port }) {
    const { sqsBus } = await import("@pendo/core/ports/bus/sqs");
    const onError = (error: unknown): void => reportRelayFailure(observer, error, { port: "bus" });
    return sqsBus({
      db: await port("db"),
      queueUrls: byQueue(({ live }) => ({ url: linked.queueUrl(live) })),
      clock,
      ids,
      onError,
    });
  },

  async deadLetters({ linked }) {
    const queueUrls = byQueue(({ live, dead }) => ({ url: linked.queueUrl(live), deadUrl: linked.queueUrl(dead) }));
    // Looking after queues is the least of what the staff does all day.
    const port = once(async () => {
      const { sqsDeadLetters } = await import("@pendo/core/ports/bus/sqsDeadLetters");
      return sqsDeadLetters({ queueUrls });
    });
    return {
      depths: async () => await (await port()).depths(),
      deadLetters: async (...which) => await (await port()).deadLetters(...which),
      redrive: async (...which) => await (await port()).redrive(...which),
      remove: async (...which) => await (await port()).remove(...which),
    };
  },

  async storage({ linked, clock }) {
    const { s3Storage } = await import("@pendo/core/ports/storage/s3");
    const media = linked.readOptional("Media");
    const cloudFront = media && { baseUrl: media.url.replace(/\/+$/, ""), keyPairId: media.keyPairId, privateKey: media.privateKey };
    return s3Storage({ bucket: linked.read("Uploads").name, clock, ...(cloudFront && { cloudFront }) });
  },

  async connections({ linked, clock, needs }) {
    const tableName = linked.read("Connections").name;
    const port = once(async () => {
      const { dynamodbClient, dynamodbConnections } = await import("@pendo/core/ports/connections/dynamodb");
      return dynamodbConnections({ client: dynamodbClient(), tableName, clock });
    });
    // Whoever sends frames asks for connections first of all; the others only ask whether the table is there.
    if (needs.includes("sockets")) return await port();
    return {
      add: async (connection) => await (await port()).add(connection),
      get: async (connectionId) => await (await port()).get(connectionId),
      ofUser: async (userId) => await (await port()).ofUser(userId),
      remove: async (connectionId) => await (await port()).remove(connectionId),
      ping: async () => await (await port()).ping(),
    };
  },

  async sockets({ linked }) {
    const { apiGatewayClient, apiGatewaySockets } = await import("@pendo/core/ports/sockets/apiGateway");
    return apiGatewaySockets({ client: apiGatewayClient(linked.read("Socket").managementEndpoint) });
  },

  async mail({ linked, observer }) {
    const { sesMail } = await import("@pendo/core/ports/mail/ses");
    const { sender, configSet } = linked.read("Mail");
    const onRejected = (letterId: string, reason: string): void => observer.line("warn", { kind: "mail", letterId, rejected: reason });
    return sesMail({ from: sender, onRejected, ...(configSet !== undefined && { configurationSet: configSet }) });
  },

  async push({ linked, observer }) {
    const { awsPush } = await import("@pendo/core/ports/push/aws");
    const { iosApplication: ios, androidApplication: android, vapid } = linked.read("Push");
    return awsPush({
      sns: { applications: { ...(ios !== undefined && { ios }), ...(android !== undefined && { android }) } },
      web: {
        vapid,
        onRefused: (service, status) => {
          observer.line("warn", { kind: "push", service, status });
          observer.measure({ port: "push" }, { refusedSubscriptions: 1 });
        },
      },
    });
  },

  async vision() {
    return (await import("@pendo/core/ports/vision/rekognition")).rekognitionVision();
  },

  // Its thread starts with the first text: most instances never judge one.
  async judge({ observer }) {
    const { threadJudge } = await import("@pendo/core/ports/judge/thread");
    return threadJudge({
      onEnd: (problem) => observer.bug(problem, { port: "judge" }),
      onHang: (hangMs) => countHungText(observer, hangMs),
    });
  },

  async secrets({ linked }) {
    const { awsSecrets } = await import("@pendo/core/ports/secrets/aws");
    const [master, keys] = [linked.read("MasterSecret").value, linked.read("SigningKeys").value];
    return awsSecrets({ masterSecret: master, signingKeys: keys, ...linked.read("Addresses") });
  },
};

/** What the adapters of a port load with the first call that needs it, for those who want it at once. */
const later: { readonly [P in PortName]?: () => Promise<unknown> } = {
  bus: () => import("@pendo/core/ports/bus/sqsSend"),
  connections: () => import("@pendo/core/ports/connections/dynamodb"),
  deadLetters: () => import("@pendo/core/ports/bus/sqsDeadLetters"),
  storage: () => import("@pendo/core/ports/storage/s3Bucket"),
};

function once<Made>(make: () => Promise<Made>): () => Promise<Made> {
  let making: Promise<Made> | undefined;
  return () => (making ??= make());
}

function byQueue<Urls>(urlsOf: (resources: ReturnType<typeof queueResources>) => Urls): Record<QueueName, Urls> {
  const names = Object.keys(queues) as QueueName[];
  return Object.fromEntries(names.map((name) => [name, urlsOf(queueResources(name))])) as Record<QueueName, Urls>;
}
