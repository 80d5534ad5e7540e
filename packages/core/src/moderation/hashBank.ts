import type { HashBankEntry } from "@pendo/contract/hashBank";
import type { UserId } from "@pendo/contract/ids";
import { Time } from "@pendo/contract/time";
import * as z from "zod";
import { decode, encode } from "../cursor.ts";
import { Fault } from "../fault.ts";
import type { Uses } from "../ports/ports.ts";
import * as sql from "./hashBank.sql.ts";

const SortKey = z.tuple([Time, z.string()]);

/**
 * The entries of a bank, newest first, removed ones included: who removed an entry stays on record.
 * @throws {Fault} `hashBank.notFound`; `input.invalid` for a foreign cursor
 */
export async function list(
  { db }: Uses<"db">,
  { name, cursor, limit }: { readonly name: string; readonly cursor?: string | undefined; readonly limit: number },
): Promise<{ items: HashBankEntry[]; next: string | null }> {
  checkBank(name);
  const key = cursor === undefined ? null : decode(cursor, SortKey);
  const rows = await sql.entries(db, { before: key && [new Date(key[0]), key[1]], limit: limit + 1 });
  const items = rows.slice(0, limit).map(({ createdAt, removedAt, ...row }) => {
    return { ...row, createdAt: createdAt.toISOString(), removedAt: removedAt?.toISOString() ?? null };
  });
  const last = items.at(-1);
  return { items, next: rows.length > limit && last ? encode([last.createdAt, last.phash]) : null };
}

/** Removes an entry: it refuses no picture from now on. Removing it again changes nothing. @throws {Fault} `hashBank.notFound` */
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
