import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { CONSOLE_SECRET_FILE, consoleSecret, readConsoleSecret } from "./consoleSecret.ts";

let dataDir: string;
beforeEach(() => (dataDir = mkdtempSync(path.join(tmpdir(), "pendo-secret-"))));
afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

const file = (): string => path.join(dataDir, CONSOLE_SECRET_FILE);
const mode = (): number => statSync(file()).mode & 0o777;

test("the first start makes the secret, only its owner can read it, and later starts keep it", () => {
  expect(readConsoleSecret(dataDir)).toBeUndefined();

  const secret = consoleSecret(dataDir);

  expect(secret).toMatch(/^[\w-]{32}$/);
  expect(readFileSync(file(), "utf8")).toBe(`${secret}\n`);
  expect([consoleSecret(dataDir), readConsoleSecret(dataDir)]).toEqual([secret, secret]);
  if (process.platform !== "win32") expect(mode()).toBe(0o600);
});

test("a copy that others could read is closed again", () => {
  const secret = consoleSecret(dataDir);
  chmodSync(file(), 0o644);

  expect(consoleSecret(dataDir)).toBe(secret);

  if (process.platform !== "win32") expect(mode()).toBe(0o600);
});

test("an empty or damaged file opens nothing: the next start makes a new secret", () => {
  for (const damaged of ["", "\n", "short\n"]) {
    writeFileSync(file(), damaged);
    expect(readConsoleSecret(dataDir)).toBeUndefined();
    expect(consoleSecret(dataDir)).toMatch(/^[\w-]{32}$/);
  }
});
