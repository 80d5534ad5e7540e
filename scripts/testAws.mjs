#!/usr/bin/env node
// `npm run test:aws`: tests the AWS side whole, after bringing SST's platform (330 MB, once). Arguments go to vitest.
import { commandLine } from "./commandLine.mjs";
import { runSteps } from "./steps.mjs";

const args = commandLine({
  name: "test:aws",
  about: "Fetches SST's platform (330 MB, once). Then it checks the types of the AWS side, evaluates its stages and tests them.",
  rest: "paths, or options of vitest",
});
const status = runSteps(
  [
    ["SST's platform", "packages/infra/src/platform.ts"],
    ["types of the AWS side", "tsc", "-p", "stacks"],
    ["lint of the AWS side", "oxlint", "stacks", "sst.config.ts"],
    ["tests of the AWS side", "vitest", "run", "--project", "infra", ...args],
  ],
  { PENDO_AWS_TESTS: "all" },
);
process.exit(status);
