import type { HashBankEntry } from "@pendo/contract/hashBank";
import type { UserId } from "@pendo/contract/ids";
import { Time } from "@pendo/contract/time";
import * as z from "zod";
import { Fault } from "../fault.ts";
import { type Page, type PageWanted, readPage, rowsAlone } from "../list.ts";
import type { Uses } from "../ports/ports.ts";
import * as sql from "./hashBank.sql.ts";

const EntryKey = z.tuple([Time.transform((time) => new Date(time)), z.string()]);

/**
 * The entries of a bank, newest first, removed ones included: who removed an entry stays on record.
 * @throws {Fault} `hashBank.notFound`: there is no such bank
 * @throws {Fault} `input.invalid`: the cursor is not one of this list
 */
export async function list({ db }: Uses<"db">, { name, ...page }: PageWanted & { readonly name: string }): Promise<Page<HashBankEntry>> {
  checkBank(name);
  return await readPage(page, EntryKey, {
    skeleton: (before, limit) => sql.entries(db, { before, limit }),
    keyOf: ({ createdAt, phash }) => [createdAt.toISOString(), phash],
    ...rowsAlone,
    present: ({ createdAt, removedAt, ...row }): HashBankEntry => ({
      ...row,
      createdAt: createdAt.toISOString(),
      removedAt: removedAt?.toISOString() ?? null,
    }),
  });
}

/**
 * Removes an entry: it refuses no picture from now on. Removing it again changes nothing.
 * @throws {Fault} `hashBank.notFound`: there is no such bank or entry
 */
export async function remove(
  { db, clock }: Uses<"db">,
  { name, phash, me }: { readonly name: string; readonly phash: string; readonly me: UserId },
): Promise<void> {
  checkBank(name);
  if (!(await sql.markRemoved(db, { phash, removedBy: me, at: clock.now() }))) throw new Fault("hashBank.notFound");
}

// Pictures have the only bank so far.
function checkBank(name: string): void {
  if (name !== "pictures") throw new Fault("hashBank.notFound");
}
