// Fills a data directory with a believable population, of a size that can grow later.
import { resolve } from "node:path";
import { MigrationError } from "@pendo/core/ports/db/migrate";
import { PostgresStartError } from "@pendo/local/db/postgresStartError";
import { SecretsError } from "@pendo/core/ports/secrets/derive";
import { ArgumentError, commandLine } from "../../../scripts/commandLine.mjs";
import { wholeNumber } from "./terminal/arguments.ts";
import { duration, grouped, size } from "./terminal/progressBar.ts";
import { fill, type Filled } from "./seed/fill.ts";
import { bytesOnDisk } from "./seed/bytesOnDisk.ts";

const USERS_MAX = 1_000_000;

let stopping = false;
process.on("SIGINT", () => {
  // The second Ctrl-C means it: the transaction under way is given up, and the next run does it again.
  if (stopping) process.exit(130);
  stopping = true;
  process.stderr.write("\nFinishing the batch under way …\n");
});
process.on("SIGTERM", () => void (stopping = true));

const { users, seed, dataDir } = commandLine(
  {
    name: "seed",
    about:
      "Fills the data directory of a stopped Pendo with users who have cities, prompts, portraits, likes and conversations. User 1 signs in as person-1@seed.pendo.test; the code is in the console's mail.",
    options: {
      users: {
        type: "string",
        value: "N",
        default: "1000",
        says: "how many users there are afterwards; run it again with more, and it adds the rest",
      },
      data: { type: "string", value: "DIRECTORY", says: "the data directory (.pendo)" },
      seed: { type: "string", value: "N", default: "1", says: "other users for another seed" },
    },
    settings: { PENDO_DATA: "as --data" },
    examples: ["npm run seed -- --users 10000", "npm run seed -- --users 500 --data /tmp/pendo --seed 7"],
  },
  (values) => ({
    users: wholeNumber("users", values.users, 1, USERS_MAX),
    seed: wholeNumber("seed", values.seed, 0, 2 ** 31),
    dataDir: resolve(values.data ?? process.env["PENDO_DATA"] ?? ".pendo"),
  }),
);
try {
  const startedMs = performance.now();
  const filled = await fill({ dataDir, users, seed, out: process.stdout, now: new Date(), stopping: () => stopping });
  process.stdout.write(`${summary(filled, dataDir, (performance.now() - startedMs) / 1000).join("\n")}\n`);
  process.exitCode = filled.stopped ? 130 : 0;
} catch (error) {
  const readable = [ArgumentError, PostgresStartError, MigrationError, SecretsError].some((kind) => error instanceof kind);
  process.stderr.write(`${readable ? (error as Error).message : String((error as Error).stack ?? error)}\n`);
  process.exitCode = error instanceof ArgumentError ? 2 : 1;
}

function summary({ before, added, stopped }: Filled, dataDir: string, tookSec: number): string[] {
  if (added.people === 0 && !stopped) return [`Everybody is there already: ${grouped(before)} people in ${dataDir}.`];
  return [
    "",
    `${stopped ? "Stopped after" : "Added"} ${grouped(added.people)} people in ${duration(tookSec)}; there are ${grouped(before + added.people)} now.`,
    `  photos      ${grouped(added.photos)}`,
    `  swipes      ${grouped(added.swipes)}`,
    `  matches     ${grouped(added.matches)}`,
    `  messages    ${grouped(added.messages)}`,
    `  on disk     ${size(bytesOnDisk(dataDir))} in ${dataDir}`,
    "",
    stopped
      ? "The same command goes on from here."
      : "Next: npm start, and sign in as person-1@seed.pendo.test; the code is in the console's mail.",
  ];
}
