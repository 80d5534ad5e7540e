import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { http } from "../http/index.ts";
import { queue } from "../queue/index.ts";
import { schedule } from "../schedule/index.ts";
import { contractEntries, type Entry, entryOf, writeEntries } from "./entries.ts";

let root: string;
beforeEach(() => (root = mkdtempSync(join(tmpdir(), "pendo-entries-"))));
afterEach(() => rmSync(root, { recursive: true, force: true }));

const swipes = entryOf("http", "swipes");
const email = entryOf("queue", "email");
const expire = entryOf("schedule", "expire");

/** Writes entries into a repository that has nothing but their handlers. */
function written(entries: readonly Entry[]): void {
  for (const { handlersPath } of entries) put(handlersPath, "");
  writeEntries(root, entries);
}

function put(file: string, text: string): void {
  mkdirSync(dirname(join(root, file)), { recursive: true });
  writeFileSync(join(root, file), text);
}

const read = ({ path }: Entry): string => readFileSync(join(root, path), "utf8");
/** Another number means another file, even where the text is the same. */
const numberOf = ({ path }: Entry): number => statSync(join(root, path)).ino;
const filesBeside = ({ path }: Entry): string[] => readdirSync(join(root, dirname(path)));

test("everything that has handlers has one entry", () => {
  const named = contractEntries().map(({ kind, name }) => `${kind}/${name}`);

  const handled = Object.entries({ http, queue, schedule }).flatMap(([kind, all]) => Object.keys(all).map((name) => `${kind}/${name}`));
  expect(named.toSorted()).toEqual(handled.toSorted());
  expect(new Set(contractEntries().map(({ path }) => path)).size).toBe(named.length);
});

test("an entry passes the handlers of its own name to the middleware, with the ports that the contract names", () => {
  const last = ({ source }: Entry): string | undefined => source.trimEnd().split("\n").at(-1);

  expect(swipes.source).toContain('\nimport * as routes from "@pendo/contract/routes/swipes";\n');
  expect(swipes.source).toContain('\nimport { handlers } from "@pendo/functions/http/swipes";\n');
  expect(last(swipes)).toBe('export const handler = httpFunction("swipes", routes, handlers, await lambdaRuntime(needsOfNoun(routes)));');
  expect(email.source).toContain('\nimport { handlers } from "@pendo/functions/queue/email";\n');
  expect(last(email)).toBe('export const handler = queueFunction("email", handlers, await lambdaRuntime(queues.email.needs));');
  expect(expire.source).toContain('\nimport { expire } from "@pendo/functions/schedule/expire";\n');
  expect(last(expire)).toBe('export const handler = scheduleFunction("expire", expire, await lambdaRuntime(schedules.expire.needs));');
});

test("an entry lies where SST looks for its handler", () => {
  written([swipes, email, expire]);

  for (const entry of [swipes, email, expire]) {
    expect(readFileSync(join(root, entry.handler.replace(/\.handler$/, ".ts")), "utf8")).toBe(entry.source);
  }
});

test("a second run leaves each file untouched", () => {
  written([swipes, email]);
  const before = [swipes, email].map(numberOf);

  written([swipes, email]);

  expect([swipes, email].map(numberOf)).toEqual(before);
});

test("a changed entry becomes a new file, so no reader sees half of it", () => {
  written([swipes]);
  const before = numberOf(swipes);
  const changed = { ...swipes, source: "export const handler = undefined;\n" };

  written([changed]);

  expect(read(changed)).toBe(changed.source);
  expect(numberOf(changed)).not.toBe(before);
  expect(filesBeside(changed)).toEqual(["swipes.ts"]);
});

test("the entry of a name that the contract no longer has is removed", () => {
  written([swipes, entryOf("http", "winks"), email]);

  written([swipes]);

  expect(filesBeside(swipes)).toEqual(["swipes.ts"]);
  expect(filesBeside(email)).toEqual([]);
});

test("a file that another process is writing stays", () => {
  const other = `${swipes.path}.${process.pid + 1}`;
  put(other, "import");

  written([swipes]);

  expect(readFileSync(join(root, other), "utf8")).toBe("import");
  expect(read(swipes)).toBe(swipes.source);
});

test.each([
  ["http", 'The noun "pigeons" has no handlers: packages/functions/src/http/pigeons.ts is missing.'],
  ["queue", 'The queue "pigeons" has no consumer: packages/functions/src/queue/pigeons.ts is missing.'],
  ["schedule", 'The schedule "pigeons" has no handler: packages/functions/src/schedule/pigeons.ts is missing.'],
] as const)("%s without its module is refused by the file's name, and nothing is written or removed", (kind, sentence) => {
  const old = entryOf("http", "winks");
  written([old]);
  put(swipes.handlersPath, "");

  const write = (): void => writeEntries(root, [swipes, entryOf(kind, "pigeons")]);

  expect(write).toThrow(new Error(sentence));
  expect(filesBeside(old)).toEqual(["winks.ts"]);
});
