import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import { afterAll, expect, test } from "vitest";
import { scratchTree } from "../faults/prove.ts";
import { applyStep, stepsOf } from "./adding.ts";

const run = promisify(execFile);
const page = readFileSync(path.resolve(import.meta.dirname, "../../../../docs/adding.md"), "utf8");
const steps = stepsOf(page);
const checks = /^## Check\n[^]*?^```sh\n([^]*?)^```$/m.exec(page)?.[1]?.trim().split("\n") ?? [];

const tree = await scratchTree();
afterAll(() => tree.remove());

/** Runs a command of the page in the copy. @returns what it printed, with its exit code */
async function shell(command: string): Promise<{ code: number; output: string }> {
  try {
    const { stdout, stderr } = await run("sh", ["-c", command], { cwd: tree.dir, maxBuffer: 64 * 1024 * 1024 });
    return { code: 0, output: stdout + stderr };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return { code, output: stdout + stderr };
  }
}

// In the order of the page: a later one builds on the ones before.
test("each step of docs/adding.md can be carried out as it is printed", async () => {
  expect(steps.length).toBeGreaterThan(25);
  for (const step of steps) {
    if (step.kind === "command") expect(await shell(step.command)).toMatchObject({ code: 0 });
    else applyStep(step, tree.dir);
  }
});

test.for(checks)("what docs/adding.md prints passes: %s", { timeout: 1_800_000 }, async (command) => {
  const { code, output } = await shell(command);

  expect({ code, said: code === 0 ? "" : output.slice(-4000) }).toEqual({ code: 0, said: "" });
});
