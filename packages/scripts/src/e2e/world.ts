import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join as joinPath } from "node:path";
import type { Gender } from "@pendo/contract/profile";
import * as schedules from "@pendo/core/schedules/schedules";
import { askConsole } from "@pendo/host/console/askConsole";
import type { LogLevel } from "@pendo/host/meters";
import { type OneMachine, startOneMachine } from "@pendo/host/oneMachine";
import sharp from "sharp";
import { afterAll, beforeAll, vi } from "vitest";
import { join, type Person, type Persona, untilDiscoverable } from "../people/person.ts";
import type { RunningHost } from "./planted.ts";

export interface World {
  readonly host: OneMachine;
  readonly dataDir: string;
  /** For planting people straight into the database. */
  readonly place: RunningHost;
  /** Somebody who joined over HTTP, and can be found. Everybody lives in one city and wants everybody, unless said otherwise. */
  person(about?: Partial<Persona>): Promise<Person>;
  /** Two people who matched. */
  match(): Promise<{ ann: Person; bob: Person; matchId: string; conversationId: string }>;
  /** Resolves when every queue is empty and every effect is there. */
  settled(): Promise<void>;
  /** What went wrong inside, if anything did. */
  readonly log: string[];
}

interface WorldOptions {
  readonly logLevel?: LogLevel;
  /** The sites whose pages may open a socket, besides its own. */
  readonly origins?: readonly string[];
}

/** One whole Pendo for a test file, over real HTTP and WebSocket, in a data directory of its own. */
export function world({ logLevel = "errors", origins = ["https://app.example"] }: WorldOptions = {}): World {
  const dataDir = mkdtempSync(joinPath(tmpdir(), "pendo-world-"));
  const log: string[] = [];
  let host: OneMachine | undefined;
  let count = 0;
  const running = (): OneMachine => {
    if (!host) throw new Error("The world begins with beforeAll.");
    return host;
  };
  beforeAll(async () => {
    // As older releases left it.
    chmodSync(dataDir, 0o755);
    host = await startOneMachine({
      dataDir,
      port: 0,
      host: "127.0.0.1",
      logLevel,
      mode: "test",
      // Every person of a test has an address of its own, which limits count by.
      trustedProxies: ["127.0.0.1"],
      origins,
      write: (line) => void (/was open to other users/.test(line) || log.push(line)),
    });
    await firstRunsOfSchedules(host);
  });
  afterAll(async () => {
    await host?.stop();
    rmSync(dataDir, { recursive: true, force: true });
  });

  const person = async (about: Partial<Persona> = {}): Promise<Person> => {
    const n = ++count;
    const joined = await join(running(), { ...(await personaOf(n)), ...about });
    await untilDiscoverable(joined);
    return joined;
  };
  return {
    get host() {
      return running();
    },
    dataDir,
    get place() {
      const { url, socketUrl, db, clock } = running();
      return { dataDir, url, socketUrl, db, clock };
    },
    log,
    person,
    match: async () => {
      const [ann, bob] = await Promise.all([person(), person()]);
      await ann.client.swipes.record({ targetId: bob.userId, action: "like" });
      const { matchId, conversationId } = await bob.client.swipes.record({ targetId: ann.userId, action: "like" });
      if (!matchId || !conversationId) throw new Error("Two likes made no match.");
      return { ann, bob, matchId, conversationId };
    },
    settled: async () => {
      await askConsole(running(), "POST /idle");
    },
  };
}

/** A new schedule is due at once. Its first run must not meet the users of a test: after nine o'clock it makes daily picks for them. */
async function firstRunsOfSchedules({ db }: OneMachine): Promise<void> {
  await vi.waitUntil(async () => (await schedules.list(db)).every(({ lastRunAt }) => lastRunAt !== null), { timeout: 60_000 });
}

const everybody: Gender[] = ["woman", "man", "nonbinary"];

async function personaOf(n: number): Promise<Persona> {
  return {
    email: `person${n}@example.test`,
    name: `Robin ${String.fromCharCode(65 + (n % 26))}`,
    birthDate: `19${70 + (n % 30)}-04-0${1 + (n % 9)}`,
    gender: everybody[n % 3] ?? "woman",
    intent: "relationship",
    bio: "I bake bread and walk along rivers.",
    interests: ["bread", "rivers"],
    prompts: [],
    lat: 52.52,
    lon: 13.405,
    wants: { genders: everybody, ageMin: 18, ageMax: 99, radiusKm: 100 },
    photos: [await picture(n)],
  };
}

/** A picture like no other: perceptual hashes of a flat one would all be alike. */
export async function picture(n: number): Promise<Uint8Array> {
  const bars = Array.from(
    { length: 8 },
    (_, i) =>
      `<rect x="${i * 40}" y="${((n * 37 + i * 53) % 7) * 30}" width="40" height="${60 + ((n * 11 + i * 29) % 5) * 30}" fill="hsl(${(n * 67 + i * 40) % 360} 60% 45%)"/>`,
  );
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="320" height="400"><rect width="320" height="400" fill="hsl(${(n * 97) % 360} 40% 80%)"/>${bars.join("")}</svg>`;
  return new Uint8Array(await sharp(Buffer.from(svg)).jpeg({ quality: 80 }).toBuffer());
}
