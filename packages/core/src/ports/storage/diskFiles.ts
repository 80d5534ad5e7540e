import { randomUUID } from "node:crypto";
import { constants } from "node:fs";
import { access, mkdir, open, readFile, readdir, rename, rm, stat } from "node:fs/promises";
import path from "node:path";
import { Fault } from "../../fault.ts";
import type { StoredObject } from "./storage.ts";

export interface DiskFiles {
  /** Writes an object so that after a crash at any moment either the old or the new one is there, whole. Answers its size. */
  write(key: string, chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>, contentType: string): Promise<number>;
  read(key: string): Promise<StoredObject | null>;
  head(key: string): Promise<{ bytes: number; contentType: string } | null>;
  remove(keys: readonly string[]): Promise<void>;
  ping(): Promise<void>;
}

const UNFINISHED_MS = 60 * 60 * 1000;
const NO_ROOM = new Set(["ENOSPC", "EDQUOT"]);

/** Where the two files of an object lie below a root directory. */
export function filesOf(root: string, key: string): { readonly body: string; readonly type: string } {
  return { body: path.join(root, `${key}~body`), type: path.join(root, `${key}~type`) };
}

/**
 * Objects as files: `photos/a` lies in `photos/a~body`, its content type in `photos/a~type`. No key contains a `~`.
 * Only an object that is replaced by one of another type can be seen for a moment, or after a crash, with the wrong one of the two types.
 */
export function diskFiles(directory: string): DiskFiles {
  const root = path.resolve(directory);
  const unfinished = path.join(root, ".unfinished");
  const bodyPath = (key: string) => filesOf(root, key).body;
  const typePath = (key: string) => filesOf(root, key).type;
  let preparing: Promise<void> | undefined;

  function ready(): Promise<void> {
    preparing ??= prepare(unfinished).catch((error: unknown) => {
      preparing = undefined;
      throw error;
    });
    return preparing;
  }

  async function contentTypeOf(key: string): Promise<string> {
    return (await orNull(readFile(typePath(key), "utf8"))) ?? "application/octet-stream";
  }

  return {
    async write(key, chunks, contentType) {
      const drafts = [path.join(unfinished, randomUUID()), path.join(unfinished, randomUUID())] as const;
      try {
        await ready();
        const bytes = await writeSynced(drafts[0], chunks);
        await writeSynced(drafts[1], [Buffer.from(contentType)]);
        await mkdirSynced(path.dirname(bodyPath(key)));
        // The type comes first: an object that can be seen has one.
        await rename(drafts[1], typePath(key));
        await rename(drafts[0], bodyPath(key));
        await syncDirectory(path.dirname(bodyPath(key)));
        return bytes;
      } catch (error) {
        for (const draft of drafts) await rm(draft, { force: true });
        if (NO_ROOM.has(codeOf(error))) throw new Fault("store.full", { cause: error });
        throw error;
      }
    },

    async read(key) {
      const body = await orNull(readFile(bodyPath(key)));
      return body && { body, contentType: await contentTypeOf(key) };
    },

    async head(key) {
      const found = await orNull(stat(bodyPath(key)));
      return found && { bytes: found.size, contentType: await contentTypeOf(key) };
    },

    async remove(keys) {
      for (const key of keys) {
        await rm(bodyPath(key), { force: true });
        await rm(typePath(key), { force: true });
      }
      for (const parent of new Set(keys.map((key) => path.dirname(bodyPath(key))))) await orNull(syncDirectory(parent));
    },

    async ping() {
      await ready();
      await access(root, constants.R_OK | constants.W_OK);
    },
  };
}

async function writeSynced(file: string, chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>): Promise<number> {
  const handle = await open(file, "wx", 0o600);
  try {
    let bytes = 0;
    for await (const chunk of chunks) {
      await handle.writeFile(chunk);
      bytes += chunk.byteLength;
    }
    await handle.sync();
    return bytes;
  } finally {
    await handle.close();
  }
}

/** Makes the directory for drafts, and removes drafts that a crash left: those an hour older than a file made now. */
async function prepare(unfinished: string): Promise<void> {
  await mkdirSynced(unfinished);
  const probe = path.join(unfinished, randomUUID());
  await writeSynced(probe, []);
  const { mtimeMs: nowMs } = await stat(probe);
  for (const name of await readdir(unfinished)) {
    const draft = path.join(unfinished, name);
    const found = await orNull(stat(draft));
    if (draft === probe || (found && found.mtimeMs < nowMs - UNFINISHED_MS)) await rm(draft, { force: true });
  }
}

async function mkdirSynced(directory: string): Promise<void> {
  const first = await mkdir(directory, { recursive: true });
  if (first === undefined) return;
  // A new directory is only as durable as the entry in its parent, up to the first that was there before.
  for (let at = directory; at.length >= first.length; at = path.dirname(at)) await syncDirectory(path.dirname(at));
}

async function syncDirectory(directory: string): Promise<void> {
  // Windows can't open directories; its file systems log renames themselves.
  if (process.platform === "win32") return;
  const handle = await open(directory, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function orNull<Found>(reading: Promise<Found>): Promise<Found | null> {
  try {
    return await reading;
  } catch (error) {
    if (["ENOENT", "ENOTDIR"].includes(codeOf(error))) return null;
    throw error;
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "";
}
