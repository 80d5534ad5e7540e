import type * as z from "zod";
import { decode, encode } from "./cursor.ts";

/** How the rows of a list become what a viewer sees. */
export interface ItemSteps<Row, Details, Item> {
  /** Reads what the rows refer to, such as cards, for all rows at once. */
  readonly hydrate: (rows: readonly Row[]) => Promise<Details>;
  /** Whether the viewer may see a row now. A refused row makes its page shorter, and not the list. */
  readonly rules: (row: Row, details: Details) => boolean;
  /** A row as the contract has it. */
  readonly present: (row: Row, details: Details) => Item;
}

export interface ListSteps<Key, Row, Details, Item> extends ItemSteps<Row, Details, Item> {
  /** The rows after a place of the list, in order: at most `limit`. */
  readonly skeleton: (after: Key | null, limit: number) => Promise<readonly Row[]>;
  /** The sort key of a row, for a cursor. */
  readonly keyOf: (row: Row) => readonly (string | number)[];
}

export interface PageWanted {
  readonly cursor?: string | undefined;
  readonly limit: number;
}

export interface Page<Item> {
  readonly items: Item[];
  /** The cursor of the next page; null on the last page. */
  readonly next: string | null;
}

/**
 * A page of a list in four steps: skeleton, hydrate, rules, present. `key` is the shape of the list's cursors.
 * @throws {Fault} `input.invalid`: the cursor is not one of this list
 */
export async function readPage<Key extends z.ZodType, Row, Details, Item>(
  { cursor, limit }: PageWanted,
  key: Key,
  steps: ListSteps<z.output<Key>, Row, Details, Item>,
): Promise<Page<Item>> {
  const after = cursor === undefined ? null : decode(cursor, key);
  // One row more tells whether there is another page.
  const rows = await steps.skeleton(after, limit + 1);
  const onPage = rows.slice(0, limit);
  const last = onPage.at(-1);
  return { items: await readItems(onPage, steps), next: rows.length > limit && last ? encode(steps.keyOf(last)) : null };
}

/** The last three steps, for rows that are known already. */
export async function readItems<Row, Details, Item>(
  rows: readonly Row[],
  { hydrate, rules, present }: ItemSteps<Row, Details, Item>,
): Promise<Item[]> {
  const details = await hydrate(rows);
  return rows.filter((row) => rules(row, details)).map((row) => present(row, details));
}

/** For a list whose rows refer to nothing, and whose SQL holds the rules. */
export const rowsAlone = { hydrate: async (): Promise<void> => {}, rules: (): boolean => true };
