import { spawn, type ChildProcess } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { chmodSync, chownSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { lockDataDir } from "./dataDirLock.ts";
import { endLeftovers } from "./leftoverServer.ts";
import { makeDirectory } from "./makeDirectory.ts";
import { findBinaries, forgetClientSettings, giveTree, runProgram, serverEnv, type PostgresBinaries } from "./postgresBinaries.ts";
import { explainFileError, explainStart, PostgresStartError } from "./postgresStartError.ts";

export interface EmbeddedPostgresOptions {
  /** Where the database lives. Made on the first start; its parent as well. */
  readonly dataDir: string;
  /** `durable` loses nothing it has confirmed, whatever is killed. `test` trades that for speed. */
  readonly mode: "durable" | "test";
  /** Listens on 127.0.0.1 too, with a password, for psql and the like. Without it only the socket file in the data directory is open. */
  readonly tcpPort?: number;
  /** Whether root may use a user namespace (default), or must run the server as nobody. */
  readonly useNamespace?: boolean;
  /** What the server says after its start: warnings of its own, never the text of a statement. */
  readonly onLog?: (line: string) => void;
}

export interface EmbeddedPostgres {
  /** A connection string for a database in this server; without a name, for the one that every server has (`postgres`). */
  url(database?: string): string;
  readonly pid: number;
  /** Settles once the server process has ended, whoever ended it. */
  readonly ended: Promise<void>;
  /** Ends the server in order and lets go of the data directory. Safe to call twice. */
  stop(): Promise<void>;
}

const user = "pendo";
const defaultDatabase = "postgres";
const socketPort = 5432;
// The shortest limit among the systems is macOS's 104 bytes, with the closing zero.
const socketPathMax = 103;

/**
 * Starts a PostgreSQL server on a data directory of its own, from the binaries that npm installed.
 * The second start takes less than a tenth of a second. Throws `PostgresStartError` with a readable line where it cannot.
 */
export async function startPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  forgetClientSettings();
  const dataDir = path.resolve(options.dataDir);
  const binaries = findBinaries(dataDir, options);
  let lock: { release(): void } | undefined;
  try {
    makeDirectory(path.dirname(dataDir), binaries.runAs?.gid);
    lock = lockDataDir(dataDir);
    await prepareDataDir(dataDir, binaries, options.mode);
    await endLeftovers(dataDir, binaries);
    return await launch(dataDir, binaries, options, lock);
  } catch (error) {
    lock?.release();
    throw explainFileError(error, options.dataDir);
  }
}

async function prepareDataDir(dataDir: string, binaries: PostgresBinaries, mode: EmbeddedPostgresOptions["mode"]): Promise<void> {
  const found = existsSync(dataDir) ? readdirSync(dataDir) : [];
  if (found.length === 0) return initDataDir(dataDir, binaries, mode);
  if (!found.includes("PG_VERSION")) {
    const what = `it holds ${found.slice(0, 3).join(", ")} but no PG_VERSION`;
    throw new PostgresStartError(
      "corrupt",
      `The data directory ${dataDir} is damaged or not a database (${what}). Restore a backup, or choose an empty directory.`,
    );
  }
  const version = readFileSync(path.join(dataDir, "PG_VERSION"), "utf8").trim();
  if (/^\d+$/.test(version) && version !== binaries.major) {
    throw new PostgresStartError(
      "wrongVersion",
      `The data directory ${dataDir} belongs to PostgreSQL ${version}, this is ${binaries.major}. Restore a dump of it into a new directory.`,
    );
  }
  giveTree(dataDir, binaries);
  // A copy or a restored backup often comes with wider rights, which the server refuses.
  chmodSync(dataDir, 0o700);
}

// The directory is made beside its place and moved there whole, so a first start that is killed leaves nothing half done.
async function initDataDir(dataDir: string, binaries: PostgresBinaries, mode: EmbeddedPostgresOptions["mode"]): Promise<void> {
  const fresh = `${dataDir}.new`;
  rmSync(fresh, { recursive: true, force: true });
  mkdirSync(fresh, { mode: 0o700 });
  const passwordFile = `${fresh}.password`;
  const password = randomBytes(24).toString("base64url");
  writeFileSync(passwordFile, password, { mode: 0o600 });
  if (binaries.runAs) {
    chownSync(fresh, binaries.runAs.uid, binaries.runAs.gid);
    chownSync(passwordFile, binaries.runAs.uid, binaries.runAs.gid);
  }
  // Over the socket file, trust: its directory admits nobody else. Over TCP every local user could knock, so a password is asked there.
  const { code, log } = await runProgram(binaries, "initdb", [
    ...["-D", fresh, "-U", user, "-E", "UTF8", "--locale=C", "--auth-local=trust", "--auth-host=scram-sha-256", `--pwfile=${passwordFile}`],
    ...(mode === "test"
      ? ["--no-sync", "--wal-segsize=1", "--no-instructions"]
      : ["--data-checksums", "--no-instructions", ...(process.platform === "linux" ? ["--sync-method=syncfs"] : [])]),
  ]);
  rmSync(passwordFile, { force: true });
  if (code !== 0) {
    rmSync(fresh, { recursive: true, force: true });
    throw explainStart(log, { dataDir, tcpPort: undefined });
  }
  writeFileSync(path.join(fresh, "pendo.password"), password, { mode: 0o600 });
  giveTree(fresh, binaries);
  rmSync(dataDir, { recursive: true, force: true });
  renameSync(fresh, dataDir);
}

