import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";

const root = path.resolve(import.meta.dirname, "../../../..");
const read = (file: string): string => readFileSync(path.join(root, file), "utf8");

test("a test that may take more than ten minutes is none of `npm test`", () => {
  const files = readdirSync(path.join(root, "packages"), { recursive: true })
    .map((file) => path.join("packages", String(file)))
    .filter((file) => file.endsWith(".test.ts") && !/node_modules|\.slow\.test\.ts$|\.all\.infra\.test\.ts$/.test(file));

  const long = files.filter((file) =>
    [...read(file).matchAll(/^ *\}, ([\d_]+)\);$/gm)].some(([, ms = ""]) => Number(ms.replaceAll("_", "")) > 600_000),
  );

  expect(files.length).toBeGreaterThan(200);
  expect(long).toEqual([]);
});

test("what `npm test` leaves out, it names in its last line and CI runs", () => {
  expect(read("scripts/test.mjs")).toContain("Left out, and run by .ci/run: ");
  const ci = read(".ci/run");
  for (const command of ["npm test --", "npm run test:aws --", "npm run test:slow --", "npm run test:browser --"])
    expect(ci).toContain(command);
});
