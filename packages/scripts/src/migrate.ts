// Applies the migrations to a database: the step of a deployment that comes before its code.
import { migrate, MigrationError } from "@pendo/core/ports/db/migrate";
import { ArgumentError, commandLine } from "../../../scripts/commandLine.mjs";
import { type Target, targetOf } from "./migrate/target.ts";

const values = commandLine({
  name: "migrate",
  about:
    "Applies the migrations to a database, before a new version of the code runs on it. A data directory does not need it: npm start does the same.",
  options: {
    url: { type: "string", value: "URL", says: "the database: postgres://user:password@host:5432/pendo" },
    ca: { type: "string", value: "FILE", says: "the certificate authority, for TLS; Aurora's certificates are signed by Amazon's own" },
  },
  settings: { DATABASE_URL: "as --url, but not in the list of processes" },
  examples: ["DATABASE_URL=postgres://… npm run migrate -- --ca global-bundle.pem"],
});
try {
  const target = targetOf({ url: values.url ?? process.env["DATABASE_URL"], ca: values.ca });
  const applied = await migrate(target).catch((error: unknown) => {
    throw error instanceof MigrationError ? error : unusable(target, error);
  });
  const count = applied.length === 1 ? "1 migration" : `${applied.length} migrations`;
  const summary = applied.length === 0 ? `Nothing to apply: ${target.name} is up to date.` : `Applied ${count} to ${target.name}.`;
  process.stdout.write(`${[...applied.map((name) => `  ${name}`), summary].join("\n")}\n`);
} catch (error) {
  const readable = error instanceof ArgumentError || error instanceof MigrationError;
  process.stderr.write(`${readable ? error.message : String((error as Error).stack ?? error)}\n`);
  process.exitCode = error instanceof ArgumentError ? 2 : 1;
}

/** Whatever the driver throws, in one line. Several addresses of one host fail together, and then only the code says why. */
function unusable({ name }: Target, error: unknown): MigrationError {
  const { message = "", code = "" } = error as { message?: string; code?: string };
  return new MigrationError(`The database ${name} cannot be used: ${message.split("\n")[0] || code || "it does not answer"}.`, {
    cause: error,
  });
}
