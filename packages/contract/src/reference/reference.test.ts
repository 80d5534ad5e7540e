import { expect, test } from "vitest";
import { everyRoute } from "../everyRoute.ts";
import { openApi } from "../openapi.ts";
import * as nouns from "../routes/index.ts";
import { exampleOf, LACKING_EXAMPLE } from "./describe.ts";
import { fieldDescriptions } from "./fields.ts";
import { fieldExamples } from "./fieldExamples.ts";
import { inlinedOpenApi } from "./inlined.fixture.ts";
import { jsonSchema, namedSchemas, type Schema } from "./jsonSchema.ts";
import { operationOrder, tagGroups } from "./tags.ts";

const document = openApi();
const operations = Object.values(inlinedOpenApi().paths).flatMap((methods) => Object.values(methods));
const routes = everyRoute().map(({ noun, name, spec }) => ({ id: `${noun}.${name}`, spec }));
const operationOf = (id: string) => {
  const found = operations.find(({ operationId }) => operationId === id);
  if (!found) throw new Error(`No operation is called ${id}.`);
  return found;
};

interface Field {
  /** The component or the operation. */
  readonly owner: string;
  readonly path: string;
  readonly field: Schema;
}

/** Every object of the document that is written out, with the place where it is. */
function objectsIn(value: unknown, at: string): { at: string; object: Schema }[] {
  if (typeof value !== "object" || value === null) return [];
  const inner = Object.entries(value).flatMap(([key, one]) =>
    key === "example" || key === "examples" ? [] : objectsIn(one, `${at}/${key}`),
  );
  const isObject = (value as Schema)["type"] === "object" && (value as Schema)["properties"] !== undefined;
  return isObject ? [{ at, object: value as Schema }, ...inner] : inner;
}

function fieldsOf(owner: string, schema: Schema, path = ""): Field[] {
  const parts = ["anyOf", "oneOf", "items"].flatMap((key) => [schema[key] ?? []].flat() as Schema[]);
  const fields = Object.entries((schema["properties"] ?? {}) as Record<string, Schema>);
  return [
    ...parts.flatMap((part) => fieldsOf(owner, part, path)),
    ...fields.flatMap(([name, field]) => {
      const at = path === "" ? name : `${path}.${name}`;
      return [{ owner, path: at, field }, ...fieldsOf(owner, field, at)];
    }),
  ];
}

const ownerOf = (name: string): string => {
  const own = routes.find(({ id }) => new RegExp(`^${id.replace(".", "")}(Request|Response)$`, "i").test(name));
  return own?.id ?? name;
};
const fields = Object.entries(document.components.schemas).flatMap(([name, schema]) => fieldsOf(ownerOf(name), schema));
const parameters = operations.flatMap(({ operationId, parameters: list }) =>
  list.map((parameter): Field => ({ owner: operationId, path: parameter.name, field: { ...parameter } })),
);

