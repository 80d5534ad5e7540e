import { createHash } from "node:crypto";
import type { BackupDocument } from "@pendo/functions/lambda/config/document";

/** The account that the configuration is written back to. */
export interface Target {
  readParameter(name: string): Promise<string | null>;
  writeParameter(parameter: BackupDocument["parameters"][number]): Promise<void>;
  hasSecret(secret: BackupDocument["secrets"][number]): Promise<boolean>;
  readState(key: string): Promise<Uint8Array | null>;
  writeState(key: string, body: Uint8Array): Promise<void>;
}

export interface Restore {
  readonly document: BackupDocument;
  /** The copy of a state that lies beside the document. */
  readonly copyOf: (key: string) => Promise<Uint8Array>;
  readonly target: Target;
  /** Says what would be done, and does nothing. */
  readonly dryRun: boolean;
  /** Whether SST's states are written back as well. */
  readonly withState: boolean;
}

export interface Restored {
  /** One for each thing that the backup holds. */
  readonly lines: readonly string[];
  readonly written: number;
  /** What nobody but a person can set again. */
  readonly missingSecrets: readonly string[];
}

/** The backup is damaged, or the account is not one to restore to. The message is one line. */
export class RestoreError extends Error {
  override readonly name = "RestoreError";
}

// It names the buckets of the account it is in: those of another would be SST's undoing.
const OF_THE_ACCOUNT = new Set(["/sst/bootstrap"]);

/**
 * Writes back what differs, and nothing else. All copies are read and checked before anything is written, so that a damaged backup changes nothing.
 * Secrets are not in a backup: those that are missing are named.
 */
export async function restore({ document, copyOf, target, dryRun, withState }: Restore): Promise<Restored> {
  const states = withState ? await checkedStates(document, copyOf) : [];
  const lines: string[] = [];
  let written = 0;
  const write = async (what: string, isThere: boolean, work: () => Promise<void>): Promise<void> => {
    lines.push(`${dryRun ? "would " : ""}${isThere ? "change" : "create"}  ${what}`);
    written += 1;
    if (!dryRun) await work();
  };
  for (const parameter of document.parameters) {
    const what = `parameter ${parameter.name}`;
    const now = await target.readParameter(parameter.name);
    if (now === parameter.value) lines.push(`same    ${what}`);
    else if (OF_THE_ACCOUNT.has(parameter.name)) lines.push(`left    ${what}, which belongs to the account`);
    else await write(what, now !== null, () => target.writeParameter(parameter));
  }
  for (const { key, body } of states) {
    const now = await target.readState(key);
    if (now !== null && sha256(now) === sha256(body)) lines.push(`same    state ${key}`);
    else await write(`state ${key}`, now !== null, () => target.writeState(key, body));
  }
  if (!withState) for (const { key } of document.states) lines.push(`left    state ${key}, which --state restores`);
  const missingSecrets: string[] = [];
  for (const secret of document.secrets) {
    if (await target.hasSecret(secret)) continue;
    missingSecrets.push(secret.name);
    lines.push(`missing secret ${secret.name}, to be set by hand`);
  }
  return { lines, written, missingSecrets };
}

async function checkedStates(document: BackupDocument, copyOf: Restore["copyOf"]): Promise<{ key: string; body: Uint8Array }[]> {
  const checked: { key: string; body: Uint8Array }[] = [];
  for (const { key, sha256: expected } of document.states) {
    const body = await copyOf(key);
    if (sha256(body) !== expected)
      throw new RestoreError(`The backup is damaged: its copy of ${key} is not what was written. Nothing was changed.`);
    checked.push({ key, body });
  }
  return checked;
}

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
