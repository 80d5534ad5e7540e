import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { BackupDocument } from "@pendo/functions/lambda/config/document";
import { afterAll, beforeEach, expect, test } from "vitest";
import { runScript } from "../terminal/runScript.ts";
import { restore, type Target } from "./restore.ts";

const parameter = (name: string, value: string) => ({ name, type: "String" as const, value, version: 1, changedAt: null });
const state = "app/pendo/production.json";
const copy = Buffer.from('{"resources":[]}');
const document: BackupDocument = {
  version: 1,
  app: "pendo",
  stage: "production",
  takenAt: "2026-05-01T03:00:00.000Z",
  parameters: [parameter("/sst/bootstrap", "ours"), parameter("/pendo/a", "1"), parameter("/pendo/b", "2"), parameter("/pendo/c", "3")],
  secrets: [
    { store: "parameters", name: "/sst/passphrase/pendo/production", version: "1", changedAt: null },
    { store: "secretsManager", name: "DatabaseSecret", version: "x", changedAt: null },
  ],
  states: [{ key: state, bytes: copy.length, sha256: createHash("sha256").update(copy).digest("hex") }],
};

let parameters: Map<string, string>;
let states: Map<string, Uint8Array>;
let writes: string[];
const target: Target = {
  readParameter: async (name) => parameters.get(name) ?? null,
  writeParameter: async ({ name, value }) => void (writes.push(name), parameters.set(name, value)),
  hasSecret: async ({ name }) => name === "DatabaseSecret",
  readState: async (key) => states.get(key) ?? null,
  writeState: async (key, body) => void (writes.push(key), states.set(key, body)),
};
beforeEach(() => {
  parameters = new Map([
    ["/sst/bootstrap", "the account's own"],
    ["/pendo/a", "1"],
    ["/pendo/b", "changed since"],
  ]);
  states = new Map();
  writes = [];
});
const run = (options: Partial<Parameters<typeof restore>[0]> = {}) =>
  restore({ document, copyOf: async () => copy, target, dryRun: false, withState: false, ...options });

test("what differs or is missing is written, and nothing else; a second restore has nothing to do", async () => {
  expect(await run()).toEqual({
    lines: [
      "left    parameter /sst/bootstrap, which belongs to the account",
      "same    parameter /pendo/a",
      "change  parameter /pendo/b",
      "create  parameter /pendo/c",
      `left    state ${state}, which --state restores`,
      "missing secret /sst/passphrase/pendo/production, to be set by hand",
    ],
    written: 2,
    missingSecrets: ["/sst/passphrase/pendo/production"],
  });
  expect(writes).toEqual(["/pendo/b", "/pendo/c"]);
  expect((await run()).written).toBe(0);
});

test("a dry run says the same, and writes nothing", async () => {
  const { lines, written } = await run({ dryRun: true, withState: true });
  expect(lines).toEqual(
    expect.arrayContaining(["would change  parameter /pendo/b", "would create  parameter /pendo/c", `would create  state ${state}`]),
  );
  expect(written).toBe(3);
  expect(writes).toEqual([]);
});

test("states are written back where that is asked for, unless they are the same", async () => {
  await run({ withState: true });
  expect(states.get(state)).toEqual(copy);
  writes = [];
  expect((await run({ withState: true })).lines).toContain(`same    state ${state}`);
  expect(writes).toEqual([]);
});

test("a damaged copy stops everything before anything is written", async () => {
  const damaged = run({ withState: true, copyOf: async () => Buffer.from("{}") });
  await expect(damaged).rejects.toThrow(`The backup is damaged: its copy of ${state} is not what was written. Nothing was changed.`);
  expect(writes).toEqual([]);
});

const dir = mkdtempSync(path.join(tmpdir(), "pendo-config-"));
afterAll(() => rmSync(dir, { recursive: true, force: true }));
const file = (name: string, content: string): string => {
  writeFileSync(path.join(dir, name), content);
  return path.join(dir, name);
};

test.each([
  [[], /^--from is missing: the backup\.json to restore from\. There are --from FILE, --dry-run and --state\.\n$/],
  [["--form", "x"], /^Unknown option '--form'\. There are --from, --dry-run, --state\.\n$/],
  [["--from", "/nowhere/backup.json"], /^--from \/nowhere\/backup\.json can't be read: ENOENT\.\n$/],
  [["--from", file("text.json", "text")], /^--from .*text\.json can't be read: it is not JSON\.\n$/],
  [
    ["--from", file("other.json", '{"version":2}')],
    /^--from .*other\.json is no backup of the configuration: version is of another version [^\n]*\.\n$/,
  ],
])("npm run config:restore -- %j says in one line what is wrong", async (args, said) => {
  const { code, stdout, stderr } = await runScript("configRestore", args);
  expect(stderr).toMatch(said);
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
});

test("npm run config:restore names a copy that is missing before it asks any account", async () => {
  const { code, stderr } = await runScript("configRestore", ["--from", file("backup.json", JSON.stringify(document)), "--state"]);
  expect(stderr).toMatch(/^The backup is not whole: beside .*backup\.json there is no state\/app\/pendo\/production\.json\.\n$/);
  expect(code).toBe(1);
});
