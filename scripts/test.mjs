#!/usr/bin/env node
// `npm test`: the static checks, then the tests, step by step and with the time of each. With a path: its tests alone.
//
// A newcomer gets what it takes to trust the product. The AWS side needs SST's platform, which is 330 MB: where it lies in .sst/ already, its
// types are checked and each stage is evaluated; `npm run test:aws` fetches it and tests the AWS side whole.
import { existsSync, readdirSync } from "node:fs";
import path from "node:path";
import { commandLine } from "./commandLine.mjs";
import { checks, root, runSteps } from "./steps.mjs";

const args = commandLine({
  name: "test",
  about:
    "Runs the static checks, and then all tests except the slow ones. With a path, it runs only the tests of that path, without the checks.",
  rest: "paths, or options of vitest",
  settings: { PENDO_SEED: "the seed of random inputs; each run prints its own" },
  examples: ["npm test -- packages/core/src/swipes/swipes.test.ts", "npm run test:watch -- packages/core/src/swipes", "npm run test:slow"],
});

// `--name value`: a value is no path.
const hasPath = args.some((argument, i) => !argument.startsWith("-") && !/^-[^=]*$/.test(args[i - 1] ?? ""));
// A slow test, or one in a browser, runs when it is asked for by its name.
const isAsked = (kind) => args.some((argument) => argument.endsWith(`.${kind}.test.ts`));
const kinds = { ...(isAsked("slow") && { PENDO_SLOW_TESTS: "1" }), ...(isAsked("browser") && { PENDO_BROWSER_TESTS: "1" }) };
if (hasPath) process.exit(runSteps([["tests", "vitest", "run", ...args]], kinds));

const hasPlatform = existsSync(path.join(root, ".sst/platform/node_modules/@pulumi/pulumi"));
const files = readdirSync(path.join(root, "packages"), { recursive: true }).map(String);
const count = (kind) => files.filter((file) => file.endsWith(`.${kind}.test.ts`) && !file.includes("node_modules")).length;

if (!hasPlatform) {
  console.log("\n!!! The AWS side is NOT tested: SST's platform is not here. It takes 330 MB; npm run test:aws fetches it.\n");
}
const steps = Object.values(checks({ platform: hasPlatform })).flat();
const status = runSteps(steps) || runSteps([["tests", "vitest", "run", ...args]], { PENDO_AWS_TESTS: hasPlatform ? "some" : "none" });

const left = [
  `${count("slow")} slow test files (npm run test:slow)`,
  `${count("browser")} test files in a browser (npm run test:browser)`,
  hasPlatform
    ? `bundles and broken input of the AWS side (${count("all.infra")} files, npm run test:aws)`
    : `the AWS side (${count("infra")} files, npm run test:aws)`,
];
console.log(`\nLeft out, and run by .ci/run: ${left.join(", ")}.`);
process.exit(status);
