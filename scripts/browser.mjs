#!/usr/bin/env node
// Runs the tests in a real browser, which `npm test` leaves out. Arguments go to vitest: npm run test:browser -- reference
import { spawnSync } from "node:child_process";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { commandLine } from "./commandLine.mjs";

const args = commandLine({
  name: "test:browser",
  about: "Opens the pages of a running Pendo in Chromium, uses them, and checks their accessibility with axe.",
  rest: "paths, or options of vitest",
  settings: { CHROMIUM: "the path of the browser; without it, chromium, chromium-browser or google-chrome of the PATH" },
  examples: ["npm run test:browser -- packages/scripts/src/browser/pages.browser.test.ts"],
});
const runner = path.join(path.dirname(fileURLToPath(import.meta.url)), "run.mjs");
const { status } = spawnSync(process.execPath, [runner, "vitest", "run", "--project", "browser", ...args], {
  stdio: "inherit",
  env: { ...process.env, PENDO_BROWSER_TESTS: "1" },
});
process.exit(status ?? 1);
