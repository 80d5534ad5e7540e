import type { NamedRoute } from "../everyRoute.ts";
import { limits, type LimitSpec } from "../limits.ts";
import { faultsOf, type RouteSpec } from "../route.ts";
import { described, describedField, exampleOf } from "./describe.ts";
import { requestExamples } from "./fieldExamples.ts";
import { jsonSchema, refTo, resolve, type Schema } from "./jsonSchema.ts";
import type { Operation, Parameter, Ref } from "./openApiTypes.ts";
import { problemNames, success } from "./responses.ts";

type Schemas = Readonly<Record<string, Schema>>;

/** An operation, and the schemas of its own bodies by name. */
export function operationOf({ noun, name, spec }: NamedRoute, schemas: Schemas): { operation: Operation; bodies: Record<string, Schema> } {
  const id = `${noun}.${name}`;
  const { parameters, body } = inputOf(id, spec);
  const types = ["application/json", ...(spec.form ? ["application/x-www-form-urlencoded", "multipart/form-data"] : [])];
  const request = body && namedBody(id, "Request", described(id, body));
  const example = request && (requestExamples[id] ?? exampleOf(id, request.inline, schemas));
  const response = spec.status === 204 ? undefined : namedBody(id, "Response", described(id, jsonSchema(spec.output, "output").schema));
  const operation: Operation = {
    operationId: id,
    tags: [noun],
    summary: spec.summary,
    description: [spec.description, describeUse(spec)].filter((part) => part !== undefined).join("\n\n"),
    security: spec.auth === "public" ? [] : [{ bearer: [] }],
    parameters: [...parameters, ...headersOf(spec)],
    ...(request && {
      requestBody: {
        required: resolve(request.inline, schemas)["required"] !== undefined,
        content: Object.fromEntries(types.map((type) => [type, { schema: request.schema, example }])),
      },
    }),
    responses: {
      [spec.status ?? 200]: success(
        spec,
        response && { schema: response.schema, example: responseExample(id, spec, response.inline, schemas) },
      ),
      ...(spec.cache && { 304: { $ref: "#/components/responses/NotModified" } }),
      ...Object.fromEntries(
        Object.entries(problemNames(faultsOf(spec))).map(([status, problem]) => [status, { $ref: `#/components/responses/${problem}` }]),
      ),
    },
    "x-codeSamples": [{ lang: "typescript", label: "TypeScript", source: typedCall(id, parameters, example) }],
  };
  return { operation, bodies: { ...request?.named, ...response?.named } };
}

function responseExample(id: string, { contentType = "application/json" }: RouteSpec, schema: Schema, schemas: Schemas): unknown {
  return contentType === "application/json" ? exampleOf(id, schema, schemas) : examplesByType[contentType.split(";")[0] ?? ""];
}

const examplesByType: Readonly<Record<string, string>> = { "text/html": "<!doctype html>", "text/javascript": '"use strict";' };

/** The operation with the typed client. */
function typedCall(id: string, parameters: readonly Parameter[], body: unknown): string {
  const wanted = parameters.filter(({ required }) => required);
  const input = {
    ...Object.fromEntries(wanted.map(({ name, schema }) => [name, (schema["examples"] as unknown[])[0]])),
    ...(body as object),
  };
  const argument = Object.keys(input).length === 0 ? "" : JSON.stringify(input, null, 2).replaceAll(/"([A-Za-z]\w*)":/g, "$1:");
  return `import { client } from "@pendo/client";\n\nconst pendo = client({ baseUrl: "http://127.0.0.1:4000" });\nconst result = await pendo.${id}(${argument});\n`;
}

interface NamedBody {
  /** What the operation refers to. */
  readonly schema: Schema;
  readonly inline: Schema;
  readonly named: Readonly<Record<string, Schema>>;
}

