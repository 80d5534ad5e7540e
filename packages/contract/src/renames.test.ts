import { readFileSync } from "node:fs";
import path from "node:path";
import { gunzipSync } from "node:zlib";
import { expect, test } from "vitest";
import * as z from "zod";
import { faults } from "./faults.ts";
import type { Schema } from "./reference/jsonSchema.ts";
import { type InlinedOpenApi, inlinedOpenApi, type InlinedOperation } from "./reference/inlined.fixture.ts";
import { framesIn, framesOut } from "./sockets.ts";

interface Api {
  readonly openapi: InlinedOpenApi;
  readonly framesIn: Readonly<Record<string, Schema>>;
  readonly framesOut: Readonly<Record<string, Schema>>;
  readonly codes: readonly string[];
}
type Renames = Record<string, string>;
interface ApiRenames {
  readonly operations: Renames;
  /** By operation, under its new name. */
  readonly parameters: Record<string, Renames>;
  readonly requestFields: Record<string, Renames>;
  readonly responseFields: Record<string, Renames>;
  readonly frameFields: Record<string, Renames>;
  readonly codes: Renames;
}

/** The API before its names were made uniform. */
const before = JSON.parse(gunzipSync(readFileSync(path.join(import.meta.dirname, "renames.fixture.json.gz"))).toString()) as Api;
const now: Api = {
  openapi: JSON.parse(JSON.stringify(inlinedOpenApi())) as InlinedOpenApi,
  framesIn: schemasOf(Object.entries(framesIn).map(([name, { data }]) => [name, data])),
  framesOut: schemasOf(Object.entries(framesOut)),
  codes: Object.keys(faults),
};
const written = JSON.parse(readFileSync(path.resolve(import.meta.dirname, "../../../docs/api-renames.json"), "utf8")) as ApiRenames;

/** Fields whose new name was the old name of another field: the names alone don't show it. */
const takenOver: Readonly<Record<string, Renames>> = {
  "admin.listDeadLetters": { "items.letterId": "items.id", "items.id": "items.eventId" },
};

test("docs/api-renames.json is the difference between the old and the present API", () => {
  expect(written).toEqual(difference(before, now));
});

test("a rename that the page leaves out, and one that never happened, are found", () => {
  const [operation = ""] = Object.keys(written.operations);
  const { [operation]: _, ...fewer } = written.operations;

  expect({ ...written, operations: fewer }).not.toEqual(difference(before, now));
  expect({ ...written, operations: { ...written.operations, "swipes.record": "swipes.create" } }).not.toEqual(difference(before, now));
});

test("nothing of the old API is lost: what has no new name has its old one", () => {
  const operations = [...operationsOf(now.openapi).values()].map(({ operationId }) => operationId);
  const old = [...operationsOf(before.openapi).values()].map(({ operationId }) => written.operations[operationId] ?? operationId);

  expect(old.filter((name) => !operations.includes(name))).toEqual([]);
  expect(before.codes.map((code) => written.codes[code] ?? code).filter((code) => !now.codes.includes(code))).toEqual([]);
});

function schemasOf(entries: readonly (readonly [string, z.ZodType])[]): Record<string, Schema> {
  return Object.fromEntries(entries.map(([name, data]) => [name, z.toJSONSchema(data, { unrepresentable: "any", io: "input" })]));
}

function difference(from: Api, to: Api): ApiRenames {
  const found: ApiRenames = { operations: {}, parameters: {}, requestFields: {}, responseFields: {}, frameFields: {}, codes: {} };
  const present = operationsOf(to.openapi);
  for (const [at, operation] of operationsOf(from.openapi)) {
    const next = present.get(at);
    if (next === undefined) throw new Error(`${at} is missing.`);
    const name = next.operationId;
    if (operation.operationId !== name) found.operations[operation.operationId] = name;
    put(found.parameters, name, renamed(parametersOf(operation), parametersOf(next)));
    put(found.requestFields, name, fieldsRenamed(bodyOf(operation), bodyOf(next)));
    put(found.responseFields, name, { ...fieldsRenamed(successOf(operation), successOf(next)), ...takenOver[name] });
  }
  for (const kind of ["framesIn", "framesOut"] as const) {
    for (const [name, schema] of Object.entries(from[kind])) {
      put(found.frameFields, name, fieldsRenamed(schema, to[kind][name] ?? {}));
    }
  }
  Object.assign(found.codes, renamed(from.codes, to.codes));
  return found;
}

/** Operations by method and path, without the names in braces. */
function operationsOf({ paths }: InlinedOpenApi): Map<string, InlinedOperation> {
  return new Map(
    Object.entries(paths).flatMap(([address, methods]) =>
      Object.entries(methods).map(([method, operation]) => [`${method} ${address.replaceAll(/\{\w+\}/g, "{}")}`, operation] as const),
    ),
  );
}

const parametersOf = ({ parameters }: InlinedOperation): string[] => parameters.map(({ name }) => name);
const bodyOf = ({ requestBody }: InlinedOperation): Schema => requestBody?.content["application/json"]?.schema ?? {};
const successOf = ({ responses }: InlinedOperation): Schema =>
  Object.values(Object.entries(responses).find(([status]) => status.startsWith("2"))?.[1].content ?? {})[0]?.schema ?? {};

/** Names that are missing now, with the names that are new, in their order. New names without an old one are additions. */
function renamed(from: readonly string[], to: readonly string[]): Renames {
  const missing = from.filter((name) => !to.includes(name));
  const added = to.filter((name) => !from.includes(name));
  return Object.fromEntries(missing.map((name, at) => [name, added[at] ?? "(removed)"]));
}

/** The renamed fields of a schema and of all objects in it, each as the path to it. */
function fieldsRenamed(from: Schema, to: Schema, oldPath = "", newPath = ""): Renames {
  const [old, next] = [fieldsOf(from), fieldsOf(to)];
  const names = renamed(Object.keys(old), Object.keys(next));
  const ofObject = Object.entries(old).flatMap(([name, schema]) => {
    const newName = names[name] ?? name;
    const [before, after] = [`${oldPath}${name}`, `${newPath}${newName}`];
    const inner = fieldsRenamed(schema, next[newName] ?? {}, `${before}.`, `${after}.`);
    return [...(name === newName ? [] : [[before, after] as const]), ...Object.entries(inner)];
  });
  const ofParts = partsOf(from).flatMap((part, at) => Object.entries(fieldsRenamed(part, partsOf(to)[at] ?? {}, oldPath, newPath)));
  return Object.fromEntries([...ofObject, ...ofParts]);
}

/** The members of a union, however it is written, or the items of a list. */
const partsOf = (schema: Schema) => [schema["anyOf"] ?? schema["oneOf"] ?? schema["items"] ?? []].flat() as Schema[];

const fieldsOf = (schema: Schema) => (schema["properties"] ?? {}) as Record<string, Schema>;

function put(map: Record<string, Renames>, key: string, value: Renames): void {
  if (Object.keys(value).length > 0) map[key] = value;
}
