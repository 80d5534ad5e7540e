import { testFiles } from "../layers.ts";

interface Override {
  readonly files: string[];
  readonly excludeFiles?: string[];
  readonly rules: Record<string, "error" | "off">;
}

const sources = ["packages/*/src/**/*.ts", "stacks/**/*.ts"];
const tests = testFiles.map((file) => `**/${file}`);

/** Where SQL may be besides `*.sql.ts`, each with its reason. */
export const sqlElsewhere: Readonly<Record<string, string>> = {
  "packages/core/src/rules/**": "a rule that several nouns share is one fragment of SQL, beside the same rule in TypeScript",
  "packages/core/src/ports/**": "an adapter speaks the language of what it adapts",
  "packages/local/src/db/**": "it starts, copies and drops databases",
  "packages/scripts/src/e2e/**": "it plants and reads rows for tests of the whole host",
  "packages/research/src/bench/benchPostgres.ts": "it measures the engine against a query that nothing else runs",
};

/** Which files each rule of this repository holds for. The last override that fits a file counts. */
export function ownRules(): Override[] {
  return [
    { files: sources, rules: { "pendo/sql-in-sql-files": "error" } },
    { files: ["**/*.sql.ts", ...tests, ...Object.keys(sqlElsewhere)], rules: { "pendo/sql-in-sql-files": "off" } },
    { files: sources, excludeFiles: tests, rules: { "pendo/doc-comment": "error", "pendo/pointer-fields": "error" } },
    {
      files: ["http", "queue", "schedule"].map((kind) => `packages/functions/src/${kind}/*.ts`),
      excludeFiles: tests,
      rules: { "pendo/one-core-call": "error" },
    },
  ];
}
