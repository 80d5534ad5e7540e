import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { fc } from "@pendo/engine/fastCheck.fixture";
import { testSeed } from "@pendo/engine/testSeed.fixture";
import { expect, test } from "vitest";

const root = path.resolve(import.meta.dirname, "../../../..");

/** Files that only tests run: tests, their fixtures, and the clients that play users. */
const files = readdirSync(path.join(root, "packages"), { recursive: true })
  .map((file) => `packages/${String(file).replaceAll("\\", "/")}`)
  .filter(
    (file) => /\.(test|fixture|behaviour|setup)\.ts$|\/test[A-Z]\w*\.ts$|\/e2e\/.*\.ts$/.test(file) && !file.includes("node_modules"),
  );

/** Where a line of these files matches, without the lines of this file. */
function linesWith(pattern: RegExp): string[] {
  return files.flatMap((file) =>
    readFileSync(path.join(root, file), "utf8")
      .split("\n")
      .flatMap((line, at) => (pattern.test(line) && !file.endsWith("chance.test.ts") ? [`${file}:${at + 1} ${line.trim()}`] : [])),
  );
}

const unseeded = /\bMath\.random\b|\brandom(UUID|Bytes|FillSync|Int)\b|\bgetRandomValues\b|\brandomIds\b|from "(uuid|fast-check)"/;

/** Why a file may use a source without a seed. Key pairs are random everywhere: no verdict depends on which they are. */
const allowed: Readonly<Record<string, string>> = {
  "packages/local/src/db/testDb.setup.ts": "directories that runs at the same time must not share",
  "packages/local/src/db/testDb.ts": "databases that runs at the same time must not share",
  "packages/core/src/ports/ids/ids.test.ts": "tests the random port itself",
  "packages/core/src/ports/ids/testIds.fixture.ts": "makes ids of seeded bytes",
  "packages/core/src/ports/search/opensearch.test.ts": "indexes of a server that runs at the same time may share",
  "packages/engine/src/fastCheck.fixture.ts": "gives fast-check the seed",
};

test("no test draws from a source without a seed", () => {
  const found = linesWith(unseeded);

  expect(files.length).toBeGreaterThan(200);
  expect(found.filter((line) => !Object.keys(allowed).some((file) => line.startsWith(`${file}:`)))).toEqual([]);
  expect(Object.keys(allowed).filter((file) => !found.some((line) => line.startsWith(`${file}:`)))).toEqual([]);
});

test("a property draws from the seed of the run", () => {
  const draw = () => fc.check(fc.property(fc.integer(), () => {}));

  expect([draw().seed, draw().seed]).toEqual([testSeed, testSeed]);
});

test("no test wants something done within less than two seconds of real time", () => {
  expect(linesWith(/performance\.now\(\) - \w+\)\.toBeLessThan\((1?\d{1,3}|1_\d{3})\)/)).toEqual([]);
});
