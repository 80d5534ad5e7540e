import { mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { makeDirectory } from "./makeDirectory.ts";

const root = mkdtempSync(path.join(os.tmpdir(), "pendo-make-"));
beforeAll(() => {
  writeFileSync(path.join(root, "file"), "a file");
  mkdirSync(path.join(root, "real"));
  symlinkSync(path.join(root, "gone"), path.join(root, "dead"));
  symlinkSync(path.join(root, "circle"), path.join(root, "circle"));
  symlinkSync(path.join(root, "real"), path.join(root, "alive"));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

test("a directory is made with all that is missing above it, also behind a link, and an old one is left as it is", () => {
  for (const name of ["new/a/b", "alive/c", "new/a/b"]) makeDirectory(path.join(root, name));

  expect(["new/a/b", "real/c"].map((name) => statSync(path.join(root, name)).isDirectory())).toEqual([true, true]);
});

test.each([
  ["a file", "file", /file is a file\.$/],
  ["a place below a file", "file/a/b", /file is a file\.$/],
  ["a link to nothing", "dead/a", /dead is a link to nothing\.$/],
  ["links in a circle", "circle/a", /its links lead in a circle\.$/],
  ["a name that is too long", "x".repeat(300), /the name is too long\.$/],
])("%s is refused with one line that says why", (_what, name, why) => {
  const directory = path.join(root, name);

  expect(() => makeDirectory(directory)).toThrow(expect.objectContaining({ name: "PostgresStartError", problem: "notWritable" }) as Error);

  expect(() => makeDirectory(directory)).toThrow(why);
});

test.runIf(process.platform === "linux")("a file system that takes no directories is refused at once", () => {
  expect(() => makeDirectory("/proc/pendo/data")).toThrow(/\/proc\/pendo\/data cannot be made: that place takes no directories\.$/);
});
