import { spawnSync } from "node:child_process";
import {
  cpSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { layers } from "./layers.ts";
import { sqlElsewhere } from "./lintRules/overrides.ts";
import { allowedOwn, doc, plantedOwn } from "./lintRules/plants.fixture.ts";

const root = path.resolve(import.meta.dirname, "../../../..");

interface Planted {
  readonly promise: string;
  readonly file: string;
  readonly text: string;
  readonly rule: string;
}

/** One mistake per file; oxlint must find exactly that one there. */
const planted: Planted[] = [
  ...forbiddenImports(),
  ...plantedOwn,
  {
    promise: "no package reaches into another by a relative path",
    file: "packages/contract/src/b.ts",
    text: 'export { Fault } from "../../core/src/fault.ts";\n',
    rule: "no-restricted-imports",
  },
  {
    promise: "only the ports' tests mock the AWS SDK",
    file: "packages/core/src/b.test.ts",
    text: 'export { mockClient } from "aws-sdk-client-mock";\n',
    rule: "no-restricted-imports",
  },
  {
    promise: "of the functions' tests, only the entries' own mock the AWS SDK",
    file: "packages/functions/src/middleware/b.mock.test.ts",
    text: 'export { mockClient } from "aws-sdk-client-mock";\n',
    rule: "no-restricted-imports",
  },
  {
    promise: "the canary is a client, and no host",
    file: "packages/functions/src/lambda/canary/b.ts",
    text: 'import type { A } from "@pendo/host/some/module";\nexport type B = A;\n',
    rule: "no-restricted-imports",
  },
  {
    promise: "nothing imports sst",
    file: "packages/functions/src/lambda/ports.ts",
    text: 'export { Resource } from "sst";\n',
    rule: "no-restricted-imports",
  },
  {
    promise: "nothing but the ports' tests replaces a module",
    file: "packages/functions/src/c.test.ts",
    text: 'import { vi } from "vitest";\nvi.mock("./c.ts");\n',
    rule: "no-restricted-properties",
  },
  {
    promise: "domain code takes the time from its context",
    file: "packages/core/src/c.ts",
    text: "export const startedMs = Date.now();\n",
    rule: "no-restricted-properties",
  },
  {
    promise: "domain code does not read the environment",
    file: "packages/core/src/d.ts",
    text: 'export const stage = process.env["STAGE"];\n',
    rule: "no-restricted-properties",
  },
  {
    promise: "a promise is not left alone",
    file: "packages/core/src/e.ts",
    text: `${doc}export function save(work: () => Promise<void>): void {\n  work();\n}\n`,
    rule: "no-floating-promises",
  },
  {
    promise: "a switch names every case",
    file: "packages/core/src/f.ts",
    text: `${doc}export function say(x: "a" | "b"): void {\n  switch (x) {\n    case "a":\n      break;\n  }\n}\n`,
    rule: "switch-exhaustiveness-check",
  },
  {
    promise: "any is not a type",
    file: "packages/core/src/g.ts",
    text: `${doc}export const anything = (x: any): string => String(x);\n`,
    rule: "no-explicit-any",
  },
  {
    promise: "modules export by name",
    file: "packages/core/src/h.ts",
    text: "export default 1;\n",
    rule: "no-default-export",
  },
  {
    promise: "file names are camel case",
    file: "packages/core/src/not-camel.ts",
    text: "export const one = 1;\n",
    rule: "filename-case",
  },
  {
    promise: "only the host and the scripts print",
    file: "packages/core/src/i.ts",
    text: `${doc}export const hello = (): void => console.log("hello");\n`,
    rule: "no-console",
  },
  {
    promise: "a file has at most 300 lines",
    file: "packages/core/src/j.ts",
    text: Array.from({ length: 301 }, (_, i) => `export const line${i} = ${i};\n`).join(""),
    rule: "max-lines",
  },
  {
    promise: "a function has at most 70 lines",
    file: "packages/core/src/k.ts",
    text: `${doc}export function long(set: (x: number) => void): void {\n${"  set(1);\n".repeat(70)}}\n`,
    rule: "max-lines-per-function",
  },
  {
    promise: "no test is skipped",
    file: "packages/core/src/l.test.ts",
    text: 'import { expect, test } from "vitest";\ntest.skip("one is one", () => {\n  expect(1).toBe(1);\n});\n',
    rule: "no-disabled-tests",
  },
  {
    promise: "imports make no circle",
    file: "packages/core/src/m.ts",
    text: `import { n } from "./n.ts";\n${doc}export const m = (): number => n();\n`,
    rule: "no-cycle",
  },
  {
    promise: "type-only imports make no circle",
    file: "packages/core/src/o.ts",
    text: 'import type { P } from "./p.ts";\nexport interface O {\n  readonly p: P;\n}\n',
    rule: "no-cycle",
  },
  {
    promise: "ports import no engine",
    file: "packages/core/src/ports/c.ts",
    text: 'import type { A } from "@pendo/engine/some/module";\nexport type B = A;\n',
    rule: "no-restricted-imports",
  },
];

/** Files that the rules must leave alone. */
const allowed: Pick<Planted, "file" | "text">[] = [
  {
    file: "packages/core/src/ok.ts",
    text: 'export { events } from "@pendo/contract/events";\nexport { Fault } from "@pendo/core/fault";\n',
  },
  { file: "packages/core/src/ports/ok.test.ts", text: 'export { mockClient } from "aws-sdk-client-mock";\n' },
  { file: "packages/core/src/ports/ok.ts", text: `${doc}export const nowMs = (): number => Date.now();\n` },
  {
    file: "packages/functions/src/ok.ts",
    text: 'export { Fault } from "@pendo/core/fault";\nexport { events } from "@pendo/contract/events";\n',
  },
  { file: "packages/functions/src/lambda/ok.mock.test.ts", text: 'export { mockClient } from "aws-sdk-client-mock";\n' },
  { file: "packages/functions/src/lambda/canary/ok.ts", text: 'export { client } from "@pendo/client/client";\n' },
  { file: "packages/core/src/okLocal.test.ts", text: 'export { testDb } from "@pendo/local/db/testDb";\n' },
  { file: "packages/client/src/ok.ts", text: 'export { events } from "@pendo/contract/events";\n' },
  { file: "packages/host/src/ok.ts", text: 'export { handlers } from "@pendo/functions/http/index";\nconsole.log("hello");\n' },
  { file: "packages/core/src/ok.sql.ts", text: "export const one = 1;\n" },
  ...allowedOwn,
];

/** Every import of one package from another that the layers forbid, a package made tomorrow included. */
function forbiddenImports(): Planted[] {
  const packages = readdirSync(path.join(root, "packages"));
  return Object.entries(layers).flatMap(([importer, { directory, imports }]) =>
    packages
      .filter((other) => other !== importer && !imports.includes(other))
      .map((other) => ({
        promise: `${importer} does not import ${other}`,
        file: `${directory}/from${other}.ts`,
        text: `import type { A } from "@pendo/${other}/some/module";\nexport type B = A;\n`,
        rule: "no-restricted-imports",
      })),
  );
}

let dir = "";
let found: { rule: string; file: string }[] = [];

beforeAll(() => {
  // The rules' globs are relative to the configuration, so the plantation is a small repository of its own.
  // It lies outside this one, whose .gitignore would hide it.
  dir = realpathSync(mkdtempSync(path.join(tmpdir(), "pendo-lint-")));
  const rules = ["layers.ts", "layerRules.ts", "lintRules"].map((name) => path.join("packages/scripts/src/checks", name));
  for (const name of ["oxlint.config.ts", "tsconfig.json", "package.json", ...rules])
    cpSync(path.join(root, name), path.join(dir, name), { recursive: true });
  symlinkSync(path.join(root, "node_modules"), path.join(dir, "node_modules"), "junction");
  const circles = [
    { file: "packages/core/src/n.ts", text: `import { m } from "./m.ts";\n${doc}export const n = (): number => m();\n` },
    { file: "packages/core/src/p.ts", text: 'import type { O } from "./o.ts";\nexport interface P {\n  readonly o: O;\n}\n' },
  ];
  for (const { file, text } of [...planted, ...allowed, ...circles]) {
    mkdirSync(path.join(dir, path.dirname(file)), { recursive: true });
    writeFileSync(path.join(dir, file), text);
  }
  const oxlint = path.join(path.dirname(createRequire(import.meta.url).resolve("oxlint/package.json")), "bin/oxlint");
  const { stdout } = spawnSync(process.execPath, [oxlint, "--format=json", "packages", "stacks"], { cwd: dir, encoding: "utf8" });
  const { diagnostics } = JSON.parse(stdout) as { diagnostics: { code: string; filename: string }[] };
  found = diagnostics.map(({ code, filename }) => ({
    rule: code.replace(/^.*\((.*)\)$/, "$1"),
    file: filename.replaceAll("\\", "/"),
  }));
});

afterAll(() => rmSync(dir, { recursive: true, force: true }));

test.each(planted)("lint: $promise", ({ file, rule }) => {
  expect(found.filter((one) => one.file === file).map((one) => one.rule)).toEqual([rule]);
});

test("lint leaves correct files alone", () => {
  expect(found.filter((one) => allowed.some(({ file }) => file === one.file))).toEqual([]);
});

test("each place of SQL besides the files for SQL has some", () => {
  const found = Object.keys(sqlElsewhere).filter((place) => !globSync(place, { cwd: root }).some((file) => hasSql(path.join(root, file))));
  expect(found).toEqual([]);
});

function hasSql(file: string): boolean {
  return file.endsWith(".ts") && /\b(?:sql|tx|db|client)(?:<[^`]*>)?`/.test(readFileSync(file, "utf8"));
}
