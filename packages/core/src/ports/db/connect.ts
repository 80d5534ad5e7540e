import type { ConnectionOptions } from "node:tls";
import postgres from "postgres";
import { teachArrays } from "./arrays.ts";
import type { Db } from "./db.ts";
import { openDbConnection } from "./dbConnection.ts";
import type { Address } from "./dial.ts";
import { openLanes } from "./lanes.ts";
import { beginAgain } from "./overtaken.ts";
import { openPool, type Pool } from "./pool.ts";
import { mayShareConnection, statementsFor, type Statement } from "./statement.ts";
import { runTransaction } from "./transaction.ts";

export interface ConnectOptions {
  /** How many connections this process may hold: 10 unless told; a Lambda serves one request at a time and needs 1 or 2. */
  readonly max?: number;
  /** Seen in `pg_stat_activity`. */
  readonly name?: string;
  /**
   * A query that runs longer fails with code 57014. 15 s unless told, 0 for none. A server that does not even say so within 5 s more has
   * lost the connection: the query fails with `CONNECTION_TIMEOUT`.
   */
  readonly statementTimeoutMs?: number;
  /** A transaction that waits for its client longer is ended, so a lost process holds no locks. 30 s unless told, 0 for none. */
  readonly idleInTransactionTimeoutMs?: number;
  /** Closes connections that were idle so long; Aurora can then pause. Never, unless told. */
  readonly idleTimeoutSec?: number;
  /** How long to wait for the server to accept a connection, and for a connection to come free. 10 s unless told. */
  readonly connectTimeoutSec?: number;
}

export interface AuroraOptions extends ConnectOptions {
  /** The certificate authority in PEM, where Node does not know it (NODE_EXTRA_CA_CERTS is the other way to tell). */
  readonly certificateAuthority?: string;
  /**
   * Behind RDS Proxy, timeouts belong to the role (`alter role … set statement_timeout`): session settings would pin each client to one
   * connection of the proxy, or be refused.
   */
  readonly proxied?: boolean;
  /** Prepared statements by name (default). RDS Proxy knows them, but pins the session; `false` keeps its connections shared. */
  readonly prepare?: boolean;
}

/**
 * The client for a database on this machine or in our own network. Connects with the first query. A connection that fails is replaced when
 * the next query needs one, so a client outlives its server. Every query settles: its timeout begins when the one before it on its
 * connection is over, and `cancel` does nothing. `url` may name the directory of a socket file as `?host=/directory`, like libpq.
 */
export function connect(url: string, options: ConnectOptions = {}): Db {
  return open(url, options, { settings: { connection: sessionSettings(options) } });
}

/** The client for Aurora: always over TLS, with the server's certificate checked. */
export function connectAurora(url: string, options: AuroraOptions = {}): Db {
  const { certificateAuthority: ca, proxied = false, prepare = true } = options;
  return open(url, options, {
    tls: { rejectUnauthorized: true, ...(ca === undefined ? {} : { ca }) },
    settings: { prepare, connection: proxied ? { application_name: options.name ?? "pendo" } : sessionSettings(options) },
  });
}

type Settings = postgres.Options<Record<never, never>>;

function sessionSettings(options: ConnectOptions): NonNullable<Settings["connection"]> {
  return {
    application_name: options.name ?? "pendo",
    statement_timeout: options.statementTimeoutMs ?? 15_000,
    idle_in_transaction_session_timeout: options.idleInTransactionTimeoutMs ?? 30_000,
    timezone: "UTC",
  };
}

