import { randomBytes } from "node:crypto";
import { chmodSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import path from "node:path";

/** The file of the data directory that holds the console's secret. */
export const CONSOLE_SECRET_FILE = "console.secret";
const SECRET_BYTES = 24;

/**
 * The secret that opens the local console. The first start makes it and keeps it in the data directory, readable to its owner alone, so that
 * scripts of the same user find it there. Remove the file and start again to get another one.
 */
export function consoleSecret(dataDir: string): string {
  const file = path.join(dataDir, CONSOLE_SECRET_FILE);
  const kept = readConsoleSecret(dataDir);
  if (kept !== undefined) {
    // A copy or a restored backup may have opened it to others.
    if (process.platform !== "win32") chmodSync(file, 0o600);
    return kept;
  }
  const secret = randomBytes(SECRET_BYTES).toString("base64url");
  mkdirSync(dataDir, { recursive: true });
  // Renaming replaces a damaged file whole, so a start that is cut off leaves none without a secret.
  const fresh = `${file}.${process.pid}`;
  writeFileSync(fresh, `${secret}\n`, { mode: 0o600 });
  renameSync(fresh, file);
  return secret;
}

/** The secret of the Pendo that uses this data directory; undefined where none was made yet. */
export function readConsoleSecret(dataDir: string): string | undefined {
  try {
    return /^([\w-]{32,})\n?$/.exec(readFileSync(path.join(dataDir, CONSOLE_SECRET_FILE), "utf8"))?.[1];
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}
