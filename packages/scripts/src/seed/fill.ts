import { join } from "node:path";
import type { MediaId, UserId } from "@pendo/contract/ids";
import { reindex } from "@pendo/core/discovery/indexing";
import { type Grid, secretGrid } from "@pendo/core/location/grid";
import { connect } from "@pendo/core/ports/db/connect";
import type { Db } from "@pendo/core/ports/db/db";
import { startPostgres } from "@pendo/local/db/embeddedPostgres";
import { migrate } from "@pendo/core/ports/db/migrate";
import { postgresSearch } from "@pendo/core/ports/search/postgres";
import { localSecrets } from "@pendo/local/secrets/localSecrets";
import { type Output, progressBar } from "../terminal/progressBar.ts";
import { type History, historyOf } from "./acquaintances.ts";
import { type Album, openAlbum } from "./album.ts";
import { idAt, settle, type Settler } from "./settler.ts";
import { analyze, settledBefore, unindexed, writeHistory, writePeople, type Photo } from "./write.sql.ts";

export interface FillOptions {
  readonly dataDir: string;
  /** How many people there shall be. Those who are there already stay as they are. */
  readonly users: number;
  readonly seed: number;
  readonly out: Output;
  readonly now: Date;
  /** Asked between batches: what is written stays, and the next run goes on from there. */
  readonly stopping?: () => boolean;
}

export interface Filled {
  readonly before: number;
  readonly added: {
    readonly people: number;
    readonly photos: number;
    readonly swipes: number;
    readonly matches: number;
    readonly messages: number;
  };
  readonly stopped: boolean;
}

const BATCH = 250;
const DOMAIN = "seed.pendo.test";

/**
 * Brings a data directory to so many people, each batch of them in one transaction. The same again adds nobody.
 * Throws `PostgresStartError` where a running Pendo holds the directory, `MigrationError`, or `SecretsError`.
 */
export async function fill(options: FillOptions): Promise<Filled> {
  const { dataDir } = options;
  const postgres = await startPostgres({ dataDir: join(dataDir, "postgres"), mode: "durable" });
  const db = connect(postgres.url(), { max: 4, name: "seed", statementTimeoutMs: 120_000 });
  try {
    await migrate({ url: postgres.url() });
    // Addresses are of no matter here; the key of the grid is.
    const secrets = await localSecrets(dataDir, { publicUrl: "http://localhost", socketUrl: "ws://localhost" });
    return await settleAll(db, secretGrid(secrets.key("grid")), options);
  } finally {
    await db.end({ timeout: 5 });
    await postgres.stop();
  }
}

async function settleAll(db: Db, grid: Grid, options: FillOptions): Promise<Filled> {
  const { users, seed, now, out, stopping = () => false } = options;
  const known = await settledBefore(db, DOMAIN);
  const before = known.size;
  const added = { people: 0, photos: 0, swipes: 0, matches: 0, messages: 0 };
  await index(db, await unindexed(db, [...known.values()]));

  const missing = Array.from({ length: users }, (_, i) => i + 1).filter((n) => !known.has(n));
  if (missing.length === 0) return { before, added, stopped: false };
  const album = await drawn(options);
  if (!album) return { before, added, stopped: true };

  const here = new Map<string, Settler[]>();
  for (const [n, userId] of known) arrive(here, settle(n, seed, now, userId));
  const bar = progressBar({ label: "people", unit: "people", from: users - missing.length, total: users, out });
  for (let from = 0; from < missing.length && !stopping(); from += BATCH) {
    const people = missing.slice(from, from + BATCH).map((n) => settle(n, seed, now));
    const photos = people.flatMap((settler) => photosOf(album, settler, seed));
    const history = acquainted(here, people, { seed, now });
    // Files first: what the database says is there, is.
    for (const { print, id } of photos) album.hang(print, id);
    await db.begin(async (tx) => {
      await writePeople(tx, { people, photos, grid, now });
      await writeHistory(tx, history, now);
    });
    await index(
      db,
      people.map(({ userId }) => userId),
    );
    added.people += people.length;
    added.photos += photos.length;
    added.swipes += history.swipes.reduce((sum, { loAction, hiAction }) => sum + Number(loAction !== null) + Number(hiAction !== null), 0);
    added.matches += history.talks.length;
    added.messages += history.talks.reduce((sum, { messages }) => sum + messages.length, 0);
    bar.at(users - missing.length + added.people);
  }
  bar.end();
  await analyze(db);
  return { before, added, stopped: added.people < missing.length };
}

async function drawn({ dataDir, users, out, stopping = () => false }: FillOptions): Promise<Album | undefined> {
  const faceCount = Math.min(88, Math.max(11, Math.ceil(users / 25)));
  const bar = progressBar({ label: "portraits", unit: "pictures", total: faceCount * 4, out });
  const album = await openAlbum({
    directory: join(dataDir, "portraits"),
    filesRoot: join(dataDir, "files"),
    faceCount,
    stopping,
    onDrawn: (done) => bar.at(done),
  });
  bar.end();
  return album;
}

/** What happened between these people and everybody who was there before each of them. */
function acquainted(here: Map<string, Settler[]>, people: readonly Settler[], options: { seed: number; now: Date }): History {
  const all: History = { swipes: [], waiting: [], talks: [] };
  for (const settler of people) {
    const { swipes, waiting, talks } = historyOf(settler, here.get(settler.person.city.name) ?? [], options);
    all.swipes.push(...swipes);
    all.waiting.push(...waiting);
    all.talks.push(...talks);
    arrive(here, settler);
  }
  return all;
}

function arrive(here: Map<string, Settler[]>, settler: Settler): void {
  const { name } = settler.person.city;
  const neighbours = here.get(name);
  if (neighbours) neighbours.push(settler);
  else here.set(name, [settler]);
}

function photosOf(album: Album, { userId, person, joinedAt }: Settler, seed: number): Photo[] {
  return album.photosFor(person, seed).map((print, position) => ({ id: idAt<MediaId>(joinedAt), userId, position, print, at: joinedAt }));
}

async function index(db: Db, userIds: readonly UserId[]): Promise<void> {
  for (let from = 0; from < userIds.length; from += BATCH)
    await reindex({ db, search: postgresSearch({ db }) }, userIds.slice(from, from + BATCH));
}
