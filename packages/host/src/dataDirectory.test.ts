import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { narrow } from "./dataDirectory.ts";

const parent = mkdtempSync(join(tmpdir(), "pendo-modes-"));
afterAll(() => rmSync(parent, { recursive: true, force: true }));

test.each([
  [0o755, 0o700],
  [0o777, 0o700],
  [0o2770, 0o2700],
])("a data directory with mode %o is narrowed to its owner, with one line", (before, after) => {
  const dir = join(parent, before.toString(8));
  mkdirSync(dir);
  chmodSync(dir, before);
  const lines: string[] = [];

  narrow(dir, (line) => void lines.push(line));
  narrow(dir, (line) => void lines.push(line));

  expect((statSync(dir).mode & 0o7777).toString(8)).toBe(after.toString(8));
  expect(lines).toEqual([expect.stringMatching(new RegExp(`^The data directory ${dir} was open to other users \\(0\\d+\\)\\.`))]);
});
