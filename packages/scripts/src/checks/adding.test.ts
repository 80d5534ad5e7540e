import { expect, test } from "vitest";
import { changed, stepsOf } from "./adding.ts";

test("the steps of a page are its numbered paths with their blocks, and its commands", () => {
  const page = "## A\n\n1. `a.ts`: new.\n\n   ```ts\n   const a = {\n     b: 1,\n   };\n   ```\n\n2. `npm run b` does it.\n\n## B\n";

  expect(stepsOf(page)).toEqual([
    { kind: "file", file: "a.ts", text: "const a = {\n  b: 1,\n};\n" },
    { kind: "command", command: "npm run b" },
  ]);
});

test("a diff adds and replaces lines where its context is", () => {
  expect(changed("a\nb\nc = { d }\n", " a\n+a2\n@@\n-c = { …\n+c = { x, …\n", "f")).toBe("a\na2\nb\nc = { x, d }\n");
});

test("a diff whose context is not there once is refused by the name of the file", () => {
  expect(() => changed("a\nb\n", " c\n+d\n", "f.ts")).toThrow('f.ts: "c" is there not once.');
  expect(() => changed("a\na\n", " a\n+d\n", "f.ts")).toThrow('f.ts: "a" is there more than once.');
});
