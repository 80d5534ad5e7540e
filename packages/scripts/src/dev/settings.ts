import path from "node:path";
import { wholeNumberText } from "@pendo/contract/number";
import * as z from "zod";

const port = wholeNumberText(1, 65_535, "must be a port number");
const name = z.string("must be set").regex(/^[a-z][a-z0-9_]{0,62}$/, "must be a name: a to z, 0 to 9, _");
const credential = z.string("must be set").min(16, "must have at least 16 characters");

const Environment = z.object({
  PENDO_DEV_DATABASE_PORT: port,
  PENDO_DEV_DATABASE_USER: name,
  PENDO_DEV_DATABASE: name,
  PENDO_DEV_DATABASE_PASSWORD: credential,
  PENDO_DEV_CACHE_PORT: port,
  PENDO_DEV_CACHE_TOKEN: credential,
  PENDO_DEV_DATA: z.string().min(1, "must name a directory").default(path.join(".pendo", "dev")),
});

export interface StoreSettings {
  readonly dataDir: string;
  readonly database: { readonly port: number; readonly user: string; readonly name: string; readonly password: string };
  readonly cache: { readonly port: number; readonly token: string };
}

/** The environment is unusable. The message names each variable that is wrong, and quotes none. */
export class SettingsError extends Error {
  override readonly name = "SettingsError";
}

/** Reads what `sst dev` says. Throws `SettingsError`. */
export function readSettings(environment: NodeJS.ProcessEnv): StoreSettings {
  const parsed = Environment.safeParse(environment);
  if (!parsed.success) {
    const wrong = parsed.error.issues.map((issue) => `${issue.path.join(".")} ${issue.message}`);
    throw new SettingsError(`${wrong.join("; ")}. \`sst dev\` sets them.`);
  }
  const { data } = parsed;
  return {
    dataDir: data.PENDO_DEV_DATA,
    database: {
      port: data.PENDO_DEV_DATABASE_PORT,
      user: data.PENDO_DEV_DATABASE_USER,
      name: data.PENDO_DEV_DATABASE,
      password: data.PENDO_DEV_DATABASE_PASSWORD,
    },
    cache: { port: data.PENDO_DEV_CACHE_PORT, token: data.PENDO_DEV_CACHE_TOKEN },
  };
}
