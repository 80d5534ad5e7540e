import type { ConnectionOptions } from "node:tls";
import postgres from "postgres";
import { teachArrays } from "./arrays.ts";
import type { Db } from "./db.ts";
import { dial, type Address } from "./dial.ts";
import { beginAgain } from "./overtaken.ts";

export interface ConnectOptions {
  /** How many connections this process may hold: 10 unless told; a Lambda serves one request at a time and needs 1 or 2. */
  readonly max?: number;
  /** Seen in `pg_stat_activity`. */
  readonly name?: string;
  /** A query that runs longer fails with code 57014. 15 s unless told, 0 for none. */
  readonly statementTimeoutMs?: number;
  /** A transaction that waits for its client longer is ended, so a lost process holds no locks. 30 s unless told, 0 for none. */
  readonly idleInTransactionTimeoutMs?: number;
  /** Closes connections that were idle so long; Aurora can then pause. Never, unless told. */
  readonly idleTimeoutSec?: number;
  /** How long to wait for a connection. 10 s unless told. */
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
 * The client for a database on this machine or in our own network. Connects with the first query, and again with the next query after a
 * connection was lost. `url` may name the directory of a socket file as `?host=/directory`, like libpq.
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
  const connectTimeoutSec = options.connectTimeoutSec ?? 10;
  const client = postgres(address, {
    max: options.max ?? 10,
    connect_timeout: connectTimeoutSec,
    ...(options.idleTimeoutSec === undefined ? {} : { idle_timeout: options.idleTimeoutSec }),
    // Only the names of columns: `postgres.camel` would rewrite keys inside JSON as well.
    transform: { column: { to: postgres.fromCamel, from: postgres.toCamel } },
    types: { int8 },
    fetch_types: false,
    onnotice: () => {},
    // The driver slows down with each connection that fails, up to 20 s. A restart of the database takes less than one.
    backoff: (failures: number) => Math.min(0.02 * 2 ** failures, 0.5) * (0.5 + Math.random() / 2),
    ...settings,
    // TLS is spoken there as well, so the driver is not told of it. Its types do not know this option.
    socket: () => dial({ to, tls, timeoutMs: connectTimeoutSec * 1_000 }),
  } as Settings);
  teachArrays(client);
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

function readUrl(url: string): { address: string; to: Address["to"] } {
  const parsed = new URL(url);
  const socketDir = parsed.searchParams.get("host");
  // The driver would send it to the server as a setting.
  parsed.searchParams.delete("host");
  const port = Number(parsed.port || 5432);
  const host = decodeURIComponent(parsed.hostname.replace(/^\[(.*)\]$/, "$1"));
  return { address: parsed.toString(), to: socketDir === null ? { host, port } : { path: `${socketDir}/.s.PGSQL.${port}` } };
}
