import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { queues } from "@pendo/contract/queues";
import * as nouns from "@pendo/contract/routes/index";
import { schedules } from "@pendo/contract/schedules";

/** What calls a function of the contract: API Gateway, a queue or a schedule. */
export type EntryKind = "http" | "queue" | "schedule";

/** The module that Lambda loads for a noun, a queue or a schedule. Paths are relative to the repository's root. */
export interface Entry {
  readonly kind: EntryKind;
  readonly name: string;
  readonly path: string;
  readonly source: string;
  /** The path with the export, as SST names it. */
  readonly handler: string;
  /** The module with its handlers. */
  readonly handlersPath: string;
}

// Git ignores it. Entries import every module by the name of its package, so they may lie anywhere in the repository.
const directory = "packages/functions/dist/lambda";

interface Template {
  /** How a missing module is described: "The queue "email" has no consumer". */
  readonly of: string;
  readonly lacks: string;
  readonly source: (name: string) => string;
}

const templates: Readonly<Record<EntryKind, Template>> = {
  http: {
    of: "noun",
    lacks: "handlers",
    source: (name) => `import * as routes from "@pendo/contract/routes/${name}";
import { handlers } from "@pendo/functions/http/${name}";
import { httpFunction } from "@pendo/functions/middleware/http";
import { needsOfNoun } from "@pendo/functions/lambda/needs";
import { lambdaRuntime } from "@pendo/functions/lambda/ports";

export const handler = httpFunction("${name}", routes, handlers, await lambdaRuntime(needsOfNoun(routes)));
`,
  },
  queue: {
    of: "queue",
    lacks: "consumer",
    source: (name) => `import { queues } from "@pendo/contract/queues";
import { handlers } from "@pendo/functions/queue/${name}";
import { queueFunction } from "@pendo/functions/middleware/queue";
import { lambdaRuntime } from "@pendo/functions/lambda/ports";

export const handler = queueFunction("${name}", handlers, await lambdaRuntime(queues.${name}.needs));
`,
  },
  schedule: {
    of: "schedule",
    lacks: "handler",
    source: (name) => `import { schedules } from "@pendo/contract/schedules";
import { scheduleFunction } from "@pendo/functions/middleware/schedule";
import { ${name} } from "@pendo/functions/schedule/${name}";
import { lambdaRuntime } from "@pendo/functions/lambda/ports";

export const handler = scheduleFunction("${name}", ${name}, await lambdaRuntime(schedules.${name}.needs));
`,
  },
};

/** The entry of every noun, queue and schedule of the contract. */
export function contractEntries(): Entry[] {
  const all = { http: nouns, queue: queues, schedule: schedules };
  return (Object.keys(all) as EntryKind[]).flatMap((kind) => Object.keys(all[kind]).map((name) => entryOf(kind, name)));
}

/** The entry of one noun, queue or schedule. */
export function entryOf(kind: EntryKind, name: string): Entry {
  const base = `${directory}/${kind}/${name}`;
  return {
    ...{ kind, name, path: `${base}.ts`, handler: `${base}.handler`, handlersPath: `packages/functions/src/${kind}/${name}.ts` },
    source: `// Generated from the contract by packages/functions/src/lambda/entries.ts.\n${templates[kind].source(name)}`,
  };
}

/**
 * Writes the entries below `root` and removes those that the contract no longer has. Unchanged files stay untouched.
 * @throws {Error} where a module of handlers is missing, before anything is written
 */
export function writeEntries(root: string, entries: readonly Entry[] = contractEntries()): void {
  for (const { kind, name, handlersPath } of entries) {
    const { of, lacks } = templates[kind];
    if (!existsSync(join(root, handlersPath))) throw new Error(`The ${of} "${name}" has no ${lacks}: ${handlersPath} is missing.`);
  }
  for (const { path, source } of entries) writeChanged(join(root, path), source);
  const kept = new Set(entries.map(({ path }) => join(root, path)));
  for (const found of readdirSync(join(root, directory), { recursive: true, encoding: "utf8" })) {
    const file = join(root, directory, found);
    // A file with another ending belongs to a process that writes at the same time.
    if (file.endsWith(".ts") && !kept.has(file)) rmSync(file, { force: true });
  }
}

// `sst dev` builds a function again when its file changes. The new name comes last, so no reader sees half a file.
function writeChanged(file: string, source: string): void {
  if (existsSync(file) && readFileSync(file, "utf8") === source) return;
  const fresh = `${file}.${process.pid}`;
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(fresh, source);
  renameSync(fresh, file);
}
