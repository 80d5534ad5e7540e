// Commands one after the other, each with its name and its time: what `npm test`, `npm run check` and `npm run test:aws` are made of.
import { spawnSync } from "node:child_process";
import path from "node:path";
import { fileURLToPath } from "node:url";

export const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

/** The static checks. Without SST's platform, the AWS side has no types to be checked against. */
export function checks({ platform }) {
  return {
    types: [
      ...(platform ? [["SST's platform", "packages/infra/src/platform.ts"]] : []),
      ["types", "tsc", "-p", "."],
      ...(platform ? [["types of the AWS side", "tsc", "-p", "stacks"]] : []),
    ],
    lint: [["lint", "oxlint", ...(platform ? [] : ["--ignore-pattern", "stacks/**", "--ignore-pattern", "sst.config.ts"])]],
    format: [["format", "oxfmt", "--check"]],
    knip: [["dead code", "knip"]],
  };
}

/**
 * Runs steps until one fails, each a name and what `scripts/run.mjs` takes.
 * @returns the exit code of the last one that ran
 */
export function runSteps(steps, env = {}) {
  for (const [name, ...command] of steps) {
    const startedMs = Date.now();
    console.log(`=== ${name}`);
    const { status } = spawnSync(process.execPath, [path.join(root, "scripts/run.mjs"), ...command], {
      cwd: root,
      stdio: "inherit",
      env: { ...process.env, ...env },
    });
    console.log(`=== ${name}: ${((Date.now() - startedMs) / 1000).toFixed(0)} s${status === 0 ? "" : ", FAILED"}`);
    if (status !== 0) return status ?? 1;
  }
  return 0;
}
