import { setTimeout as wait } from "node:timers/promises";
import pg from "pg";

/** A server on which a stage keeps its database. `url` names the database to work in, and the role that works there. */
export interface ServerOptions {
  readonly url: string;
  /** Whether to speak TLS, with the server's certificate checked. Aurora demands it. */
  readonly tls?: boolean;
}

/**
 * What every session of Pendo's role is bound to in its database. Behind RDS Proxy sessions cannot say it themselves: the proxy gives one
 * connection to many clients, and one that changed its session would have to keep it.
 */
export const roleSettings = {
  statement_timeout: "15s",
  lock_timeout: "5s",
  idle_in_transaction_session_timeout: "30s",
  timezone: "UTC",
} as const;

const ATTEMPT_MS = 10_000;

/**
 * Waits until the server answers: an Aurora that paused itself takes half a minute to wake up, and refuses or ignores connections meanwhile.
 * Anything that waiting does not mend (a wrong password, a database that does not exist) is thrown at once.
 */
export async function awaitServer(
  server: ServerOptions,
  { withinMs, everyMs = 1_000 }: { withinMs: number; everyMs?: number },
): Promise<void> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    try {
      return await within(server, async (client) => void (await client.query("select 1")));
    } catch (error) {
      if (!wakesUp(error) || performance.now() + everyMs > deadline) throw error;
      await wait(everyMs);
    }
  }
}

/** Makes an empty database unless there is one of that name; answers whether it did. The server's own `postgres` is where it is done from. */
export async function createDatabase(server: ServerOptions, name: string): Promise<boolean> {
  return await within(inDatabase(server, "postgres"), async (client) => {
    const { rowCount } = await client.query("select 1 from pg_database where datname = $1", [name]);
    if (rowCount) return false;
    await client.query(`create database ${pg.escapeIdentifier(name)}`);
    return true;
  });
}

/** Drops a database, whoever is connected to it; answers whether there was one. */
export async function dropDatabase(server: ServerOptions, name: string): Promise<boolean> {
  return await within(inDatabase(server, "postgres"), async (client) => {
    const { rowCount } = await client.query("select 1 from pg_database where datname = $1", [name]);
    await client.query(`drop database if exists ${pg.escapeIdentifier(name)} with (force)`);
    return rowCount === 1;
  });
}

/** Gives the role that connects its settings, in this database alone: other stages on the same server keep theirs. New sessions have them. */
export async function settleRole(server: ServerOptions): Promise<void> {
  await within(server, async (client) => {
    const { rows } = await client.query<{ name: string }>("select current_database() as name");
    const database = pg.escapeIdentifier(rows[0]?.name ?? "");
    for (const [setting, value] of Object.entries(roleSettings))
      await client.query(`alter role current_user in database ${database} set ${setting} = ${pg.escapeLiteral(value)}`);
  });
}

/** The same server and role, in another of its databases. */
export function inDatabase(server: ServerOptions, name: string): ServerOptions {
  const url = new URL(server.url);
  url.pathname = `/${encodeURIComponent(name)}`;
  return { ...server, url: url.toString() };
}

async function within<Result>({ url, tls = false }: ServerOptions, work: (client: pg.Client) => Promise<Result>): Promise<Result> {
  const client = new pg.Client({
    connectionString: url,
    application_name: "pendo-stage",
    connectionTimeoutMillis: ATTEMPT_MS,
    ...(tls && { ssl: { rejectUnauthorized: true } }),
  });
  // A connection that breaks between two queries says so here too; the query in flight reports it.
  client.on("error", () => {});
  try {
    await client.connect();
    return await work(client);
  } finally {
    await client.end().catch(() => {});
  }
}

// 57P03: it starts; 57P01/02: it restarts; 08: no connection; 53300: all are taken. The driver has no code for its own patience.
const WAKING = /^(57P0[123]|08...|53300|ECONNREFUSED|ECONNRESET|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN|EPIPE)$/;
const UNANSWERED = /^(timeout expired|Connection terminated)/;

function wakesUp(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  // Several addresses of one host fail together.
  if (error instanceof AggregateError) return error.errors.length > 0 && error.errors.every(wakesUp);
  return ("code" in error && WAKING.test(String(error.code))) || UNANSWERED.test(error.message);
}
