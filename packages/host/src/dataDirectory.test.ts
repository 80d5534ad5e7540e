import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { nobody } from "@pendo/local/db/postgresBinaries";
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

test.runIf(process.getuid?.() === 0)("the user that PostgreSQL runs as still passes through, and other users do not", () => {
  const dir = join(parent, "passed-through");
  mkdirSync(dir);
  chownSync(dir, 0, nobody);
  const lines: string[] = [];

  for (const mode of [0o755, 0o710]) {
    chmodSync(dir, mode);
    narrow(dir, (line) => void lines.push(line));
    expect((statSync(dir).mode & 0o777).toString(8)).toBe("710");
  }

  expect(lines).toHaveLength(1);
});