const isSentence = (text: unknown): boolean => typeof text === "string" && /^[A-Z`].*[.…]$/s.test(text);

test("every field and every parameter has a description, in whole sentences", () => {
  const lacking = [...fields, ...parameters].filter(({ field }) => !isSentence(field["description"]));

  expect(fields.length).toBeGreaterThan(300);
  expect(lacking.map(({ owner, path }) => `${owner}.${path}`)).toEqual([]);
});

test("no description or example is left over: each belongs to a field of the API", () => {
  const keys = new Set(
    [...fields, ...parameters].flatMap(({ owner, path }) => [`${owner}.${path}`, path.slice(path.lastIndexOf(".") + 1)]),
  );
  const ids = new Set(routes.map(({ id }) => id));

  expect(Object.keys(fieldDescriptions).filter((key) => !keys.has(key))).toEqual([]);
  expect(Object.keys(fieldExamples).filter((key) => !keys.has(key) && !ids.has(key))).toEqual([]);
});

test("no example is lacking", () => {
  const lackingIn = (value: unknown, at: string): string[] => {
    if (value === LACKING_EXAMPLE) return [at];
    if (typeof value !== "object" || value === null) return [];
    return Object.entries(value).flatMap(([key, one]) => lackingIn(one, `${at}/${key}`));
  };

  expect(lackingIn(document.paths, "paths")).toEqual([]);
  expect(exampleOf("planted", { type: "object", properties: { unknownField: { type: "string" } } }, {})).toEqual({
    unknownField: LACKING_EXAMPLE,
  });
});

test("the contract accepts the example of every request, and would send the example of every response", () => {
  const refused = routes.flatMap(({ id, spec }) => {
    const { parameters: list, requestBody, responses } = operationOf(id);
    const inPath = list.filter((parameter) => parameter.in === "path");
    const path = Object.fromEntries(inPath.map(({ name, schema }) => [name, (schema["examples"] as unknown[] | undefined)?.[0]]));
    const body = requestBody?.content["application/json"]?.example as object | undefined;
    const request = body === undefined ? undefined : spec.input.safeParse({ ...path, ...body }).error;
    const content = Object.values(responses[spec.status ?? 200]?.content ?? {})[0];
    const response = content === undefined ? undefined : spec.output.safeParse(content.example).error;
    return [request && `${id} request: ${request.message}`, response && `${id} response: ${response.message}`].filter(Boolean);
  });

  expect(refused).toEqual([]);
});

test("an object that is described twice is a component", () => {
  const { paths, components: named } = document;
  const problems = Object.fromEntries(Object.entries(named.responses).map(([name, { description }]) => [name, description]));
  const places = Map.groupBy([...objectsIn(paths, "paths"), ...objectsIn(named.schemas, "schemas")], ({ object }) =>
    JSON.stringify(object),
  );
  const repeated = [...places.values()].filter((list) => list.length > 1).map((list) => list.map(({ at }) => at));

  expect(places.size).toBeGreaterThan(80);
  expect(repeated).toEqual([]);
  expect(Object.keys(problems).length).toBeGreaterThan(20);
});

test("an enumeration that is described twice is a component", () => {
  const enums: [string, string][] = [];
  const collect = (value: unknown, at: string): void => {
    if (typeof value !== "object" || value === null) return;
    if ("enum" in value) enums.push([JSON.stringify(value.enum), at]);
    for (const [key, one] of Object.entries(value)) collect(one, `${at}/${key}`);
  };
  collect(document.paths, "paths");
  collect(document.components.schemas, "schemas");
  const repeated = [...Map.groupBy(enums, ([values]) => values).values()].filter((list) => list.length > 1);

  expect(enums.length).toBeGreaterThan(20);
  expect(repeated).toEqual([]);
});

test("two problem responses with one name have the same codes", () => {
  const codes = routes.flatMap(({ id }) =>
    Object.entries(document.paths)
      .flatMap(([, methods]) => Object.values(methods))
      .filter(({ operationId }) => operationId === id)
      .flatMap(({ responses }) => Object.entries(responses))
      .flatMap(([status, response]) =>
        "$ref" in response ? [[response.$ref, String(operationOf(id).responses[status]?.description)] as const] : [],
      ),
  );
  const byName = Map.groupBy(codes, ([name]) => name);

  for (const [name, list] of byName) expect([name, new Set(list.map(([, description]) => description)).size]).toEqual([name, 1]);
});

test("a component is the same in requests and in responses", () => {
  const inResponses = namedSchemas();
  const inRequests = routes.flatMap(({ spec }) => Object.entries(jsonSchema(spec.input, "input").named));

  expect(inRequests.length).toBeGreaterThan(10);
  for (const [name, schema] of inRequests) expect([name, schema]).toEqual([name, inResponses[name]]);
});

test("a place in a path has one name in all paths", () => {
  const names = new Map<string, Set<string>>();
  for (const path of Object.keys(document.paths)) {
    const parts = path.split("/");
    for (const [at, part] of parts.entries()) {
      if (!part.startsWith("{")) continue;
      const before = parts
        .slice(0, at)
        .join("/")
        .replaceAll(/\{\w+\}/g, "{}");
      names.set(before, (names.get(before) ?? new Set()).add(part));
    }
  }

  expect(names.size).toBeGreaterThan(10);
  expect([...names].filter(([, set]) => set.size > 1)).toEqual([]);
});

test("every noun is in one group of the reference, and staff come last", () => {
  const tags = tagGroups.flatMap(({ tags: list }) => list as readonly string[]);

  expect(tags.toSorted()).toEqual(Object.keys(nouns).toSorted());
  expect(tags.at(-1)).toBe("admin");
});

test("every operation has a place among those of its noun", () => {
  const ordered = Object.entries(operationOrder).flatMap(([noun, names]) => (names as readonly string[]).map((name) => `${noun}.${name}`));

  expect(ordered.toSorted()).toEqual(routes.map(({ id }) => id).toSorted());
});

test("the operations of a noun come in the order of their use", () => {
  const ofSignIn = operations.filter(({ tags }) => tags.includes("auth")).map(({ operationId }) => operationId);

  expect(ofSignIn).toEqual(["auth.requestOtp", "auth.verifyOtp", "auth.refresh", "auth.logout"]);
});
