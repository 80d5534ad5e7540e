import { MigrationError } from "@pendo/core/ports/db/migrate";
import { PostgresStartError } from "@pendo/local/db/postgresStartError";
import { ConfigurationError } from "./configuration.ts";
import { commandLine } from "../../../scripts/commandLine.mjs";
import { engineSettings, readEngineConfiguration } from "./engine/engineConfiguration.ts";
import { type EngineHost, startEngineHost } from "./engine/engineHost.ts";
import { PortError } from "./gateway/listen.ts";

// The composition root of `npm run engine`: reads the environment once, starts the service, and ends it in order.
const startedMs = performance.now();
const write = (line: string): void => void process.stderr.write(`${line}\n`);
commandLine({
  name: "engine",
  about: "Runs the matching engine as a process of its own, over the database and the cache of a cluster.",
  settings: engineSettings,
});
try {
  const configuration = readEngineConfiguration(process.env);
  const starting = startEngineHost(configuration, write);
  endOnSignal(starting);
  const { url, engine } = await starting;
  const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
  process.stdout.write(`The matching engine is ready in ${seconds} s with ${engine.state.index.size} people: ${url}/metrics\n`);
  if (!configuration.cache) write("Without CACHE_URL nobody sees its decks: this start is for a look at it.");
} catch (error) {
  const readable = [ConfigurationError, PostgresStartError, MigrationError, PortError].some((kind) => error instanceof kind);
  write(readable ? `The engine could not start: ${(error as Error).message}` : String((error as Error).stack ?? error));
  process.exit(1);
}

function endOnSignal(starting: Promise<EngineHost>): void {
  let asked = false;
  const end = (): void => {
    // The second signal means it; the next start reads what this one did not write.
    if (asked) process.exit(130);
    asked = true;
    starting
      .then((host) => host.stop())
      .then(
        () => process.exit(0),
        (error: unknown) => {
          write(String(error));
          process.exit(1);
        },
      );
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, end);
}
