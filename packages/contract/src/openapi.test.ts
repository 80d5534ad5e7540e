import { Validator } from "@seriousme/openapi-schema-validator";
import { expect, test } from "vitest";
import { faults } from "./faults.ts";
import { everyRoute } from "./everyRoute.ts";
import { faultsOf } from "./route.ts";
import { openApi } from "./openapi.ts";
import { inlinedOpenApi } from "./reference/inlined.fixture.ts";
import { search } from "./routes/discovery.ts";

const document = openApi();
const operations = Object.entries(inlinedOpenApi().paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ at: `${method.toUpperCase()} ${path}`, operation })),
);
const shapeOf = (at: string) => at.replaceAll(/\{\w+\}/g, "{}");
const namesIn = (at: string) => [...at.matchAll(/\{(\w+)\}/g)].map(([, name = ""]) => name);
const operationOf = (id: string) => {
  const found = operations.find(({ operation }) => operation.operationId === id);
  if (!found) throw new Error(`No operation is called ${id}.`);
  return found.operation;
};

test("the document is valid OpenAPI 3.1", async () => {
  const validator = new Validator();
  const { valid, errors } = await validator.validate(structuredClone(document) as never);
  expect(errors).toBeUndefined();
  expect(valid).toBe(true);
  expect(validator.version).toBe("3.1");
});

test("the validator refuses a document that is not OpenAPI", async () => {
  const broken = { ...structuredClone(document), paths: { "/v1/me": { get: { responses: { teapot: {} } } } } };
  expect((await new Validator().validate(broken as never)).valid).toBe(false);
});

test("every route is an operation, and every operation a route", () => {
  const routes = everyRoute().map(({ spec }) => spec.at);
  expect(routes.length).toBeGreaterThan(10);
  expect(operations.map(({ at }) => shapeOf(at)).toSorted()).toEqual(routes.map(shapeOf).toSorted());
});

test("no two paths differ only in the names of their variables", () => {
  const shapes = Object.keys(document.paths).map(shapeOf);
  expect(new Set(shapes).size).toBe(shapes.length);
});

test("operation ids are <noun>.<name>, and unique", () => {
  const ids = operations.map(({ operation }) => operation.operationId);
  expect(new Set(ids).size).toBe(ids.length);
  for (const id of ids) expect(id).toMatch(/^[a-z][A-Za-z]*\.[a-z][A-Za-z]*$/);
});

test("every field of every input travels in exactly one place, and every name in a path is a required field", () => {
  for (const { noun, name, spec } of everyRoute()) {
    const operation = operationOf(`${noun}.${name}`);
    const inParameters = operation.parameters.filter((parameter) => parameter.in !== "header").map((parameter) => parameter.name);
    const body = operation.requestBody?.content["application/json"]?.schema["properties"] ?? {};
    const at = operations.find((one) => one.operation === operation)?.at ?? "";
    const [names, inPath] = [namesIn(spec.at), namesIn(at)];
    const fields = Object.keys(spec.input.shape).map((field) => inPath[names.indexOf(field)] ?? field);
    expect([...inParameters, ...Object.keys(body)].toSorted()).toEqual(fields.toSorted());
    const described = operation.parameters.filter((parameter) => parameter.in === "path");
    expect(described.map((parameter) => parameter.name).toSorted()).toEqual(inPath.toSorted());
    expect(described.every((parameter) => parameter.required)).toBe(true);
  }
});

test("every fault of every route is listed under its status", () => {
  for (const { noun, name, spec } of everyRoute()) {
    const { responses } = operationOf(`${noun}.${name}`);
    for (const code of faultsOf(spec)) expect(responses[faults[code].status]?.description).toContain(`\`${code}\``);
  }
});

test("public routes need no token, all others the bearer's", () => {
  for (const { noun, name, spec } of everyRoute()) {
    expect(operationOf(`${noun}.${name}`).security).toEqual(spec.auth === "public" ? [] : [{ bearer: [] }]);
  }
});

test("idempotent routes take an Idempotency-Key, cached ones If-None-Match, and 204 has no body", () => {
  for (const { noun, name, spec } of everyRoute()) {
    const { parameters, responses } = operationOf(`${noun}.${name}`);
    const headers = parameters.filter((parameter) => parameter.in === "header").map((parameter) => parameter.name);
    expect(headers.includes("Idempotency-Key")).toBe(spec.idempotent === true);
    expect(headers.includes("If-None-Match")).toBe(spec.cache !== undefined);
    expect(responses["304"] !== undefined).toBe(spec.cache !== undefined);
    expect(responses[spec.status ?? 200]?.content === undefined).toBe(spec.status === 204);
  }
});

test("a body is required where a field of it is, and a list in the query is described as values between commas", () => {
  const isRequired = (id: string) => operationOf(id).requestBody?.required;
  expect([isRequired("auth.requestOtp"), isRequired("swipes.record"), isRequired("me.update"), isRequired("profiles.updateMine")]).toEqual([
    true,
    true,
    false,
    false,
  ]);
  const lists = operationOf("discovery.search").parameters.filter(({ schema }) => schema["type"] === "array");
  expect(lists.map(({ name, style, explode }) => [name, style, explode])).toEqual([
    ["genders", "form", false],
    ["intents", "form", false],
    ["interests", "form", false],
  ]);
  expect(search.input.parse({ genders: "woman,man", interests: "tea" })).toMatchObject({ genders: ["woman", "man"], interests: ["tea"] });
  expect(
    ["", "woman,", "x", "woman,man,nonbinary,man", "x".repeat(2000)].filter((genders) => search.input.safeParse({ genders }).success),
  ).toEqual([]);
});

test("every body that is not required may be left out", () => {
  for (const { noun, name, spec } of everyRoute()) {
    const { requestBody, parameters } = operationOf(`${noun}.${name}`);
    if (!requestBody) continue;
    const inPath = new Set([...namesIn(spec.at), ...parameters.map((parameter) => parameter.name)]);
    const issues = spec.input.safeParse({}).error?.issues.filter(({ path }) => !inPath.has(String(path[0]))) ?? [];
    expect([noun, name, issues.length > 0]).toEqual([noun, name, requestBody.required]);
  }
});

test("cursors, time zones and languages have patterns", () => {
  const cursors = operations.flatMap(({ operation }) => operation.parameters.filter(({ name }) => name === "cursor"));
  expect(cursors.length).toBeGreaterThan(5);
  const fields = operationOf("me.update").requestBody?.content["application/json"]?.schema["properties"];
  const { timeZone, locale } = (fields ?? {}) as Record<string, object>;
  for (const schema of [...cursors.map((cursor) => cursor.schema), timeZone, locale]) expect(schema).toHaveProperty("pattern");
});

test("inputs are described as clients send them, bounds included", () => {
  const schema = operationOf("auth.requestOtp").requestBody?.content["application/json"]?.schema;
  expect(schema).toMatchObject({ type: "object", required: ["email"], additionalProperties: false });
  expect(schema?.["properties"]).toMatchObject({ email: { type: "string", format: "email", maxLength: 320 } });
});
