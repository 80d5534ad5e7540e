import { chmodSync, chownSync, lstatSync, mkdirSync, statSync } from "node:fs";
import path from "node:path";
import { PostgresStartError } from "./postgresStartError.ts";

/**
 * Makes a directory and what is missing above it, for its owner alone, and for members of the group `passableBy` to pass through.
 * Throws `PostgresStartError` with one readable line where it cannot.
 */
export function makeDirectory(directory: string, passableBy?: number): void {
  const missing: string[] = [];
  try {
    for (let at = directory; !isDirectory(at); at = path.dirname(at)) missing.push(at);
    // One by one: asked for all at once, Node never returns where a file system like /proc takes no directories.
    for (const next of missing.toReversed()) makeOne(next, passableBy);
  } catch (error) {
    if (error instanceof PostgresStartError) throw error;
    const reason = reasons[(error as NodeJS.ErrnoException).code ?? ""];
    // What has no words here, such as a full disk, is explained by the caller.
    if (reason === undefined) throw error;
    throw new PostgresStartError("notWritable", `The data directory ${directory} cannot be made: ${reason}.`, error);
  }

  function isDirectory(at: string): boolean {
    const found = statSync(at, { throwIfNoEntry: false });
    if (found?.isDirectory()) return true;
    if (found === undefined && !isLink(at)) return false;
    const what = found ? "is a file" : "is a link to nothing";
    throw new PostgresStartError("notWritable", `The data directory ${directory} cannot be made: ${at} ${what}.`);
  }
}

const reasons: Readonly<Record<string, string>> = {
  EACCES: "this user may not write there",
  EPERM: "this user may not write there",
  EROFS: "the file system is read-only",
  ENOENT: "that place takes no directories",
  ENOTSUP: "that place takes no directories",
  ENAMETOOLONG: "the name is too long",
  ELOOP: "its links lead in a circle",
};

function makeOne(directory: string, passableBy: number | undefined): void {
  try {
    mkdirSync(directory, { mode: 0o700 });
  } catch (error) {
    // Another process may have made it first.
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    return;
  }
  if (passableBy === undefined) return;
  chownSync(directory, -1, passableBy);
  chmodSync(directory, 0o710);
}

function isLink(at: string): boolean {
  try {
    return lstatSync(at).isSymbolicLink();
  } catch {
    // There is nothing, or something above it is a file.
    return false;
  }
}
