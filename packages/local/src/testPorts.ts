import { createSecretKey, generateKeyPairSync } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Envelope, EventName } from "@pendo/contract/events";
import { afterAll } from "vitest";
import type { Bus } from "@pendo/core/ports/bus/bus";
import { outboxWriter } from "@pendo/core/ports/bus/outbox";
import { memoryCache } from "@pendo/core/ports/cache/memory";
import { type MovableClock, movableClock } from "@pendo/core/ports/clock/clock";
import { memoryConnections } from "./connections/memory.ts";
import type { Db } from "@pendo/core/ports/db/db";
import { testIds } from "@pendo/core/ports/ids/testIds.fixture";
import { inlineJudge } from "@pendo/core/ports/judge/inline.fixture";
import { outboxMail } from "./mail/outbox.ts";
import type { Ambient, Ports } from "@pendo/core/ports/ports";
import { outboxPush } from "./push/outbox.ts";
import { postgresSearch } from "@pendo/core/ports/search/postgres";
import { secretsFrom } from "@pendo/core/ports/secrets/derive";
import type { Secrets } from "@pendo/core/ports/secrets/secrets";
import { type LocalSocketRegistry, localSockets } from "./sockets/localSockets.ts";
import { type DiskStorage, diskStorage } from "./storage/disk.ts";
import { localVision } from "./vision/localVision.ts";

export interface TestPorts extends Ports, Ambient {
  readonly clock: MovableClock;
  readonly storage: DiskStorage;
  /** The sockets that are open: a test adds its own. */
  readonly registry: LocalSocketRegistry;
  /** The facts that were emitted and committed so far, oldest first; of one type where it is given. */
  facts<E extends EventName>(type?: E): Promise<Envelope<E>[]>;
}

/** Every port with its embedded adapter, over a test's own database. Facts stay in the outbox, for the test to look at. */
export function testPorts(db: Db): TestPorts {
  const dir = mkdtempSync(join(tmpdir(), "pendo-test-"));
  afterAll(() => rmSync(dir, { recursive: true, force: true }));
  const clock = movableClock();
  const ambient = { clock, ids: testIds };
  const registry: LocalSocketRegistry = new Map();
  return {
    ...ambient,
    db,
    cache: memoryCache({ clock }),
    search: postgresSearch({ db }),
    bus: outboxBus(ambient),
    deadLetters: { depths: async () => [], deadLetters: async () => [], redrive: async () => 0, remove: async () => false },
    storage: diskStorage({
      root: join(dir, "files"),
      baseUrl: "http://127.0.0.1/_files",
      secret: createSecretKey(testIds.bytes(32)),
      clock,
    }),
    connections: memoryConnections({ clock }),
    sockets: localSockets({ registry }),
    registry,
    mail: outboxMail({ ...ambient, db }),
    push: outboxPush({ ...ambient, db }),
    vision: localVision(),
    judge: inlineJudge(),
    secrets: testSecrets(),
    facts: async <E extends EventName>(type?: E) => {
      const rows = await db<
        { envelope: Envelope<E> }[]
      >`select envelope from outbox where ${type ?? null}::text is null or type = ${type ?? null} order by id`;
      return rows.map((row) => row.envelope);
    },
  };
}

function testSecrets(): Secrets {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const signingKey = { ...privateKey.export({ format: "jwk" }), kid: "test", alg: "ES256" };
  return secretsFrom({
    master: testIds.bytes(32),
    signingKeys: [signingKey],
    publicUrl: "http://127.0.0.1:4000",
    socketUrl: "ws://127.0.0.1:4000/socket",
  });
}

function outboxBus(ambient: Ambient): Bus {
  return {
    ...outboxWriter(ambient),
    relay: async () => 0,
    relaySoon: async () => {},
    ping: async () => {},
  };
}
