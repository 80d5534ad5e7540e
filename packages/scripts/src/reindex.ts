// Writes the search index of all users again, after an index was lost or its mapping changed.
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { Fault } from "@pendo/core/fault";
import { connect, connectAurora } from "@pendo/core/ports/db/connect";
import type { Db } from "@pendo/core/ports/db/db";
import { startPostgres } from "@pendo/local/db/embeddedPostgres";
import { migrate, MigrationError } from "@pendo/core/ports/db/migrate";
import { pingDb } from "@pendo/core/ports/db/ping";
import { PostgresStartError } from "@pendo/local/db/postgresStartError";
import { targetOf } from "./migrate/target.ts";
import { reindexEverybody } from "./reindex/everybody.ts";
import { searchAt, searchPlaceOf, type SearchPlace } from "./reindex/searchAt.ts";
import { ArgumentError, commandLine } from "../../../scripts/commandLine.mjs";
import { duration, grouped, progressBar } from "./terminal/progressBar.ts";

const client = { max: 2, name: "reindex", statementTimeoutMs: 120_000 };
let stopping = false;
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.on(signal, () => {
    // The second Ctrl-C means it; PostgreSQL loses nothing by it.
    if (stopping) process.exit(130);
    stopping = true;
  });
}

const values = commandLine({
  name: "reindex",
  about: "Writes the search index of all users again: of a stopped Pendo, or of a database that serves.",
  options: {
    data: { type: "string", value: "DIRECTORY", says: "the data directory of a stopped Pendo (.pendo)" },
    url: { type: "string", value: "URL", says: "a database instead; other users of the machine can see it in the list of processes" },
    ca: { type: "string", value: "FILE", says: "the certificate authority of that database, for TLS" },
  },
  settings: {
    PENDO_DATA: "as --data",
    DATABASE_URL: "as --url, but not in the list of processes",
    OPENSEARCH_URL: "an OpenSearch to write as well",
  },
  examples: [
    "npm run reindex -- --data /tmp/pendo",
    "DATABASE_URL=postgres://… OPENSEARCH_URL=https://… npm run reindex -- --ca global-bundle.pem",
  ],
});
try {
  const startedMs = performance.now();
  const place = searchPlaceOf(process.env["OPENSEARCH_URL"]);
  const url = values.url ?? (values.data === undefined ? process.env["DATABASE_URL"] : undefined);
  const { people, stopped } = url === undefined ? await inDirectory(directoryOf(values.data), place) : await at(url, values.ca, place);
  const where = place ? `PostgreSQL and the OpenSearch at ${place.name}` : "PostgreSQL";
  const took = duration((performance.now() - startedMs) / 1000);
  process.stdout.write(
    stopped
      ? `Stopped after ${grouped(people)} people. The same command begins again.\n`
      : `Wrote the search index of ${grouped(people)} people in ${took}, to ${where}.\n`,
  );
  process.exitCode = stopped ? 130 : 0;
} catch (error) {
  const readable = [ArgumentError, PostgresStartError, MigrationError, Fault].some((kind) => error instanceof kind);
  process.stderr.write(`${readable ? (error as Error).message : String((error as Error).stack ?? error)}\n`);
  process.exitCode = error instanceof ArgumentError ? 2 : 1;
}

function directoryOf(data: string | undefined): string {
  const dataDir = resolve(data ?? process.env["PENDO_DATA"] ?? ".pendo");
  if (!existsSync(join(dataDir, "postgres"))) throw new ArgumentError(`--data: there is no Pendo in ${dataDir}.`);
  return dataDir;
}

async function inDirectory(dataDir: string, place: SearchPlace | undefined): ReturnType<typeof reindexEverybody> {
  const postgres = await startPostgres({ dataDir: join(dataDir, "postgres"), mode: "durable" });
  try {
    await migrate({ url: postgres.url() });
    return await written(connect(postgres.url(), client), place);
  } finally {
    await postgres.stop();
  }
}

/** A database that others use is taken as it is: its schema is brought up to date by deployments. */
async function at(text: string, ca: string | undefined, place: SearchPlace | undefined): ReturnType<typeof reindexEverybody> {
  const { url, tls, certificateAuthority, name } = targetOf({ url: text, ca });
  const aurora = { ...client, ...(certificateAuthority !== undefined && { certificateAuthority }) };
  const db = tls ? connectAurora(url, aurora) : connect(url, client);
  await pingDb(db).catch((cause: unknown) => {
    throw new ArgumentError(`--url: the database ${name} does not answer, or lets nobody in.`, { cause });
  });
  return await written(db, place);
}

async function written(db: Db, place: SearchPlace | undefined): ReturnType<typeof reindexEverybody> {
  try {
    const search = await searchAt(place, db);
    let bar: ReturnType<typeof progressBar> | undefined;
    const onDone = (done: number, total: number): void => {
      bar ??= progressBar({ label: "people", unit: "people", total, out: process.stdout });
      bar.at(done);
    };
    const done = await reindexEverybody({ db, search, onDone, stopping: () => stopping });
    bar?.end();
    return done;
  } finally {
    await db.end({ timeout: 5 });
  }
}
