#!/usr/bin/env node
// `npm test`: the static checks, then the tests, step by step and with the time of each. Arguments go to vitest.
//
// A newcomer gets what it takes to trust the product. The AWS side needs SST's platform, which is 330 MB: it is tested where the platform lies
// in .sst/ already. PENDO_TEST=all, as in .ci/run, fetches it and leaves nothing out.
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const runner = path.join(root, "scripts/run.mjs");
const isAll = process.env.PENDO_TEST === "all";
const hasPlatform = isAll || existsSync(path.join(root, ".sst/platform/node_modules/@pulumi/pulumi"));
const files = readdirSync(path.join(root, "packages"), { recursive: true }).map(String);
const count = (kind) => files.filter((file) => file.endsWith(`.${kind}.test.ts`) && !file.includes("node_modules")).length;

const steps = [
  ...(hasPlatform ? [["SST's platform", "packages/infra/src/platform.ts"]] : []),
  ["types", "tsc", "-p", "."],
  ...(hasPlatform ? [["types of the AWS side", "tsc", "-p", "stacks"]] : []),
  ["lint", "oxlint", ...(hasPlatform ? [] : ["--ignore-pattern", "stacks/**", "--ignore-pattern", "sst.config.ts"])],
  ["format", "oxfmt", "--check"],
  ["dead code", "knip"],
  ["tests", "vitest", "run", ...process.argv.slice(2)],
];
if (!hasPlatform) {
  console.log("\n!!! The AWS side is NOT tested: SST's platform is not here. It takes 330 MB; PENDO_TEST=all npm test fetches it.\n");
}

let status = 0;
for (const [name, ...command] of steps) {
  const startedMs = Date.now();
  console.log(`=== ${name}`);
  const env = { ...process.env, PENDO_AWS_TESTS: isAll ? "all" : hasPlatform ? "some" : "none" };
  status = spawnSync(process.execPath, [runner, ...command], { cwd: root, stdio: "inherit", env }).status ?? 1;
  console.log(`=== ${name}: ${((Date.now() - startedMs) / 1000).toFixed(0)} s${status === 0 ? "" : ", FAILED"}`);
  if (status !== 0) break;
}

const left = [
  `${count("slow")} slow test files (npm run test:slow)`,
  ...(hasPlatform ? [] : [`the AWS side (${count("infra")} files)`]),
  ...(hasPlatform && !isAll ? [`bundles and broken input of the AWS side (${count("all.infra")} files, PENDO_TEST=all npm test)`] : []),
];
console.log(`\nLeft out, and run by .ci/run: ${left.join(", ")}.`);
process.exit(status);