function open(url: string, options: ConnectOptions, { tls, settings }: { tls?: ConnectionOptions; settings: Settings }): Db {
  const { address, to } = readUrl(url);
  const waitMsMax = (options.connectTimeoutSec ?? 10) * 1_000;
  const statementTimeoutMs = options.statementTimeoutMs ?? 15_000;
  const maker = postgres(address, {
    // Only the names of columns: `postgres.camel` would rewrite keys inside JSON as well.
    transform: { column: { to: postgres.fromCamel, from: postgres.toCamel } },
    types: { int8, date, bytea },
    fetch_types: false,
    onnotice: () => {},
    // The timers of the driver: our own pool watches over all of this, and TLS is spoken by `dial`.
    ...{ connect_timeout: 0, idle_timeout: 0, max_lifetime: 0, ssl: false },
    ...settings,
  } as Settings);
  teachArrays(maker.options);
  const connectionsMax = options.max ?? 10;
  const pool = openPool({
    connectionsMax,
    waitMsMax,
    idleMsMax: options.idleTimeoutSec === undefined ? undefined : options.idleTimeoutSec * 1_000,
    open: (onLost) =>
      openDbConnection({
        address: { to, tls, timeoutMs: waitMsMax },
        settings: maker.options,
        statementMsMax: statementTimeoutMs === 0 ? undefined : statementTimeoutMs + SERVER_GRACE_MS,
        onLost,
      }),
  });
  // Without prepared statements each takes two round trips, and the driver sends nothing behind it meanwhile.
  const share = maker.options.prepare ? openLanes(pool, Math.ceil(connectionsMax * SHARED_PART)) : undefined;
  return clientOf(maker, pool, share);
}

// The server ends a statement that is too slow, and says so. Silence for this much longer means that the server is away.
const SERVER_GRACE_MS = 5_000;

// This part of the connections may be shared by statements outside transactions; on these, several are under way at once.
const SHARED_PART = 1 / 3;

function clientOf(maker: postgres.Sql, pool: Pool, share?: (statement: Statement) => void): Db {
  const runAlone = async (statement: Statement): Promise<void> => {
    try {
      if (statement.cursorFn) throw new Error("A cursor is read inside a transaction.");
      const connection = await pool.acquire();
      connection.send(statement, () => pool.release(connection));
    } catch (error) {
      statement.reject(error);
    }
  };
  const begin = async (...given: readonly unknown[]): Promise<unknown> => {
    const [modes, work] = given.length === 1 ? ["", given[0]] : given;
    return await runTransaction(pool, maker, { modes: modes as string, work: work as never });
  };
  const run = (statement: Statement): void => {
    if (share && mayShareConnection(statement)) share(statement);
    else void runAlone(statement);
  };
  const statements = statementsFor(maker, run);
  const end: Db["end"] = (options) => pool.end(options);
  const client = Object.assign(statements, { options: maker.options, begin, end }) as unknown as Db;
  beginAgain(client);
  return client;
}

const int8 = {
  to: 20,
  from: [20],
  serialize: (value: number | bigint) => String(value),
  parse(text: string): number {
    const value = Number(text);
    if (!Number.isSafeInteger(value)) throw new RangeError(`The bigint ${text} does not fit a number: select it as text.`);
    return value;
  },
};

// Like the driver's own, except that they never throw: what is no time, or no bytes, PostgreSQL refuses itself.
const date = {
  to: 1184,
  from: [1082, 1114, 1184],
  serialize(value: Date | string | number): string {
    const at = new Date(value);
    return Number.isNaN(at.getTime()) ? String(value) : at.toISOString();
  },
  parse: (text: string) => new Date(text),
};
const bytea = {
  to: 17,
  from: [17],
  serialize: (value: Uint8Array | string) =>
    typeof value === "string" || value instanceof Uint8Array ? `\\x${Buffer.from(value).toString("hex")}` : String(value),
  parse: (text: string) => Buffer.from(text.slice(2), "hex"),
};

function readUrl(url: string): { address: string; to: Address["to"] } {
  const parsed = new URL(url);
  const socketDir = parsed.searchParams.get("host");
  // The driver would send it to the server as a setting.
  parsed.searchParams.delete("host");
  const port = Number(parsed.port || 5432);
  const host = decodeURIComponent(parsed.hostname.replace(/^\[(.*)\]$/, "$1"));
  return { address: parsed.toString(), to: socketDir === null ? { host, port } : { path: `${socketDir}/.s.PGSQL.${port}` } };
}
