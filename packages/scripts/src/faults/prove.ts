import { execFile } from "node:child_process";
import { cp, mkdtemp, readFile, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { type Fault, root } from "./faults.ts";

const run = promisify(execFile);
const OUTPUT_BYTES_MAX = 64 * 1024 * 1024;

export interface Proof {
  readonly isProven: boolean;
  /** One line: what failed, or why the patch proves nothing. */
  readonly finding: string;
}

/** A copy of the committed and uncommitted files, with modules of its own, in which a patch does no harm. */
export async function scratchTree(): Promise<{ dir: string; remove(): Promise<void> }> {
  const dir = await mkdtemp(path.join(tmpdir(), "pendo-faults-"));
  const { stdout } = await run("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], {
    cwd: root,
    maxBuffer: OUTPUT_BYTES_MAX,
  });
  for (const file of stdout.split("\0").filter(Boolean)) await cp(path.join(root, file), path.join(dir, file)).catch(onlyIfGone);
  // Links of workspaces are relative, so the copy finds its own packages. Nothing writes into the other modules.
  await run("cp", ["-al", path.join(root, "node_modules"), path.join(dir, "node_modules")]);
  await symlink(path.join(root, ".sst"), path.join(dir, ".sst"));
  return { dir, remove: async () => rm(dir, { recursive: true, force: true }) };
}

// A file that is removed and not yet committed is still listed.
function onlyIfGone(error: NodeJS.ErrnoException): void {
  if (error.code !== "ENOENT") throw error;
}

/** Applies the fault's patch in `dir`, runs the test files it names, expects the named tests to fail and no others, and takes the patch back. */
export async function prove(fault: Fault, dir: string): Promise<Proof> {
  if (fault.patch === "" || fault.tests.length === 0) return { isProven: false, finding: "has no test or no patch" };
  const applied = await git(dir, ["apply", "-C1", fault.patch]);
  if (applied !== "") return { isProven: false, finding: `the patch does not apply: ${applied}` };
  const failed = await failedTests(fault, dir);
  const reversed = await git(dir, ["apply", "-C1", "-R", fault.patch]);
  if (reversed !== "") throw new Error(`${fault.patch} could not be taken back: ${reversed}`);
  return verdict(fault, failed);
}

function verdict(fault: Fault, failed: ReadonlySet<string>): Proof {
  const wanted = new Set(fault.tests.map(({ file, name }) => `${file} > ${name}`));
  const silent = [...wanted].filter((name) => !failed.has(name));
  const mayFail = fault.tests.flatMap(({ file }) => (fault.mayFail ?? []).map((name) => `${file} > ${name}`));
  const others = [...failed].filter((name) => !wanted.has(name) && !mayFail.includes(name));
  if (silent.length > 0) return { isProven: false, finding: `does not fail with the fault: ${silent.join("; ")}` };
  if (others.length > 0) return { isProven: false, finding: `fails besides: ${others.join("; ")}` };
  return { isProven: true, finding: `${wanted.size} failed, as it must` };
}

interface Report {
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly message: string;
    readonly assertionResults: readonly { readonly ancestorTitles: string[]; readonly title: string; readonly status: string }[];
  }[];
}

async function failedTests(fault: Fault, dir: string): Promise<Set<string>> {
  const report = path.join(dir, "faults-report.json");
  const files = [...new Set(fault.tests.map(({ file }) => file))];
  const args = ["scripts/run.mjs", "vitest", "run", ...files, "--reporter=json", `--outputFile.json=${report}`];
  const env = { ...process.env, PENDO_SLOW_TESTS: "1" };
  // A failed test ends vitest with an error: what failed is in the report.
  await run(process.execPath, args, { cwd: dir, env, maxBuffer: OUTPUT_BYTES_MAX }).catch(() => undefined);
  const { testResults } = JSON.parse(await readFile(report, "utf8")) as Report;
  await rm(report);
  const failed = new Set<string>();
  for (const { name, status, message, assertionResults } of testResults) {
    const file = path.relative(dir, name);
    if (status === "failed" && assertionResults.length === 0) failed.add(`${file} > (does not load: ${message.split("\n")[0] ?? ""})`);
    for (const one of assertionResults) {
      if (one.status === "failed") failed.add([file, ...one.ancestorTitles, one.title].join(" > "));
    }
  }
  return failed;
}

/** What git says of a failure; empty where it succeeded. */
async function git(dir: string, args: readonly string[]): Promise<string> {
  try {
    await run("git", [...args], { cwd: dir });
    return "";
  } catch (error) {
    return (error as { stderr?: string }).stderr?.trim() || String(error);
  }
}
