import { readdirSync } from "node:fs";
import { join } from "node:path";
import { migrate, MigrationError, migrationsDir } from "@pendo/core/ports/db/migrate";
import { awaitServer, createDatabase, dropDatabase, inDatabase, type ServerOptions, settleRole } from "@pendo/core/ports/db/stageDatabase";
import * as z from "zod";
import { linkedTo } from "../linkedTo.ts";
import { linkedResources } from "../resources.ts";

/**
 * The step of a deployment that brings the stage's database up to date, before anything runs the new code. `aws.lambda.Invocation` calls it with
 * `lifecycleScope: "CRUD"`, so that the provider adds `tf.action`, and once more whenever the input changes: put a hash of the migrations into it.
 *
 * - input `{ database?, ephemeral?, … }`: `database` unless it is the link's own; `ephemeral: true` for a preview's own (`pr_<number>`) in another
 *   stage's cluster, which is created first and dropped when the preview is removed. Nothing else is ever dropped.
 * - answers `{ database, created, applied, dropped }`; a failure is thrown as one line, and fails the deployment.
 * - link `Database` (the writer's endpoint or the proxy; the role has to own the schema, and `createdb` where there are previews)
 * - no IAM actions of its own; in the VPC, with a way to the database
 * - `packages/core/migrations` copied beside it as `migrations` (PENDO_MIGRATIONS_DIR says otherwise); NODE_EXTRA_CA_CERTS for Aurora's authority
 * - timeout 300 s, memory 512 MB, one at a time (reserved concurrency 1 will do; a lock in the database keeps two apart in any case)
 */
export const handler = async (input: unknown): Promise<Migrated> => {
  const { host, port, username, password, database } = linkedResources(linkedTo(process.env)).read("Database");
  const url = `postgres://${encodeURIComponent(username)}:${encodeURIComponent(password)}@${host}:${port}/${encodeURIComponent(database)}`;
  // Under `sst dev` it is on the developer's machine, and speaks no TLS.
  const tls = host !== "127.0.0.1" && host !== "localhost";
  return await migrateStage(input, { server: { url, tls }, dir: deployedMigrations(process.env) });
};

export interface Migrated {
  readonly database: string;
  readonly created: boolean;
  /** The migrations that this call applied. */
  readonly applied: readonly string[];
  readonly dropped: boolean;
}

export interface MigrateStage {
  readonly server: ServerOptions;
  /** The directory of the SQL files. */
  readonly dir: string;
  /** How long to wait for a database that wakes up: 150 s unless told. */
  readonly patienceMs?: number;
}

const PREVIEW_DATABASE = /^pr_[1-9]\d{0,5}$/;

// Whatever else the stack puts into it is there to make the invocation happen again.
const Input = z.object({
  tf: z.object({ action: z.enum(["create", "update", "delete"], "must be create, update or delete") }).default({ action: "update" }),
  database: z.string("must be a name").min(1, "is empty").max(63, "is too long").optional(),
  ephemeral: z.boolean("must be true or false").default(false),
});

/** The step itself. Its errors are one line, without anything secret. */
export async function migrateStage(input: unknown, { server, dir, patienceMs = 150_000 }: MigrateStage): Promise<Migrated> {
  const parsed = Input.safeParse(input ?? {});
  if (!parsed.success) {
    const wrong = parsed.error.issues.map(({ path, message }) => `${path.join(".") || "it"} ${message}`).join("; ");
    throw new MigrationError(`The input of the migration step is unusable: ${wrong}.`);
  }
  const { tf, ephemeral } = parsed.data;
  const own = decodeURIComponent(new URL(server.url).pathname.slice(1));
  const database = parsed.data.database ?? own;
  if (ephemeral && !PREVIEW_DATABASE.test(database))
    throw new MigrationError(`The database ${JSON.stringify(database)} is no preview's: those are called pr_<number>.`);
  const done = { database, created: false, applied: [], dropped: false };
  if (tf.action === "delete" && !ephemeral) return done;
  try {
    await awaitServer(inDatabase(server, ephemeral ? "postgres" : database), { withinMs: patienceMs });
    if (tf.action === "delete") return { ...done, dropped: await dropDatabase(server, database) };
    requireMigrations(dir);
    const created = ephemeral && (await createDatabase(server, database));
    const target = inDatabase(server, database);
    const applied = await migrate({ ...target, dir });
    await settleRole(target);
    return { ...done, created, applied };
  } catch (error) {
    throw error instanceof MigrationError ? error : unusable(database, error);
  }
}

/** Where the deployed function has them; under `sst dev`, and in tests, the repository's own. */
function deployedMigrations(env: NodeJS.ProcessEnv): string {
  return env["PENDO_MIGRATIONS_DIR"] ?? (env["LAMBDA_TASK_ROOT"] ? join(env["LAMBDA_TASK_ROOT"], "migrations") : migrationsDir);
}

/** Without its files the step would succeed, and the new code would meet the old schema. */
function requireMigrations(dir: string): void {
  let files: string[] = [];
  try {
    files = readdirSync(dir);
  } catch (cause) {
    throw new MigrationError(`The function was deployed without its migrations: there is no ${dir}.`, { cause });
  }
  if (!files.some((file) => file.endsWith(".sql")))
    throw new MigrationError(`The function was deployed without its migrations: ${dir} is empty.`);
}

function unusable(database: string, error: unknown): MigrationError {
  const { message = "", code = "" } = error as { message?: string; code?: string };
  return new MigrationError(`The database ${database} cannot be used: ${message.split("\n")[0] || code || "it does not answer"}.`, {
    cause: error,
  });
}
