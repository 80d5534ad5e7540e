import { chmodSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { nobody } from "@pendo/local/db/postgresBinaries";

const OTHERS = 0o077;

/** Keeps other users of the machine out of the data directory, and says so where they could look in before. */
export function narrow(dataDir: string, write: (line: string) => void): void {
  const { mode, gid } = statSync(dataDir);
  // Where PostgreSQL runs as another user, its group passes through, and reads nothing.
  const others = gid === nobody ? OTHERS & ~0o010 : OTHERS;
  // Windows has no such modes; there the directory inherits the rights of its parent.
  if (process.platform === "win32" || (mode & others) === 0) return;
  const was = (mode & 0o777).toString(8).padStart(4, "0");
  try {
    chmodSync(dataDir, mode & ~others & 0o7777);
    write(`The data directory ${resolve(dataDir)} was open to other users (${was}). It is now readable by its owner only.`);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EPERM") throw error;
    write(`The data directory ${resolve(dataDir)} is open to other users (${was}). Only its owner can change that: chmod 0700.`);
  }
}
