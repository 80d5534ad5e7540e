// Writes a backup of the configuration back into the account and region that the environment's credentials are for.
//
// Secrets are not in a backup: those that are missing are named, and set by hand. States are of use only with the passphrase that they were encrypted
// with, the parameter /sst/passphrase/<app>/<stage>.
import { readFile } from "node:fs/promises";
import path from "node:path";
import { BackupDocument, stateCopyKey } from "@pendo/functions/lambda/config/document";
import { account } from "./config/account.ts";
import { restore, RestoreError } from "./config/restore.ts";
import { ArgumentError, commandLine } from "../../../scripts/commandLine.mjs";

const command = {
  name: "config:restore",
  about:
    "Writes a backup of the configuration back into the AWS account of the environment's credentials: parameters that are missing or differ. Secrets are not in a backup; it lists those that are missing.",
  options: {
    from: { type: "string", value: "FILE", says: "the backup.json to restore from" },
    "dry-run": { type: "boolean", default: false, says: "lists what differs, and changes nothing" },
    state: { type: "boolean", default: false, says: "restores the states of SST as well" },
  },
  examples: [
    "aws s3 sync s3://BUCKET/production/2026-05-01T03-00-00.000Z backup",
    "npm run config:restore -- --from backup/backup.json --dry-run",
  ],
} as const;
const asked = commandLine(command, ({ from, "dry-run": dryRun, state: withState }) => {
  if (!from) throw new ArgumentError("--from is missing: the backup.json to restore from. There are --from FILE, --dry-run and --state.");
  return { from, dryRun, withState };
});
try {
  const { from, dryRun, withState } = asked;
  const document = await documentIn(from);
  const copyOf = async (key: string): Promise<Uint8Array> =>
    await readFile(path.join(path.dirname(from), stateCopyKey(key))).catch((cause: unknown) => {
      throw new RestoreError(`The backup is not whole: beside ${from} there is no ${stateCopyKey(key)}.`, { cause });
    });
  const { lines, written, missingSecrets } = await restore({ document, copyOf, target: account(), dryRun, withState });
  const summary = `${document.app} ${document.stage}, as it was on ${document.takenAt}: ${written} ${dryRun ? "would be written" : "written"}, ${missingSecrets.length} secrets to set by hand.`;
  process.stdout.write(`${[...lines.map((line) => `  ${line}`), summary].join("\n")}\n`);
} catch (error) {
  const { name, message } = error as Error;
  const readable = error instanceof ArgumentError || error instanceof RestoreError;
  process.stderr.write(`${readable ? message : `The account can't be reached or refuses: ${name}: ${message.split("\n")[0]}`}\n`);
  process.exitCode = error instanceof ArgumentError ? 2 : 1;
}

async function documentIn(from: string): Promise<BackupDocument> {
  let value: unknown;
  try {
    value = JSON.parse(await readFile(from, "utf8"));
  } catch (error) {
    throw new ArgumentError(`--from ${from} can't be read: ${(error as { code?: string }).code ?? "it is not JSON"}.`);
  }
  const parsed = BackupDocument.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new ArgumentError(`--from ${from} is no backup of the configuration: ${issue?.path.join(".") || "it"} ${issue?.message}.`);
}
