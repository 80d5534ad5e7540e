import { expect, test } from "vitest";
import { countsOf, lineOf, type Result } from "./results.ts";

const walked: Result = {
  language: "python",
  files: 412,
  steps: [
    { done: "generated", sec: 9 },
    { done: "compiled", sec: 2 },
    { done: "walked", sec: 5 },
  ],
};
const broken: Result = {
  language: "kotlin",
  files: 430,
  steps: [
    { done: "generated", sec: 8 },
    { done: "compiled", sec: 31, wrong: "error: unresolved reference" },
  ],
};

test("a line says what was done with a client, and how long it took", () => {
  expect(lineOf(walked)).toBe("python: 412 files, generated in 9 s, compiled in 2 s, walked in 5 s");
  expect(lineOf(broken)).toBe("kotlin: 430 files, generated in 8 s, NOT compiled in 31 s");
});

test("each step counts, and a step that went wrong counts as failed", () => {
  expect(countsOf([walked, broken])).toEqual({ passed: 4, failed: 1 });
});
