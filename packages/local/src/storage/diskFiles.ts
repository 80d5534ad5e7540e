import { randomUUID } from "node:crypto";
import { constants } from "node:fs";
import { access, mkdir, open, readFile, rename, rm, stat } from "node:fs/promises";
import path from "node:path";
import { Fault } from "@pendo/core/fault";
import { codeOf, openForms, orNull, sweep } from "./openForms.ts";
import type { StoredObject } from "@pendo/core/ports/storage/storage";

export interface DiskFiles {
  /** Writes an object so that after a crash at any moment either the old or the new one is there, whole. Answers its size. */
  write(key: string, chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>, contentType: string): Promise<number>;
  /** Lets one `writeByForm` write this key, until the key is removed. */
  openForm(key: string): Promise<void>;
  /** As `write`, once for each `openForm`. Fault: `media.formUsed`. */
  writeByForm(key: string, chunks: AsyncIterable<Uint8Array>, contentType: string): Promise<number>;
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
  const forms = openForms(path.join(root, ".forms"));
  const bodyPath = (key: string) => filesOf(root, key).body;
  const typePath = (key: string) => filesOf(root, key).type;
  const { ready, write } = wholeWrites(root);

  async function contentTypeOf(key: string): Promise<string> {
    return (await orNull(readFile(typePath(key), "utf8"))) ?? "application/octet-stream";
  }

  return {
    write: (key, chunks, contentType) => write(key, chunks, contentType),

    openForm: (key) => forms.open(key).catch(rethrown),

    async writeByForm(key, chunks, contentType) {
      if (!(await forms.isOpen(key))) throw new Fault("media.formUsed");
      // Of two that come at once, one closes the form. A file that broke off before this leaves it to be tried again.
      return await write(key, chunks, contentType, async () => {
        if (!(await forms.close(key))) throw new Fault("media.formUsed");
      });
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
        await forms.close(key);
      }
      for (const parent of new Set(keys.map((key) => path.dirname(bodyPath(key))))) await orNull(syncDirectory(parent));
    },

    async ping() {
      await ready();
      await access(root, constants.R_OK | constants.W_OK);
    },
  };
}

type Chunks = Iterable<Uint8Array> | AsyncIterable<Uint8Array>;

async function writeSynced(file: string, chunks: Chunks): Promise<number> {
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

interface WholeWrites {
  ready(): Promise<void>;
  write(key: string, chunks: Chunks, contentType: string, beforePlacing?: () => Promise<void>): Promise<number>;
}

/** Writes drafts below a root directory, and moves them to where they can be seen. */
function wholeWrites(root: string): WholeWrites {
  const unfinished = path.join(root, ".unfinished");
  let preparing: Promise<void> | undefined;

  function ready(): Promise<void> {
    preparing ??= prepare(unfinished).catch((error: unknown) => {
      preparing = undefined;
      throw error;
    });
    return preparing;
  }

  async function write(key: string, chunks: Chunks, contentType: string, beforePlacing = async () => {}): Promise<number> {
    const { body, type } = filesOf(root, key);
    const drafts = [path.join(unfinished, randomUUID()), path.join(unfinished, randomUUID())] as const;
    try {
      await ready();
      const bytes = await writeSynced(drafts[0], chunks);
      await writeSynced(drafts[1], [Buffer.from(contentType)]);
      await mkdirSynced(path.dirname(body));
      await beforePlacing();
      // The type comes first: an object that can be seen has one.
      await rename(drafts[1], type);
      await rename(drafts[0], body);
      await syncDirectory(path.dirname(body));
      return bytes;
    } catch (error) {
      for (const draft of drafts) await rm(draft, { force: true });
      return rethrown(error);
    }
  }

  return { ready, write };
}

/** Makes the directory for drafts, and removes drafts that a crash left: those an hour older than a file made now. */
async function prepare(unfinished: string): Promise<void> {
  await mkdirSynced(unfinished);
  const probe = path.join(unfinished, randomUUID());
  await writeSynced(probe, []);
  const { mtimeMs: nowMs } = await stat(probe);
  await rm(probe);
  await sweep(unfinished, nowMs - UNFINISHED_MS);
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

function rethrown(error: unknown): never {
  throw NO_ROOM.has(codeOf(error)) ? new Fault("store.full", { cause: error }) : error;
}
