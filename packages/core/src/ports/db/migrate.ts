import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { runner } from "node-pg-migrate";
import pg from "pg";

/** The schema of Pendo: plain SQL files, applied in the order of their numbers. */
export const migrationsDir = fileURLToPath(new URL("../../../migrations", import.meta.url));

export interface MigrateOptions {
  readonly url: string;
  /** The directory with the SQL files; Pendo's own unless told. */
  readonly dir?: string;
  /** Whether to speak TLS, with the server's certificate checked. Aurora demands it. */
  readonly tls?: boolean;
  /** Who signed that certificate, in PEM, where Node does not know. */
  readonly certificateAuthority?: string;
  /** How long a change may wait for tables that others use. 10 s unless told. */
  readonly lockTimeoutSec?: number;
}

/** The schema could not be brought up to date. The message is one line for whoever runs it; nothing was changed. */
export class MigrationError extends Error {
  override readonly name = "MigrationError";
}

// Any number will do as long as every version of Pendo uses the same one.
const lockKey = 7_306_086_967;
const LOCK_TIMEOUT_SEC = 10;

/**
 * Applies what is not applied yet, all of it in one transaction, and answers the names of the files it applied. Several processes may call
 * it at once: one works, the others wait. Throws `MigrationError` where a file was changed after it had been applied.
 */
export async function migrate(options: MigrateOptions): Promise<string[]> {
  const client = new pg.Client({
    connectionString: options.url,
    application_name: "pendo-migrate",
    ...(options.tls
      ? { ssl: { rejectUnauthorized: true, ...(options.certificateAuthority ? { ca: options.certificateAuthority } : {}) } }
      : {}),
  });
  // A connection that breaks between two queries says so here too; the query in flight reports it.
  client.on("error", () => {});
  await client.connect();
  try {
    // The role's own limits are for requests; whoever waits for another process, or builds an index, takes as long as it takes.
    await client.query("set statement_timeout = 0; set lock_timeout = 0; set idle_in_transaction_session_timeout = 0");
    await client.query("select pg_advisory_lock($1)", [lockKey]);
    // A change that waits for a long query makes everybody else wait behind it: rather fail, and be tried again.
    await client.query(`set lock_timeout = '${options.lockTimeoutSec ?? LOCK_TIMEOUT_SEC}s'`);
    return await applyPending(client, options.dir ?? migrationsDir);
  } finally {
    // The lock ends with the session.
    await client.end();
  }
}

async function applyPending(client: pg.Client, dir: string): Promise<string[]> {
  await client.query("create table if not exists schema_checksum (name text primary key, sha256 text not null)");
  const { rows } = await client.query<{ name: string; sha256: string }>("select name, sha256 from schema_checksum");
  const applied = new Map(rows.map(({ name, sha256 }) => [name, sha256]));
  let current = "";
  const load = async (files: string[]) => {
    refuseEarlier(
      files.map((file) => path.basename(file, ".sql")),
      [...applied.keys()],
    );
    const units = [];
    for (const file of files) units.push(await readMigration(file, applied, (name) => (current = name)));
    return units;
  };
  try {
    const done = await runner({
      dbClient: client,
      dir,
      ignorePattern: "(?!.*\\.sql$).*",
      migrationLoaderStrategies: [{ extensions: [".sql"], loader: load }],
      migrationsTable: "schema_migration",
      direction: "up",
      singleTransaction: true,
      noLock: true,
      logger: silent,
    });
    return done.map(({ name }) => name);
  } catch (error) {
    if (error instanceof Error && error.cause instanceof MigrationError) throw error.cause;
    const message = error instanceof Error ? error.message : String(error);
    throw new MigrationError(`The database could not be brought up to date${current ? `: ${current}.sql failed` : ""}: ${message}`, {
      cause: error,
    });
  }
}

/** A file before one that is applied would be applied in another order elsewhere. */
function refuseEarlier(names: readonly string[], applied: readonly string[]): void {
  const last = applied.toSorted().at(-1) ?? "";
  const early = names.find((name) => name < last && !applied.includes(name));
  if (early === undefined) return;
  const highest = [...names, ...applied].toSorted().at(-1) ?? "";
  const free = String(Number.parseInt(highest, 10) + 1).padStart(4, "0");
  throw new MigrationError(
    `The migration ${early}.sql has a number before ${last}.sql, which is applied already. Rename it to ${early.replace(/^\d+/, free)}.sql.`,
  );
}

async function readMigration(file: string, applied: ReadonlyMap<string, string>, starting: (name: string) => void) {
  const name = path.basename(file, ".sql");
  const sql = await readFile(file, "utf8");
  // A checkout on Windows may have changed the line ends, which changes nothing.
  const sha256 = createHash("sha256").update(sql.replaceAll("\r\n", "\n")).digest("hex");
  const before = applied.get(name);
  if (before !== undefined && before !== sha256) {
    throw new MigrationError(
      `The migration ${name}.sql was changed after it had been applied. Restore it, and put the change into a new file.`,
    );
  }
  return {
    id: file,
    filePaths: [file],
    actions: {
      up: (pgm: { sql(text: string): void }) => {
        starting(name);
        pgm.sql(sql);
        // In the same transaction, so no file is ever applied without its checksum.
        pgm.sql(`insert into schema_checksum (name, sha256) values ('${name.replaceAll("'", "''")}', '${sha256}')`);
      },
      down: false as const,
    },
  };
}

const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
