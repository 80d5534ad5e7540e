export type PostgresStartProblem =
  | "noBinaries"
  | "corrupt"
  | "wrongVersion"
  | "diskFull"
  | "portInUse"
  | "notWritable"
  | "inUse"
  | "unreachable"
  | "failed";

/** The embedded PostgreSQL could not be started. The message is one line for whoever runs the process. */
export class PostgresStartError extends Error {
  override readonly name = "PostgresStartError";
  readonly problem: PostgresStartProblem;

  constructor(problem: PostgresStartProblem, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.problem = problem;
  }
}

export interface StartPlace {
  readonly dataDir: string;
  readonly tcpPort: number | undefined;
}

// Order matters: a full disk also makes the control file unreadable, and a taken port also ends in a FATAL line.
const signs: readonly (readonly [RegExp, PostgresStartProblem, (place: StartPlace, line: string) => string])[] = [
  [
    /No space left on device/,
    "diskFull",
    ({ dataDir }) => `The disk holding ${dataDir} is full: PostgreSQL cannot start. Free some space and start again.`,
  ],
  [
    /Address already in use|could not create any TCP\/IP sockets/,
    "portInUse",
    ({ tcpPort }) => `Port ${tcpPort ?? "of PostgreSQL"} is already in use by another program. Stop it or choose another port.`,
  ],
  [
    /lock file ".*" already exists|pre-existing shared memory block/,
    "inUse",
    ({ dataDir }) => `The data directory ${dataDir} is in use by another PostgreSQL server. Stop that server first.`,
  ],
  [
    /Permission denied|Read-only file system|wrong ownership|invalid permissions/,
    "notWritable",
    ({ dataDir }, line) => `The data directory ${dataDir} cannot be read and written by this user (${line}).`,
  ],
  [
    /database files are incompatible|checksum in control file|pg_control|required WAL directory|checkpoint record|not a valid data directory|PG_VERSION|invalid page|could not open file|could not read|PANIC/,
    "corrupt",
    ({ dataDir }, line) =>
      `The data directory ${dataDir} is damaged (${line}). Restore a backup, or move it away to begin with an empty one.`,
  ],
];

/** Turns what the server, or initdb, wrote before it gave up into an error a person can act on. */
export function explainStart(log: string, place: StartPlace): PostgresStartError {
  const lines = log.split("\n").filter((line) => line.trim() !== "");
  const telling = lines.findLast((line) => /PANIC:|FATAL:|error:/.test(line)) ?? lines.at(-1) ?? "it said nothing";
  const line = telling.replace(/^.*?(?:PANIC|FATAL|error):\s*/, "").trim();
  for (const [sign, problem, say] of signs) {
    if (sign.test(log)) return new PostgresStartError(problem, say(place, line), log);
  }
  return new PostgresStartError("failed", `PostgreSQL did not start in ${place.dataDir}: ${line}`, log);
}

/** The same for what the file system answered before the server was even asked. */
export function explainFileError(error: unknown, dataDir: string): PostgresStartError {
  if (error instanceof PostgresStartError) return error;
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  if (code === "ENOSPC" || code === "EDQUOT") return explainStart("No space left on device", { dataDir, tcpPort: undefined });
  if (["EACCES", "EPERM", "EROFS", "ENOTDIR", "EEXIST", "EISDIR"].includes(code)) {
    return new PostgresStartError("notWritable", `The data directory ${dataDir} cannot be written: ${(error as Error).message}.`, error);
  }
  return new PostgresStartError("failed", `PostgreSQL did not start in ${dataDir}: ${String(error)}`, error);
}
