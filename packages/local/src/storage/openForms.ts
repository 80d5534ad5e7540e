import { createHash } from "node:crypto";
import { mkdir, readdir, rm, stat, unlink, writeFile } from "node:fs/promises";
import path from "node:path";

/** Longer than any form is valid. */
const FORM_MS = 48 * 60 * 60 * 1000;
const SWEEP_EVERY_MS = 60 * 60 * 1000;

export interface OpenForms {
  open(key: string): Promise<void>;
  isOpen(key: string): Promise<boolean>;
  /** @returns whether it was open: of several that close it at once, one gets true. */
  close(key: string): Promise<boolean>;
}

/** Which keys a form may write, as empty files in a directory. The signature in a form cannot say whether the form was used. */
export function openForms(directory: string): OpenForms {
  const fileOf = (key: string): string => path.join(directory, createHash("sha256").update(key).digest("hex"));
  let sweptMs = 0;

  return {
    async open(key) {
      await mkdir(directory, { recursive: true });
      await writeFile(fileOf(key), "", { mode: 0o600 });
      const { mtimeMs: nowMs } = await stat(fileOf(key));
      if (nowMs < sweptMs + SWEEP_EVERY_MS) return;
      sweptMs = nowMs;
      await sweep(directory, nowMs - FORM_MS);
    },

    isOpen: async (key) => (await orNull(stat(fileOf(key)))) !== null,

    close: async (key) => (await orNull(unlink(fileOf(key)).then(() => true))) ?? false,
  };
}

/** Removes the files of a directory that were last written before then. */
export async function sweep(directory: string, beforeMs: number): Promise<void> {
  for (const name of await readdir(directory)) {
    const file = path.join(directory, name);
    const found = await orNull(stat(file));
    if (found && found.mtimeMs < beforeMs) await rm(file, { force: true });
  }
}

/** Null for a file that is not there. */
export async function orNull<Found>(reading: Promise<Found>): Promise<Found | null> {
  try {
    return await reading;
  } catch (error) {
    if (["ENOENT", "ENOTDIR"].includes(codeOf(error))) return null;
    throw error;
  }
}

/** The code of an error of the operating system, such as `ENOENT`; empty where the error has none. */
export function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "";
}
