import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { clearInterrupted } from "./setUp.ts";

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), "pendo-platform-"));
  mkdirSync(path.join(directory, "platform/node_modules/@pulumi"), { recursive: true });
  writeFileSync(path.join(directory, "platform.key"), "{}");
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

test("an interrupted installation of SST's platform is removed, with a line that says so", () => {
  writeFileSync(path.join(directory, "platform.installing"), "");
  writeFileSync(path.join(directory, "esbuild.json"), "{}");
  const said: string[] = [];

  clearInterrupted(directory, (line) => said.push(line));

  expect(readdirSync(directory).toSorted()).toEqual(["esbuild.json", "platform.installing"]);
  expect(said).toEqual(["The last installation of SST's platform did not finish; it begins again."]);
});

test("a whole platform stays", () => {
  clearInterrupted(directory, expect.unreachable);

  expect(existsSync(path.join(directory, "platform/node_modules"))).toBe(true);
});