/** An object of one operation alone is named after it: `SwipesRecordRequest`. Anything else stays as it is. */
function namedBody(id: string, what: "Request" | "Response", inline: Schema): NamedBody {
  if (inline["properties"] === undefined) return { schema: inline, inline, named: {} };
  const name = `${id.replaceAll(/(^|\.)(\w)/g, (_, _dot, first: string) => first.toUpperCase())}${what}`;
  return { schema: refTo(name), inline, named: { [name]: inline } };
}
function describeUse({ auth, limit }: RouteSpec): string {
  const { max, windowSec, per } = limits[limit];
  const who = auth === "public" ? "Public." : auth === "user" ? "For signed-in users." : `For staff with the role ${auth}.`;
  return `${who} At most ${max} requests in ${windowSec} s per ${subjects[per]}, shared by the routes of the limit \`${limit}\`.`;
}

const subjects: Readonly<Record<LimitSpec["per"], string>> = {
  user: "user",
  ip: "network address",
  session: "session",
  newDevice: "network address of devices that never signed in",
};

/** The method and the path of a route. */
export function addressOf({ at }: RouteSpec): { method: string; path: string } {
  const [method = "", path = ""] = at.split(" ");
  return { method, path };
}

/** Splits the input of a route into path parameters, query parameters and body. */
function inputOf(id: string, spec: RouteSpec): { parameters: Parameter[]; body: Schema | undefined } {
  const { method, path } = addressOf(spec);
  const inPath = new Set([...path.matchAll(/\{(\w+)\}/g)].map(([, name = ""]) => name));
  const inQuery = method === "GET" || method === "DELETE";
  const { schema: whole, named } = jsonSchema(spec.input, "input");
  const schema = resolve(whole, named);
  const fields = Object.entries((schema["properties"] ?? {}) as Record<string, Schema>);
  const required = new Set((schema["required"] ?? []) as readonly string[]);

  const parameters = fields
    .filter(([name]) => inPath.has(name) || inQuery)
    .map(([name, field]): Parameter => {
      const { description, ...rest } = describedField(id, name, field);
      const where = inPath.has(name) ? "path" : "query";
      return {
        name,
        in: where,
        required: where === "path" || required.has(name),
        ...(typeof description === "string" && { description }),
        ...(field["type"] === "array" && { style: "form", explode: false }),
        schema: rest,
      };
    });
  const bodyFields = fields.filter(([name]) => !inPath.has(name));
  if (inQuery || bodyFields.length === 0) return { parameters, body: undefined };
  if (inPath.size === 0) return { parameters, body: whole };
  const { required: _all, ...rest } = schema;
  const bodyRequired = bodyFields.map(([name]) => name).filter((name) => required.has(name));
  const body = { ...rest, properties: Object.fromEntries(bodyFields), ...(bodyRequired.length > 0 && { required: bodyRequired }) };
  return { parameters, body };
}

/** The headers of requests, each a component. */
export const headerParameters = {
  IdempotencyKey: {
    name: "Idempotency-Key",
    in: "header",
    required: false,
    description: "A random key, the same for every retry of a request. For 24 h a retry gets the first response again.",
    schema: {
      type: "string",
      minLength: 8,
      maxLength: 128,
      pattern: "^[\\x21-\\x7e]+$",
      examples: ["7d444840-9dc0-41d3-8f1b-2c7e5b1a0f4e"],
    },
  },
  IfNoneMatch: {
    name: "If-None-Match",
    in: "header",
    required: false,
    description: "The `ETag` of the response that you have. You get 304 if it is still valid.",
    schema: { type: "string", examples: ['W/"mYm0Rk5wT2pXc1ZxN2RhZkxpQ2U"'] },
  },
} as const satisfies Record<string, Parameter>;

function headersOf({ idempotent, cache }: RouteSpec): Ref[] {
  const names: (keyof typeof headerParameters)[] = [
    ...(idempotent ? (["IdempotencyKey"] as const) : []),
    ...(cache ? (["IfNoneMatch"] as const) : []),
  ];
  return names.map((name) => ({ $ref: `#/components/parameters/${name}` }));
}
