// Brings a database up to date: the step of a deployment that comes before its code.
//
//   npm run migrate -- --url postgres://user:password@host:5432/pendo
//   DATABASE_URL=postgres://… npm run migrate                          keeps the password out of the list of processes
//   npm run migrate -- --url postgres://… --ca global-bundle.pem       Aurora's certificates are signed by Amazon's own authority
//
// A data directory needs none of it: `npm start` does the same.
import { migrate, MigrationError } from "@pendo/core/ports/db/migrate";
import { argumentsOf, ArgumentError } from "./terminal/arguments.ts";
import { type Target, targetOf } from "./migrate/target.ts";

try {
  const values = argumentsOf(process.argv.slice(2), ["url", "ca"]);
  const target = targetOf({ url: values["url"] ?? process.env["DATABASE_URL"], ca: values["ca"] });
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
