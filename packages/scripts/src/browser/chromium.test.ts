import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, expect, test } from "vitest";
import { findChromium, withoutChromium } from "./chromium.ts";

const directory = mkdtempSync(path.join(tmpdir(), "pendo-chromium-"));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

function program(name: string, mode = 0o755): string {
  const file = path.join(directory, name);
  writeFileSync(file, "#!/bin/sh\n", { mode });
  return file;
}

test("the browser is the one that CHROMIUM names, or a Chromium of the PATH, and Chromium comes before Chrome", () => {
  const searchPath = ["", "/nowhere", directory].join(path.delimiter);
  expect(findChromium({ PATH: searchPath })).toBeUndefined();
  expect(findChromium({})).toBeUndefined();

  const chrome = program("google-chrome");
  expect(findChromium({ PATH: searchPath })).toBe(chrome);
  const chromium = program("chromium");
  expect(findChromium({ PATH: searchPath })).toBe(chromium);
  const own = program("own-browser");
  expect(findChromium({ PATH: searchPath, CHROMIUM: own })).toBe(own);
});

test("a wrong CHROMIUM is no browser, and a run says so instead of taking another", () => {
  const searchPath = path.dirname(program("chromium"));
  const text = program("text", 0o644);

  for (const named of [text, path.join(directory, "missing")]) {
    expect(findChromium({ PATH: searchPath, CHROMIUM: named })).toBeUndefined();
    expect(withoutChromium("the tests of /docs", { CHROMIUM: named })).toContain(
      `CHROMIUM names no program: ${named}: the tests of /docs did NOT run`,
    );
  }
});

test("a run without Chromium says which tests did not run, and what to install", () => {
  const said = withoutChromium("the tests of /docs", {});

  expect(said).toMatch(/^\n!!! chromium, .* not found: the tests of \/docs did NOT run in a browser\. Install chromium, .* !!!\n\n$/);
});
