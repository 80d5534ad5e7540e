// Writes the search index anew, of everybody in the database: after an index was lost, or its mapping changed.
//
//   npm run reindex                              the people in .pendo, while Pendo is stopped
//   npm run reindex -- --data /tmp/pendo
//   OPENSEARCH_URL=http://127.0.0.1:9200 npm run reindex      and an OpenSearch as well
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { Fault } from "@pendo/core/fault";
import { connect } from "@pendo/core/ports/db/connect";
import { startPostgres } from "@pendo/core/ports/db/embeddedPostgres";
import { migrate, MigrationError } from "@pendo/core/ports/db/migrate";
import { PostgresStartError } from "@pendo/core/ports/db/postgresStartError";
import { reindexEverybody } from "./reindex/everybody.ts";
import { searchAt, searchPlaceOf, type SearchPlace } from "./reindex/searchAt.ts";
import { argumentsOf, ArgumentError } from "./terminal/arguments.ts";
import { duration, grouped, progressBar } from "./terminal/progressBar.ts";

let stopping = false;
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.on(signal, () => {
    // The second Ctrl-C means it; PostgreSQL loses nothing by it.
    if (stopping) process.exit(130);
    stopping = true;
  });
}

try {
  const startedMs = performance.now();
  const values = argumentsOf(process.argv.slice(2), ["data"]);
  const dataDir = resolve(values["data"] ?? process.env["PENDO_DATA"] ?? ".pendo");
  if (!existsSync(join(dataDir, "postgres"))) throw new ArgumentError(`--data: there is no Pendo in ${dataDir}.`);
  const place = searchPlaceOf(process.env["OPENSEARCH_URL"]);
  const { people, stopped } = await run(dataDir, place);
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

async function run(dataDir: string, place: SearchPlace | undefined): ReturnType<typeof reindexEverybody> {
  const postgres = await startPostgres({ dataDir: join(dataDir, "postgres"), mode: "durable" });
  const db = connect(postgres.url(), { max: 2, name: "reindex", statementTimeoutMs: 120_000 });
  try {
    await migrate({ url: postgres.url() });
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
    await postgres.stop();
  }
}
