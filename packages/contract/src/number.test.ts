import { expect, test } from "vitest";
import { everyRoute } from "./everyRoute.ts";
import { inlinedOpenApi } from "./reference/inlined.fixture.ts";

const { paths } = inlinedOpenApi();

const numbers = everyRoute().flatMap(({ noun, name, spec }) => {
  const [method = "", path = ""] = spec.at.split(" ");
  const parameters = paths[path]?.[method.toLowerCase()]?.parameters ?? [];
  return parameters
    .filter(({ schema }) => schema["type"] === "integer" || schema["type"] === "number")
    .map((parameter) => ({ field: `${noun}.${name} ${parameter.name}`, ...parameter, spec }));
});

test("the queries of the contract hold numbers, each described as an integer with its bounds", () => {
  expect(numbers.length).toBeGreaterThan(15);
  for (const { schema } of numbers)
    expect(schema).toMatchObject({ type: "integer", minimum: expect.any(Number), maximum: expect.any(Number) });
});

test("a number in a query is decimal digits: anything else is refused, an empty one too, and the field is named", () => {
  const wrong = ["", "0x10", "0b1", "1e1", " 5", "5 ", "+5", "-1", "5.0", "5,6", "٥", "Infinity", "9".repeat(17)];

  const taken = numbers.flatMap(({ field, name, schema, spec }) => {
    const issues = (text: string) => spec.input.safeParse({ [name]: text }).error?.issues.filter(({ path }) => path[0] === name) ?? [];
    const [min, max] = [Number(schema["minimum"]), Number(schema["maximum"])];
    expect([min, max].map((value) => issues(String(value)))).toEqual([[], []]);
    return [...wrong, String(min - 1), String(max + 1)].filter((text) => issues(text).length !== 1).map((text) => `${field}=${text}`);
  });

  expect(taken).toEqual([]);
});
