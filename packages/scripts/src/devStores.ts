// The stores of a personal stage, beside `sst dev`: an embedded PostgreSQL, brought up to date, and a cache that speaks Upstash's protocol. Both
// listen on loopback alone. `sst dev` starts it with its settings in the environment (stacks/dev.ts); data stays in .pendo/dev.
import { commandLine } from "../../../scripts/commandLine.mjs";
import { readSettings, SettingsError } from "./dev/settings.ts";
import { startStores } from "./dev/stores.ts";

commandLine({
  name: "dev:stores",
  about:
    "Runs the stores of a personal stage beside `sst dev`: an embedded PostgreSQL, and a cache that speaks the protocol of Upstash. `sst dev` sets these variables itself.",
  settings: {
    PENDO_DEV_DATA: "the data directory (.pendo/dev)",
    PENDO_DEV_DATABASE_PORT: "the port of PostgreSQL",
    PENDO_DEV_DATABASE: "the name of the database",
    PENDO_DEV_DATABASE_USER: "its user",
    PENDO_DEV_DATABASE_PASSWORD: "its password, at least 16 characters",
    PENDO_DEV_CACHE_PORT: "the port of the cache",
    PENDO_DEV_CACHE_TOKEN: "its token, at least 16 characters",
  },
});
try {
  const stores = await startStores(readSettings(process.env), (line) => process.stdout.write(`${line}\n`));
  let asked = false;
  const end = (): void => {
    if (asked) process.exit(130);
    asked = true;
    stores.stop().then(
      () => process.exit(0),
      (error: unknown) => fail(error),
    );
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, end);
} catch (error) {
  fail(error);
}

function fail(error: unknown): never {
  process.stderr.write(`The local stores cannot run: ${(error as Error).message}\n`);
  process.exit(error instanceof SettingsError ? 2 : 1);
}
