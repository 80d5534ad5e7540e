import { globSync, readFileSync } from "node:fs";
import path from "node:path";
import { openApi } from "@pendo/contract/openapi";
import { expect, test } from "vitest";
import { bannedInReference, proseOf, wordsFound } from "./words.ts";

const root = path.resolve(import.meta.dirname, "../../../..");
const read = (file: string): string => readFileSync(path.join(root, file), "utf8");

/** Pages that are not in plain English yet. Take a page off this list when it is. */
const unfinished: readonly string[] = ["benchmarks", "cost", "engine", "observability"].map((name) => `docs/${name}.md`);

const pages = ["README.md", "CHANGELOG.md", "CONTRIBUTING.md", ...globSync("docs/*.md", { cwd: root })].filter(
  (page) => !unfinished.includes(page),
);

test("a planted banned word is found, and a term of the glossary is none", () => {
  expect(wordsFound("Emails\nfor whoever asks, of whom nobody is told")).toHaveLength(4);
  expect(wordsFound("He answers.\nThe dead letters of a queue, at /v1/answers.")).toEqual(['line 1: "answers"; write: returns, responds']);
  expect(wordsFound("Change my language", bannedInReference)).toHaveLength(1);
  expect(wordsFound(proseOf("See `gone` and [a page](letter.md).\n```\nnobody\n```\nnobody"))).toEqual([expect.stringContaining("line 5")]);
});

test("the contract's sources hold no banned word", () => {
  const sources = globSync("packages/contract/src/**/*.ts", { cwd: root }).filter((file) => !file.endsWith(".test.ts"));

  const found = sources.flatMap((file) => wordsFound(read(file)).map((word) => `${file} ${word}`));

  expect(sources.length).toBeGreaterThan(50);
  expect(found).toEqual([]);
});

test("the comments of the contract have at most two lines of at most 120 characters", () => {
  const sources = globSync("packages/contract/src/**/*.ts", { cwd: root }).filter((file) => !file.endsWith(".test.ts"));

  const wide = sources.flatMap((file) =>
    read(file)
      .split("\n")
      .flatMap((line, at) => (/^\s*(\/\/|\/?\*)/.test(line) && line.length > 120 ? [`${file}:${at + 1}`] : [])),
  );
  const long = sources.filter((file) => /^\s*\/\*\*\n(\s*\* .*\n){3,}|^(\s*\/\/ .*\n){3,}/m.test(read(file)));

  expect(wide).toEqual([]);
  expect(long).toEqual([]);
});

test("the API reference holds no banned word, and calls its reader you", () => {
  const texts: string[] = [];
  const collect = (value: unknown): void => {
    if (typeof value !== "object" || value === null) return;
    for (const [key, inner] of Object.entries(value)) {
      if (typeof inner === "string" && /^(summary|description)$/.test(key)) texts.push(inner);
      else collect(inner);
    }
  };
  collect(openApi());

  expect(texts.length).toBeGreaterThan(300);
  expect([...new Set(texts)].filter((text) => wordsFound(proseOf(text), bannedInReference).length > 0)).toEqual([]);
});

test.each(pages)("%s holds no banned word", (page) => {
  // The glossary names in italics what not to write.
  const text = page === "docs/glossary.md" ? read(page).replaceAll(/\*[^*\n]+\*/g, "") : read(page);

  expect(wordsFound(proseOf(text))).toEqual([]);
});

test("README and CONTRIBUTING lead to the glossary", () => {
  for (const page of ["README.md", "CONTRIBUTING.md"]) expect(read(page)).toContain("](docs/glossary.md)");
});
