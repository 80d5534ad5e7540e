import { resolve } from "node:path";
import { MigrationError } from "@pendo/core/ports/db/migrate";
import { PostgresStartError } from "@pendo/local/db/postgresStartError";
import { SecretsError } from "@pendo/core/ports/secrets/derive";
import { commandLine } from "../../../scripts/commandLine.mjs";
import { type Configuration, ConfigurationError, readConfiguration, settings } from "./configuration.ts";
import { PortError } from "./gateway/listen.ts";
import { type OneMachine, startOneMachine } from "./oneMachine.ts";

// The composition root of `npm start`: reads the environment once, starts everything, says where to look, and ends it in order.
const startedMs = performance.now();
commandLine({
  name: "start",
  about: "Starts Pendo on this machine: API, WebSocket, queues, schedules, console and matching engine, with a PostgreSQL of its own.",
  settings,
  examples: ["npm start", "PORT=5000 PENDO_DATA=/tmp/pendo npm start"],
});
try {
  const configuration = readConfiguration(process.env);
  const starting = startOneMachine({ ...configuration, write: (line) => process.stderr.write(`${line}\n`) });
  // From the beginning: a signal that ended the process in the middle of its start would leave PostgreSQL running.
  const isEnding = endOnSignal(starting);
  const pendo = await starting;
  if (!isEnding()) greet(pendo, configuration);
} catch (error) {
  const readable = [ConfigurationError, PostgresStartError, MigrationError, SecretsError, PortError].some((kind) => error instanceof kind);
  process.stderr.write(`${readable ? `Pendo could not start: ${(error as Error).message}` : String((error as Error).stack ?? error)}\n`);
  process.exit(1);
}

function greet({ url, socketUrl, metricsUrl, consoleSecret, migrated, notes }: OneMachine, { dataDir }: Configuration): void {
  const lines = [
    `Pendo is ready in ${((performance.now() - startedMs) / 1000).toFixed(1)} s${migrated.length > 0 ? ` (${migrated.length} migrations applied)` : ""}.`,
    "",
    `  API         ${url}/v1`,
    `  Docs        ${url}/docs        (OpenAPI: ${url}/openapi.json)`,
    `  WebSocket   ${socketUrl}`,
    ...(metricsUrl === null ? [] : [`  Metrics     ${metricsUrl}`]),
    `  Console     ${url}/_local?secret=${consoleSecret}      mail, pushes, queues, the clock`,
    `  Data        ${resolve(dataDir)}`,
    "",
    ...notes.flatMap((note) => [note, ""]),
    "Ctrl-C ends it; `npm run demo` plays with it.",
  ];
  process.stdout.write(`${lines.join("\n")}\n`);
}

function endOnSignal(starting: Promise<OneMachine>): () => boolean {
  let asked = false;
  const fail = (error: unknown): void => {
    process.stderr.write(`${String(error)}\n`);
    process.exit(1);
  };
  const end = (): void => {
    // The second Ctrl-C means it.
    if (asked) process.exit(130);
    asked = true;
    process.stdout.write("\nFinishing what is under way …\n");
    starting.then(
      (pendo) => pendo.stop().then(() => process.exit(0), fail),
      () => {},
    );
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, end);
  return () => asked;
}
