#!/usr/bin/env node
// Runs the slow tests, which `npm test` leaves out. Arguments go to vitest: npm run test:slow -- packages/host
import { spawnSync } from "node:child_process";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { commandLine } from "./commandLine.mjs";

const args = commandLine({
  name: "test:slow",
  about: "Runs the tests that take minutes, one file at a time: simulations, many restarts, fuzzing.",
  rest: "paths, or options of vitest",
  examples: ["npm run test:slow -- packages/host"],
});
const runner = path.join(path.dirname(fileURLToPath(import.meta.url)), "run.mjs");
const { status } = spawnSync(process.execPath, [runner, "vitest", "run", "--project", "slow", ...args], {
  stdio: "inherit",
  env: { ...process.env, PENDO_SLOW_TESTS: "1" },
});
process.exit(status ?? 1);
