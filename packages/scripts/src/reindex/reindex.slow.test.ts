import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { UserId } from "@pendo/contract/ids";
import { connect } from "@pendo/core/ports/db/connect";
import type { Db } from "@pendo/core/ports/db/db";
import { startPostgres } from "@pendo/local/db/embeddedPostgres";
import { postgresSearch } from "@pendo/core/ports/search/postgres";
import { afterAll, beforeAll, expect, test } from "vitest";
import { fill } from "../seed/fill.ts";
import { ArgumentError } from "../../../../scripts/commandLine.mjs";
import { runScript } from "../terminal/runScript.ts";
import { reindexEverybody } from "./everybody.ts";
import { searchPlaceOf } from "./searchAt.ts";

const dataDir = mkdtempSync(path.join(tmpdir(), "pendo-reindex-"));

beforeAll(() => fill({ dataDir, users: 30, seed: 1, out: { write: () => true }, now: new Date() }));
afterAll(() => rmSync(dataDir, { recursive: true, force: true }));

/** Works on the data directory's database, which nobody else has open then. */
async function inside<T>(work: (db: Db) => Promise<T>): Promise<T> {
  const postgres = await startPostgres({ dataDir: path.join(dataDir, "postgres"), mode: "durable" });
  const db = connect(postgres.url(), { max: 2 });
  try {
    return await work(db);
  } finally {
    await db.end({ timeout: 5 });
    await postgres.stop();
  }
}

const indexed = async (db: Db) =>
  (await db<{ userId: UserId }[]>`select user_id from search_documents order by 1`).map(({ userId }) => userId);

/** Loses a part of the index, and keeps somebody in it who is no longer to be found. Answers who belongs in it. */
function spoil(): Promise<UserId[]> {
  return inside(async (db) => {
    const everybody = await indexed(db);
    const [hidden, ...others] = everybody;
    await db`update profiles set discoverable = false where user_id = ${hidden ?? null}`;
    await db`delete from search_documents where user_id = any(${others.slice(0, 20)}::uuid[])`;
    return others;
  });
}

test("npm run reindex finds everybody again whom the index lost, and hides who is not to be found", async () => {
  const wanted = await spoil();
  const ran = await runScript("reindex", ["--data", dataDir]);
  expect(ran).toMatchObject({ code: 0, stderr: "" });
  expect(ran.stdout).toMatch(/Wrote the search index of 30 people in \d+ s, to PostgreSQL\.\n$/);
  expect(await inside(indexed)).toEqual(wanted);
  expect(wanted).toHaveLength(29);
});

test("npm run reindex does the same to a database that serves, by its address", async () => {
  const wanted = await spoil();
  const postgres = await startPostgres({ dataDir: path.join(dataDir, "postgres"), mode: "durable" });
  const db = connect(postgres.url(), { max: 2 });
  try {
    const ran = await runScript("reindex", [], { DATABASE_URL: postgres.url() });
    expect(ran).toMatchObject({ code: 0, stderr: "", stdout: expect.stringMatching(/Wrote the search index of 30 people/) });
    expect(await indexed(db)).toEqual(wanted);
  } finally {
    await db.end({ timeout: 5 });
    await postgres.stop();
  }
});

test("its batches neither skip nor repeat anybody, tell how far they are, and stop when asked to", async () => {
  await inside(async (db) => {
    const written: UserId[] = [];
    const search = postgresSearch({ db });
    const noting = {
      ...search,
      index: (documents: Parameters<typeof search.index>[0]) => (
        written.push(...documents.map(({ userId }) => userId)),
        search.index(documents)
      ),
    };
    const told: number[][] = [];
    const onDone = (done: number, total: number): void => void told.push([done, total]);
    expect(await reindexEverybody({ db, search: noting, batch: 10, onDone })).toEqual({ people: 30, stopped: false });
    expect(told.slice(0, 3)).toEqual([
      [10, 30],
      [20, 30],
      [30, 30],
    ]);
    expect(written.toSorted()).toEqual(await indexed(db));
    let asked = 0;
    expect(await reindexEverybody({ db, search, batch: 10, stopping: () => asked++ > 0 })).toEqual({ people: 10, stopped: true });
  });
});

test("npm run reindex says in one line what is wrong", async () => {
  const bad: [string[], Record<string, string>, RegExp][] = [
    [["--data", path.join(dataDir, "nowhere")], {}, /--data: there is no Pendo in .*nowhere/],
    [["--date", dataDir], {}, /There are --data/],
    [["--url", "nowhere"], {}, /--url must be the address of a database/],
    [["--url", "postgres://me:hunter2@127.0.0.1:1/pendo"], {}, /--url: the database pendo at 127\.0\.0\.1:1 does not answer/],
    [["--data", dataDir], { OPENSEARCH_URL: "localhost:9200" }, /OPENSEARCH_URL must be an http or https address/],
    [
      ["--data", dataDir],
      { OPENSEARCH_URL: "http://me:hunter2@127.0.0.1:1" },
      /OPENSEARCH_URL: there is no OpenSearch that answers at 127\.0\.0\.1:1/,
    ],
  ];
  for (const [args, environment, says] of bad) {
    const ran = await runScript("reindex", args, environment);
    expect(ran).toMatchObject({ code: 2, stdout: "", stderr: expect.stringMatching(says) });
    expect(ran.stderr).toMatch(/^[^\n]+\n$/);
    expect(ran.stderr).not.toContain("hunter2");
  }
});

test("OPENSEARCH_URL may name who signs in, and need not be there", () => {
  expect(searchPlaceOf(undefined)).toBeUndefined();
  expect(searchPlaceOf("https://me:p%40ss@search.example/base/")).toEqual({
    name: "search.example",
    url: "https://search.example/base",
    username: "me",
    password: "p@ss",
  });
  expect(() => searchPlaceOf("ftp://x")).toThrow(ArgumentError);
});
