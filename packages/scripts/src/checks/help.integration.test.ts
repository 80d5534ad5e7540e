import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";

const root = path.resolve(import.meta.dirname, "../../../..");
const { scripts } = JSON.parse(readFileSync(path.join(root, "package.json"), "utf8")) as { scripts: Record<string, string> };
const run = promisify(execFile);

/** What a library brings has that library's help. */
const tools = ["lint", "format", "format:check", "knip", "vitest", "test:watch"];
const commands = Object.entries(scripts).filter(([name]) => !tools.includes(name));
const SCREEN = { lines: 40, columns: 100 };

const helpOf = async (command: string): Promise<string> => {
  const { stdout } = await run("sh", ["-c", `${command} --help`], { cwd: root, timeout: 120_000 });
  return stdout;
};

describe("each command of package.json answers --help on one screen", () => {
  test.for(commands)("%s", async ([name, command]) => {
    const help = await helpOf(command);

    const lines = help.split("\n");
    expect(lines[0]).toMatch(/^npm (run )?[a-z:]+( -- \[\w+\])?$/);
    expect(lines[0]).toContain(name === "typecheck" ? "check" : name);
    expect(help).toContain("--help");
    expect(lines.length).toBeLessThanOrEqual(SCREEN.lines);
    expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(SCREEN.columns);
  });
});

test.for(tools)("%s prints the help of its library", async (name) => {
  expect(await helpOf(scripts[name] ?? "")).toMatch(/usage|options/i);
});

test("docs/commands.md names each command", () => {
  const page = readFileSync(path.join(root, "docs/commands.md"), "utf8");

  const missing = Object.keys(scripts).filter((name) => !page.includes(name === "start" || name === "test" ? `npm ${name}` : name));

  expect(missing).toEqual([]);
});
