import { execFile } from "node:child_process";
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { readFaults, root } from "./faults.ts";

const run = promisify(execFile);
const faults = await readFaults();

test("every promise has an id of its own, a test and a patch", () => {
  expect(faults.length).toBeGreaterThan(50);
  expect(new Set(faults.map(({ id }) => id)).size).toBe(faults.length);
  expect(faults.filter(({ tests, patch }) => tests.length === 0 || patch === "").map(({ id }) => id)).toEqual([]);
});

test("every patch applies to the code as it is, and no patch is left over", async () => {
  const stale: string[] = [];
  for (const { id, patch } of faults.filter((fault) => fault.patch !== "")) {
    await run("git", ["apply", "-C1", "--check", patch], { cwd: root }).catch(() => stale.push(id));
  }
  const files = (await readdir(path.join(root, "faults"))).map((name) => `faults/${name}`);

  expect(stale).toEqual([]);
  expect(files.toSorted()).toEqual([...new Set(faults.map(({ patch }) => patch).filter(Boolean))].toSorted());
});

test("every test that a promise names is there", async () => {
  const missing: string[] = [];
  for (const { id, tests } of faults) {
    for (const { file, name } of tests) {
      const source = await readFile(path.join(root, file), "utf8").catch(() => "");
      // Names with a placeholder are filled in when they run, and cannot be looked up.
      const title = name.split(" > ").at(-1) ?? "";
      if (source === "" || !(source.includes(JSON.stringify(title).slice(1, -1)) || /test\.(each|for)|\$\{/.test(source)))
        missing.push(`${id}: ${file} > ${name}`);
    }
  }

  expect(missing).toEqual([]);
});
