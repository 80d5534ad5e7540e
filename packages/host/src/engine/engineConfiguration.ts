import { join } from "node:path";
import { wholeNumberText } from "@pendo/contract/number";
import * as z from "zod";
import { ConfigurationError } from "../configuration.ts";

export interface EngineConfiguration {
  /** The database to serve; without it, the one in the data directory, which nobody else may use meanwhile. */
  readonly databaseUrl: string | undefined;
  readonly dataDir: string;
  /** Where snapshots are. */
  readonly directory: string;
  readonly cache: { readonly url: string; readonly token: string } | undefined;
  readonly port: number;
  readonly host: string;
  readonly memoryMb: number;
  readonly snapshotSec: number;
}

const whole = (what: string, least: number, most: number, otherwise: number) =>
  wholeNumberText(least, most, `must be ${what}`).default(otherwise);

const Environment = z.object({
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/, error: "must be postgres://user:password@host:port/database" }).optional(),
  PENDO_DATA: z.string().regex(/\S/, "must name a directory").default(".pendo"),
  ENGINE_DATA: z.string().regex(/\S/, "must name a directory").optional(),
  CACHE_URL: z.url({ protocol: /^https?$/, error: "must be the http or https address of Upstash, or of the Redis bridge" }).optional(),
  CACHE_TOKEN: z.string().min(1, "must not be empty").optional(),
  ENGINE_PORT: whole("a port number", 0, 65_535, 4100),
  ENGINE_HOST: z
    .string()
    .regex(/^[^\s/]+$/, "must be an address to listen on")
    .default("127.0.0.1"),
  ENGINE_MEMORY_MB: whole("a number of megabytes", 1, 65_536, 1024),
  ENGINE_SNAPSHOT_SEC: whole("a number of seconds", 1, 86_400, 900),
});

/** What each setting means, as `npm run engine -- --help` prints it. */
export const engineSettings: Readonly<Record<keyof typeof Environment.shape, string>> = {
  DATABASE_URL: "the database to serve; without it, the one in the data directory, while Pendo is stopped",
  PENDO_DATA: "the data directory (.pendo)",
  ENGINE_DATA: "the directory of snapshots (engine, in the data directory)",
  CACHE_URL: "the address of Upstash, or of the Redis bridge, where the decks go",
  CACHE_TOKEN: "its token",
  ENGINE_PORT: "the port of /metrics (4100)",
  ENGINE_HOST: "the address to listen on (127.0.0.1)",
  ENGINE_MEMORY_MB: "the memory of the index (1024)",
  ENGINE_SNAPSHOT_SEC: "the time between two snapshots (900)",
};

/** Reads the settings of the engine's service. Throws `ConfigurationError` naming each variable that is wrong, and quoting none. */
export function readEngineConfiguration(environment: NodeJS.ProcessEnv): EngineConfiguration {
  const parsed = Environment.safeParse(environment);
  if (!parsed.success)
    throw new ConfigurationError(parsed.error.issues.map((issue) => `${issue.path.join(".")} ${issue.message}`).join("; "));
  const { DATABASE_URL, PENDO_DATA, ENGINE_DATA, CACHE_URL, CACHE_TOKEN, ENGINE_PORT, ENGINE_HOST, ENGINE_MEMORY_MB, ENGINE_SNAPSHOT_SEC } =
    parsed.data;
  if ((CACHE_URL === undefined) !== (CACHE_TOKEN === undefined))
    throw new ConfigurationError("CACHE_URL and CACHE_TOKEN must be set together: decks are put there.");
  if (DATABASE_URL !== undefined && CACHE_URL === undefined)
    throw new ConfigurationError("CACHE_URL and CACHE_TOKEN must be set: the decks of a database that serves are put there.");
  return {
    databaseUrl: DATABASE_URL,
    dataDir: PENDO_DATA,
    directory: ENGINE_DATA ?? join(PENDO_DATA, "engine"),
    cache: CACHE_URL !== undefined && CACHE_TOKEN !== undefined ? { url: CACHE_URL, token: CACHE_TOKEN } : undefined,
    port: ENGINE_PORT,
    host: ENGINE_HOST,
    memoryMb: ENGINE_MEMORY_MB,
    snapshotSec: ENGINE_SNAPSHOT_SEC,
  };
}
