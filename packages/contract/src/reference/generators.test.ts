import { expect, test } from "vitest";
import { openApi } from "../openapi.ts";
import type { Schema } from "./jsonSchema.ts";

// Each test names what some generator makes no working code of. `npm run clients:generated` asks the generator itself.
const everySchema = schemasIn(openApi(), "");

/** Every object of the document, with its path. Examples are no schemas. */
function schemasIn(value: unknown, path: string): { path: string; schema: Schema }[] {
  if (typeof value !== "object" || value === null) return [];
  const inner = Object.entries(value).filter(([key]) => !["example", "examples", "default"].includes(key));
  return [{ path, schema: value as Schema }, ...inner.flatMap(([key, one]) => schemasIn(one, `${path}/${key}`))];
}

const pathsOf = (isWrong: (schema: Schema) => boolean): string[] =>
  everySchema.filter(({ schema }) => isWrong(schema)).map(({ path }) => path);
const listOf = (value: unknown): Schema[] => (Array.isArray(value) ? (value as Schema[]) : []);

test("the document has unions, constants and numbers to look at", () => {
  expect(pathsOf(({ oneOf }) => oneOf !== undefined)).toContain("/components/schemas/Change");
  expect(pathsOf((schema) => schema["const"] === "match")).not.toEqual([]);
  expect(pathsOf(({ type }) => type === "number")).not.toEqual([]);
});

test("anyOf only says that a value may be null", () => {
  expect(pathsOf(({ anyOf }) => anyOf !== undefined && !listOf(anyOf).some(({ type }) => type === "null"))).toEqual([]);
});

test("each member of a union has a name of its own, after which generators name its type", () => {
  const titles = everySchema.flatMap(({ schema }) => listOf(schema["oneOf"]).map(({ title }) => title));

  expect(titles.length).toBeGreaterThan(20);
  expect(titles.filter((title) => typeof title !== "string")).toEqual([]);
  expect(new Set(titles).size).toBe(titles.length);
});

test("each problem response has a name, after which generators name its type", () => {
  const problems = Object.entries(openApi().components.responses).filter(([, { content }]) => content !== undefined);

  expect(problems.length).toBeGreaterThan(30);
  for (const [name, { content = {} }] of problems) {
    expect(Object.values(content).map(({ schema }) => schema["title"])).toEqual([`${name}Problem`]);
  }
});

test("constants and enumerations have texts", () => {
  const values = everySchema.flatMap(({ schema }) => ("const" in schema ? [schema["const"]] : listOf(schema["enum"])));

  expect(values.filter((value) => typeof value !== "string")).toEqual([]);
});

test("each number of a body or parameter is an int32, an int64 or a double", () => {
  const numbers = everySchema.filter(({ path, schema }) => /^(integer|number)$/.test(String(schema["type"])) && !/headers/.test(path));

  expect(numbers.length).toBeGreaterThan(50);
  expect(numbers.filter(({ schema }) => !/^(int32|int64|double)$/.test(String(schema["format"]))).map(({ path }) => path)).toEqual([]);
});

test("a schema has at most one pattern", () => {
  expect(pathsOf(({ allOf }) => listOf(allOf).some((part) => "pattern" in part))).toEqual([]);
});
