import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { promise } from "../promised.ts";
import { requirementsPage, testName } from "./page.ts";
import { elsewhere, rows } from "./rows.ts";

for (const { id, required, check, resources } of rows)
  promise(testName(id, required), { check, spoils: resources.map(([type, name]) => ({ type, name })) });

test("every chapter of the requirements has its rows, each once", () => {
  const ids = [...rows, ...elsewhere].map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  const chapters: Readonly<Record<string, number>> = { 1: 6, 2: 3, 3: 5, 4: 3, 5: 3, 6: 1, 7: 3, 8: 3, 9: 3, 10: 3, 11: 3 };
  expect(
    Object.fromEntries(
      Object.keys(chapters).map((chapter) => [chapter, ids.filter((id) => new RegExp(`^${chapter}[ .]`).test(id)).length]),
    ),
  ).toEqual(chapters);
});

test("docs/requirements.md says what is tested", async () => {
  await expect(requirementsPage()).toMatchFileSnapshot(fileURLToPath(new URL("../../../../../docs/requirements.md", import.meta.url)));
});