async function launch(
  dataDir: string,
  binaries: PostgresBinaries,
  options: EmbeddedPostgresOptions,
  lock: { release(): void },
): Promise<EmbeddedPostgres> {
  const onWindows = process.platform === "win32";
  const tcpPort = options.tcpPort ?? (onWindows ? 54320 : undefined);
  const socketDir = onWindows ? undefined : socketDirFor(dataDir, binaries, tcpPort ?? socketPort);
  const settings = {
    ...(options.mode === "test" ? testSettings : durableSettings),
    listen_addresses: tcpPort === undefined ? "" : "127.0.0.1",
    port: String(tcpPort ?? socketPort),
    unix_socket_directories: socketDir ?? "",
    unix_socket_permissions: "0700",
  };
  const { file, args } = binaries.command("postgres", [
    ...["-D", dataDir],
    ...Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]),
  ]);
  // Detached: a Ctrl-C in the terminal reaches us alone, and we end the server after the last request.
  const child = spawn(file, args, { ...binaries.runAs, detached: !onWindows, stdio: ["ignore", "ignore", "pipe"], env: serverEnv() });
  const ended = new Promise<void>((resolve) => void child.once("exit", () => resolve()));
  const endWithUs = () => void child.kill(options.mode === "test" ? "SIGQUIT" : "SIGINT");
  process.once("exit", endWithUs);
  void ended.then(() => {
    process.off("exit", endWithUs);
    if (socketDir !== undefined && socketDir !== dataDir) rmSync(socketDir, { recursive: true, force: true });
    lock.release();
  });
  await ready(child, { dataDir: options.dataDir, tcpPort }, options.onLog);
  let stopping: Promise<void> | undefined;
  return {
    url: (database = defaultDatabase) => urlOf({ database, dataDir, socketDir, port: tcpPort ?? socketPort }),
    pid: child.pid ?? 0,
    ended,
    stop: () => (stopping ??= stopServer(child, ended, dataDir, binaries)),
  };
}

const commonSettings = {
  log_timezone: "UTC",
  timezone: "UTC",
  // Statements may hold personal data: neither they nor the errors of clients are logged.
  log_min_messages: "log",
  log_min_error_statement: "panic",
  lc_messages: "C",
  jit: "off",
  log_checkpoints: "off",
};

const durableSettings = {
  ...commonSettings,
  fsync: "on",
  full_page_writes: "on",
  // What was answered with 2xx must survive a kill, so a commit waits until it is on the disk.
  synchronous_commit: "on",
  // After a crash every file is brought to the disk before recovery; where the system can do that in one call, seconds become milliseconds.
  ...(process.platform === "linux" ? { recovery_init_sync_method: "syncfs" } : {}),
  max_connections: "100",
  shared_buffers: "128MB",
};

const testSettings = {
  ...commonSettings,
  fsync: "off",
  full_page_writes: "off",
  synchronous_commit: "off",
  autovacuum: "off",
  wal_level: "minimal",
  max_wal_senders: "0",
  max_connections: "400",
  shared_buffers: "64MB",
};

// The data directory admits only its owner, which protects the socket. Where its path is too long for one, a private directory in tmp serves.
function socketDirFor(dataDir: string, binaries: PostgresBinaries, port: number): string {
  if (Buffer.byteLength(path.join(dataDir, `.s.PGSQL.${port}`)) <= socketPathMax) return dataDir;
  const word = createHash("sha256").update(dataDir).digest("hex").slice(0, 16);
  const dir = path.join(os.tmpdir(), `pendo-${process.getuid?.() ?? 0}-${word}`);
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  // Fails where the directory is somebody else's, which is what we want to know.
  chmodSync(dir, 0o700);
  if (binaries.runAs) chownSync(dir, binaries.runAs.uid, binaries.runAs.gid);
  return dir;
}

function urlOf(server: { database: string; dataDir: string; socketDir: string | undefined; port: number }): string {
  const { database, dataDir, socketDir, port } = server;
  // `host` in the query is how libpq, pg and our own `connect` name the directory of a socket file.
  if (socketDir !== undefined) return `postgres://${user}@localhost:${port}/${database}?host=${encodeURIComponent(socketDir)}`;
  const password = readFileSync(path.join(dataDir, "pendo.password"), "utf8");
  return `postgres://${user}:${password}@127.0.0.1:${port}/${database}`;
}

function ready(
  child: ChildProcess,
  place: { dataDir: string; tcpPort: number | undefined },
  onLog: (line: string) => void = () => {},
): Promise<void> {
  return new Promise((resolve, reject) => {
    let log = "";
    let isReady = false;
    child.stderr?.setEncoding("utf8").on("data", (chunk: string) => {
      log = (log + chunk).slice(-20_000);
      if (isReady) chunk.split("\n").filter(Boolean).forEach(onLog);
      else if (log.includes("database system is ready to accept connections")) resolve(void (isReady = true));
    });
    child.once("error", (error) => reject(explainFileError(error, place.dataDir)));
    // Its last words may still be in the pipe, and an orphan of its own may hold that open for long.
    child.once("exit", () => setTimeout(() => reject(explainStart(log, place)), 100));
  });
}

// A clean stop in every mode: at once, a server of mode `test` would lose what it answered last, since its commits wait for no disk.
async function stopServer(child: ChildProcess, ended: Promise<void>, dataDir: string, binaries: PostgresBinaries): Promise<void> {
  const timers: NodeJS.Timeout[] = [];
  if (process.platform === "win32") {
    await runProgram(binaries, "pg_ctl", ["stop", "-D", dataDir, "-m", "fast"]);
  } else {
    child.kill("SIGINT");
    timers.push(setTimeout(() => child.kill("SIGQUIT"), 20_000));
  }
  timers.push(setTimeout(() => child.kill("SIGKILL"), 30_000));
  await ended;
  for (const timer of timers) clearTimeout(timer);
}
