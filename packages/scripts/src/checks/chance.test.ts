import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";

const root = path.resolve(import.meta.dirname, "../../../..");

/** Files that only tests run: tests, their fixtures, and the clients that play users. */
const files = readdirSync(path.join(root, "packages"), { recursive: true })
  .map((file) => path.join("packages", String(file)))
  .filter((file) => /\.(test|fixture|behaviour)\.ts$|\/e2e\/.*\.ts$/.test(file) && !file.includes("node_modules"));

/** Where a line of these files matches, without the lines of this file. */
function linesWith(pattern: RegExp): string[] {
  return files.flatMap((file) =>
    readFileSync(path.join(root, file), "utf8")
      .split("\n")
      .flatMap((line, at) => (pattern.test(line) && !file.endsWith("chance.test.ts") ? [`${file}:${at + 1} ${line.trim()}`] : [])),
  );
}

test("no test draws from a source without a seed", () => {
  expect(files.length).toBeGreaterThan(200);
  expect(linesWith(/\bMath\.random\(/)).toEqual([]);
});

test("no test wants something done within less than two seconds of real time", () => {
  expect(linesWith(/performance\.now\(\) - \w+\)\.toBeLessThan\((1?\d{1,3}|1_\d{3})\)/)).toEqual([]);
});
