import { createHash } from "node:crypto";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import path from "node:path";
import type { EvaluationOptions } from "./options.ts";
import { root } from "./places.ts";

// Besides the files that a program was made of, which its graph lists: they may grow new ones.
const directories = [
  "stacks",
  "packages/contract/src",
  "packages/core/migrations",
  "packages/functions/src/lambda",
  "packages/infra/src/evaluate",
  "packages/operations/src",
];
// Each entry needs the module of its handlers. Only the names of these files matter, until they are bundled.
const handled = ["packages/functions/src/http", "packages/functions/src/queue", "packages/functions/src/schedule"];
// What ends up in bundles alone.
const bundled = ["packages/core/src", "packages/functions/src"];
const files = [
  "sst.config.ts",
  "package-lock.json",
  "packages/infra/src/evaluated.ts",
  "packages/infra/src/read.ts",
  ".sst/provider-lock.json",
];

/** What an evaluation finds in its environment: nothing of the machine, and what the configuration is told. */
export function environment(): Record<string, string> {
  const passed = Object.entries(process.env).filter(([name]) => /^(PENDO_.*|PATH|Path|HOME|TMPDIR|TEMP|TMP|SystemRoot)$/.test(name));
  return Object.fromEntries(passed.map(([name, value = ""]) => [name, value]));
}

/** A hash of everything that determines a graph. */
export function keyOf(options: EvaluationOptions): string {
  const told = Object.entries(environment()).filter(([name]) => name.startsWith("PENDO_"));
  const hash = createHash("sha256").update(JSON.stringify([options, process.version, told]));
  const all = options.bundle ? [...directories, ...bundled] : directories;
  hash.update(handled.flatMap(filesIn).join("\n"));
  for (const file of [options.config, ...files, ...all.flatMap(filesIn)]) hash.update(`\n${file}\n`).update(contents(file));
  return hash.digest("hex");
}

/** A hash of the files that a graph lists as its sources. */
export function hashOf(sources: readonly string[]): string {
  const hash = createHash("sha256");
  for (const file of sources) hash.update(`\n${file}\n`).update(contents(file));
  return hash.digest("hex");
}

function contents(file: string): Buffer | string {
  const absolute = path.resolve(root, file);
  return existsSync(absolute) ? readFileSync(absolute) : "absent";
}

function filesIn(directory: string): string[] {
  const absolute = path.join(root, directory);
  if (!existsSync(absolute)) return [];
  return readdirSync(absolute, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !/\.(test|fixture|behaviour|infra\.test)\.ts$/.test(entry.name))
    .map((entry) => path.relative(root, path.join(entry.parentPath, entry.name)))
    .toSorted();
}
