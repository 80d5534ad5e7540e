import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, describe, expect, test } from "vitest";
import { startHost } from "../e2e/childHost.ts";

const root = path.resolve(import.meta.dirname, "../../../..");
const read = (file: string): string => readFileSync(path.join(root, file), "utf8");
const readme = read("README.md");

interface Piece {
  readonly commands: string;
  /** What the page says that they print. */
  readonly prints: string;
}

/** The walk's pieces as the page shows them: each block of commands, with the block of output after it where there is one. */
function piecesOf(page: string): Piece[] {
  const section = /^## A walk .*\n([^]*?)^## /m.exec(page)?.[1] ?? "";
  const blocks = [...section.matchAll(/^```(sh|text)\n([^]*?)^```$/gm)].map(([, kind, content = ""]) => ({ kind, content }));
  return blocks.flatMap(({ kind, content }, i) => {
    const after = blocks[i + 1];
    return kind === "sh" ? [{ commands: content, prints: after?.kind === "text" ? after.content : "" }] : [];
  });
}

const pieces = piecesOf(readme);
const directories = (process.env["PATH"] ?? "").split(path.delimiter);
const hasTools = ["bash", "curl"].every((tool) => directories.some((directory) => existsSync(path.join(directory, tool))));
if (!hasTools) process.stderr.write("\n!!! bash or curl not found: the walk of README.md did NOT run. Install them. !!!\n\n");

test("docs/walk.sh is the walk of README.md in one piece", () => {
  expect(pieces.length).toBeGreaterThan(5);
  const [, ...paragraphs] = read("docs/walk.sh").split("\n\n");
  expect(pieces.map(({ commands }) => commands).join("\n")).toBe(paragraphs.join("\n\n"));
});

const tools = hasTools ? "bash and curl" : "bash and curl, which are NOT here";

describe.skipIf(!hasTools)(`with ${tools}`, () => {
  const dataDir = mkdtempSync(path.join(tmpdir(), "pendo-walk-"));
  afterAll(() => rmSync(dataDir, { recursive: true, force: true }));

  test("the walk of README.md prints what README.md says", async () => {
    const host = await startHost({ PORT: "0", PENDO_DATA: dataDir });
    try {
      const mark = "\u0001";
      const script = ["set -euo pipefail\n", ...pieces.map(({ commands }) => `${commands}printf '${mark}'\n`)].join("");
      const { stdout, stderr } = await bash(script, { PENDO_URL: host.url, PENDO_DATA: dataDir });
      // What went wrong on the way is said beside what was printed.
      expect({ printed: stdout.split(mark), stderr }).toEqual({
        printed: [...pieces.map(({ prints }) => prints), ""],
        stderr: expect.not.stringMatching(/error(?!: 409)/i) as string,
      });
    } finally {
      await host.kill("SIGINT");
    }
  }, 120_000);
});

async function bash(script: string, environment: Readonly<Record<string, string>>): Promise<{ stdout: string; stderr: string }> {
  const child = spawn("bash", ["-c", script], { cwd: root, env: { ...process.env, ...environment }, stdio: ["ignore", "pipe", "pipe"] });
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "exit")]);
  return { stdout, stderr };
}

test("every link of the pages leads to a file", () => {
  const pages = [
    "README.md",
    "CONTRIBUTING.md",
    ...readdirSync(path.join(root, "docs"))
      .filter((name) => name.endsWith(".md"))
      .map((name) => `docs/${name}`),
  ];
  const links = pages.flatMap((page) => [...read(page).matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map(([, to = ""]) => ({ page, to })));
  expect(links.length).toBeGreaterThan(20);
  expect(links.filter(({ page, to }) => !existsSync(path.join(root, path.dirname(page), to)))).toEqual([]);
});

test("docs/data.md has a line about every table, and about no other", () => {
  const directory = path.join(root, "packages/core/migrations");
  const made = readdirSync(directory).flatMap((file) =>
    [...read(`packages/core/migrations/${file}`).matchAll(/^create table (\w+)/gm)].map(([, name]) => name),
  );
  const told = [...read("docs/data.md").matchAll(/^\| `(\w+)` \|/gm)].map(([, name]) => name);
  expect(made.length).toBeGreaterThan(30);
  expect(told.toSorted()).toEqual(made.toSorted());
});

test("README.md names every setting of the one-machine host", () => {
  const settings = [...read("packages/host/src/configuration.ts").matchAll(/^ {2}([A-Z][A-Z_]+): /gm)].map(([, name]) => name);
  const told = [...readme.matchAll(/^\| `([A-Z][A-Z_]+)` \|/gm)].map(([, name]) => name).filter((name) => name !== "OPENSEARCH_URL");
  expect(settings.length).toBeGreaterThan(3);
  expect(told.toSorted()).toEqual(settings.toSorted());
});
