import { everyRoute, type NamedRoute } from "./everyRoute.ts";
import { faults } from "./faults.ts";
import { described } from "./reference/describe.ts";
import { apiInfo } from "./reference/info.ts";
import { namedSchemas, type Schema } from "./reference/jsonSchema.ts";
import type { OpenApi, Operation } from "./reference/openApiTypes.ts";
import { addressOf, headerParameters, operationOf } from "./reference/operation.ts";
import { referenceText } from "./reference/referenceText.ts";
import { notModified, problemResponses, responseHeaders } from "./reference/responses.ts";
import { type Noun, operationOrder, tagGroups, tagTexts } from "./reference/tags.ts";
import { faultsOf } from "./route.ts";

let document: OpenApi | undefined;

/** The contract as an OpenAPI 3.1 document, derived once. */
export function openApi(): OpenApi {
  return (document ??= describe(everyRoute()));
}

function describe(routes: readonly NamedRoute[]): OpenApi {
  const places = new Map(tagGroups.flatMap(({ tags }) => tags.flatMap(operationsOf)).map((id, place) => [id, place]));
  const placeOf = ({ noun, name }: NamedRoute): number => places.get(`${noun}.${name}`) ?? Infinity;
  const ordered = routes.toSorted((a, b) => placeOf(a) - placeOf(b));
  const schemas = { ...describedComponents(), Problem: problemSchema() };
  const operations = ordered.map((route) => ({ route, ...operationOf(route, schemas) }));
  const paths: Record<string, Record<string, Operation>> = {};
  for (const { route, operation } of operations) {
    const { method, path } = addressOf(route.spec);
    (paths[path] ??= {})[method.toLowerCase()] = operation;
  }
  return {
    openapi: "3.1.0",
    info: {
      ...apiInfo,
      summary: "The API of a dating service.",
      description: referenceText(),
      license: { name: "Apache-2.0", identifier: "Apache-2.0" },
    },
    servers: [{ url: "/", description: "The address of this document." }],
    tags: tagGroups
      .flatMap(({ tags }) => tags)
      .map((name) => ({ name, description: tagTexts[name].description, "x-displayName": tagTexts[name].title })),
    "x-tagGroups": tagGroups,
    paths,
    components: {
      schemas: Object.assign(schemas, ...operations.map(({ bodies }) => bodies)) as Record<string, Schema>,
      responses: { ...problemResponses(routes.map(({ spec }) => faultsOf(spec))), NotModified: notModified },
      parameters: headerParameters,
      headers: responseHeaders,
      securitySchemes: {
        bearer: {
          type: "http",
          scheme: "bearer",
          bearerFormat: "JWT",
          description: "An access token; see `auth.verifyOtp` and `auth.refresh`.",
        },
      },
    },
  };
}

function operationsOf(noun: Noun): string[] {
  return operationOrder[noun].map((name) => `${noun}.${name}`);
}

function describedComponents(): Record<string, Schema> {
  return Object.fromEntries(Object.entries(namedSchemas()).map(([name, schema]) => [name, described(name, schema)]));
}

function problemSchema(): Schema {
  const string = { type: "string" };
  return described("Problem", {
    type: "object",
    description: "Problem details (RFC 9457).",
    required: ["type", "title", "status", "detail", "code"],
    properties: {
      type: { ...string, format: "uri-reference" },
      title: string,
      status: { type: "integer", format: "int32" },
      detail: string,
      code: { ...string, enum: Object.keys(faults) },
      instance: { ...string, format: "uri" },
      errors: {
        type: "array",
        items: { type: "object", required: ["pointer", "detail"], properties: { pointer: string, detail: string } },
      },
      retryAt: { ...string, format: "date-time" },
      resetsAt: { ...string, format: "date-time" },
    },
  });
}
