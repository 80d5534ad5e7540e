import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, describe, expect, test } from "vitest";
import { settings } from "@pendo/host/configuration";
import { startHost } from "../e2e/childHost.ts";

const root = path.resolve(import.meta.dirname, "../../../..");
const read = (file: string): string => readFileSync(path.join(root, file), "utf8");
const walk = read("docs/walk.md");

interface Piece {
  readonly heading: string;
  readonly commands: string;
  /** What the page says that they print. */
  readonly prints: string;
}

/** The walk's pieces as the page shows them: each block of commands, with the block of output after it where there is one. */
function piecesOf(page: string): Piece[] {
  return page
    .split(/^## /m)
    .slice(1)
    .flatMap((section) => {
      const [heading = ""] = section.split("\n", 1);
      const [commands] = blocksOf(section, "sh");
      return commands === undefined ? [] : [{ heading, commands, prints: blocksOf(section, "text")[0] ?? "" }];
    });
}

function blocksOf(section: string, kind: string): string[] {
  return [...section.matchAll(new RegExp(`^\`\`\`${kind}\n([^]*?)^\`\`\`$`, "gm"))].map(([, content = ""]) => content);
}

const pieces = piecesOf(walk);
const directories = (process.env["PATH"] ?? "").split(path.delimiter);
const hasTools = ["bash", "curl"].every((tool) => directories.some((directory) => existsSync(path.join(directory, tool))));
if (!hasTools) process.stderr.write("\n!!! bash or curl not found: the walk of docs/walk.md did NOT run. Install them. !!!\n\n");

test("docs/walk.sh is the walk of docs/walk.md in one piece, and prints its headings", () => {
  expect(pieces.length).toBeGreaterThan(5);
  expect(blocksOf(walk, "sh")).toHaveLength(pieces.length);
  const [head = ""] = read("docs/walk.sh").split("printf", 1);
  const body = pieces.map(({ heading, commands }) => `printf '\\n== %s\\n' '${heading}'\n${commands}`).join("\n");
  expect(read("docs/walk.sh")).toBe(head + body);
});

test("README.md has at most 150 lines, and shows the demo and the console before any diagram", () => {
  const readme = read("README.md");
  expect(readme.split("\n").length).toBeLessThanOrEqual(151);
  const pictures = [...readme.matchAll(/^!\[[^\]]*\]\(([^)]+)\)/gm)].map(([, file]) => file);
  expect(pictures.slice(0, 2)).toEqual(["docs/demo.svg", "docs/pictures/console.png"]);
});

const tools = hasTools ? "bash and curl" : "bash and curl, which are NOT here";

describe.skipIf(!hasTools)(`with ${tools}`, () => {
  const dataDir = mkdtempSync(path.join(tmpdir(), "pendo-walk-"));
  afterAll(() => rmSync(dataDir, { recursive: true, force: true }));

  test("docs/walk.sh without a Pendo says which address it tried", async () => {
    const { stdout, stderr } = await bash("docs/walk.sh", { PENDO_URL: "http://127.0.0.1:1" });

    expect(stdout).toBe("Pendo at http://127.0.0.1:1\n");
    expect(stderr).toContain("No Pendo answers at http://127.0.0.1:1.");
  });

  test("the walk of docs/walk.md prints what docs/walk.md says", async () => {
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
  });
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
    "CHANGELOG.md",
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

test("docs/settings.md names every setting of the one-machine host", () => {
  const told = [...read("docs/settings.md").matchAll(/^\| `([A-Z][A-Z_]+)` \|/gm)].map(([, name]) => name);
  expect(told.toSorted()).toEqual(Object.keys(settings).toSorted());
});
