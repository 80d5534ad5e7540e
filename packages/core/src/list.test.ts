import { expect, test } from "vitest";
import * as z from "zod";
import { encode } from "./cursor.ts";
import { readItems, readPage, rowsAlone } from "./list.ts";

const rows = Array.from({ length: 7 }, (_, n) => ({ n }));
const Key = z.tuple([z.int()]);
const skeleton = async (after: [number] | null, limit: number) => rows.filter(({ n }) => n > (after?.[0] ?? -1)).slice(0, limit);
const keyOf = ({ n }: { n: number }) => [n];
const present = ({ n }: { n: number }) => n;

test("pages run through a list once, and the last one has no next page, also when it is full", async () => {
  const pages: number[][] = [];
  let cursor: string | undefined;
  do {
    const { items, next } = await readPage({ cursor, limit: 3 }, Key, { skeleton, keyOf, ...rowsAlone, present });
    pages.push(items);
    cursor = next ?? undefined;
  } while (cursor !== undefined);

  expect(pages).toEqual([[0, 1, 2], [3, 4, 5], [6]]);
  expect(await readPage({ limit: 7 }, Key, { skeleton, keyOf, ...rowsAlone, present })).toMatchObject({ next: null });
});

test("a row that the rules refuse shortens its page, and the next page begins after it", async () => {
  const hydrated: number[][] = [];
  const hydrate = async (list: readonly { n: number }[]) => void hydrated.push(list.map(present));
  const page = await readPage({ limit: 3 }, Key, { skeleton, keyOf, hydrate, rules: ({ n }) => n !== 2, present });

  expect(page).toEqual({ items: [0, 1], next: encode([2]) });
  expect(hydrated).toEqual([[0, 1, 2]]);
});

test("rules and present see what was hydrated", async () => {
  const hydrate = async () => new Map([[1, "one"]]);
  const items = await readItems(rows, { hydrate, rules: ({ n }, names) => names.has(n), present: ({ n }, names) => names.get(n) });

  expect(items).toEqual(["one"]);
});

test("a cursor of another list is refused, and names its field", async () => {
  const page = readPage({ cursor: encode(["x"]), limit: 3 }, Key, { skeleton, keyOf, ...rowsAlone, present });

  await expect(page).rejects.toMatchObject({ code: "input.invalid", fields: { "/cursor": "is not a cursor of this list" } });
});
