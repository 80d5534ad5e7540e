import * as z from "zod";
import { faults, type FaultCode } from "./faults.ts";
import { limits, type LimitSpec } from "./limits.ts";
import { operationResponses, type Response } from "./openapiResponses.ts";
import { commonFaults, type RouteSpec, userFaults } from "./route.ts";
import * as nouns from "./routes/index.ts";

export type Schema = Readonly<Record<string, unknown>>;

export interface Parameter {
  readonly name: string;
  readonly in: "path" | "query" | "header";
  readonly required: boolean;
  readonly description?: string;
  /** For a list in the query: commas separate its values. */
  readonly style?: "form";
  readonly explode?: false;
  readonly schema: Schema;
}

export interface Operation {
  readonly operationId: string;
  readonly tags: readonly string[];
  readonly summary: string;
  readonly description: string;
  readonly security: readonly Readonly<Record<string, readonly string[]>>[];
  readonly parameters: readonly Parameter[];
  readonly requestBody?: { readonly required: boolean; readonly content: Readonly<Record<string, { readonly schema: Schema }>> };
  readonly responses: Readonly<Record<string, Response>>;
}

export interface OpenApi {
  readonly openapi: "3.1.0";
  readonly info: { readonly title: string; readonly version: string; readonly summary: string; readonly description: string };
  readonly servers: readonly { readonly url: string }[];
  readonly tags: readonly { readonly name: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: Readonly<Record<string, unknown>>;
}

interface NamedRoute {
  readonly noun: string;
  readonly name: string;
  readonly spec: RouteSpec;
}

let document: OpenApi | undefined;

/** The contract as an OpenAPI 3.1 document, derived once. */
export function openApi(): OpenApi {
  return (document ??= describe(everyRoute()));
}

/** Every route with its noun and its name. */
export function everyRoute(): NamedRoute[] {
  return Object.entries(nouns).flatMap(([noun, routes]) =>
    Object.entries(routes as Readonly<Record<string, RouteSpec>>).map(([name, spec]) => ({ noun, name, spec })),
  );
}

/** Every fault that a route may return. */
export function faultsOf(spec: RouteSpec): FaultCode[] {
  return [
    ...new Set<FaultCode>([
      ...commonFaults,
      ...(spec.auth === "public" ? [] : userFaults),
      ...(spec.auth === "public" || spec.auth === "user" ? [] : (["auth.forbidden"] as const)),
      ...(spec.idempotent ? (["idempotency.keyReused", "idempotency.inProgress"] as const) : []),
      ...spec.fails,
    ]),
  ];
}

function describe(routes: readonly NamedRoute[]): OpenApi {
  const paths: Record<string, Record<string, Operation>> = {};
  for (const route of routes) {
    const { method, path } = addressOf(route.spec);
    (paths[path] ??= {})[method.toLowerCase()] = operationOf(route);
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "Pendo",
      version: "1",
      summary: "The API of a dating service.",
      description: [
        "Errors are problem details (RFC 9457). The meaning of a `code` never changes.",
        "Lists come in pages: send `next` back as `cursor`.",
        "Times are RFC 3339 in UTC. Ids are UUIDv7 in lower case; requests may use upper case.",
      ].join(" "),
    },
    servers: [{ url: "/" }],
    tags: [...new Set(routes.map(({ noun }) => noun))].map((name) => ({ name })),
    paths,
    components: {
      securitySchemes: {
        bearer: {
          type: "http",
          scheme: "bearer",
          bearerFormat: "JWT",
          description: "An access token; see `auth.verifyOtp` and `auth.refresh`.",
        },
      },
      schemas: { Problem: problemSchema() },
    },
  };
}

function operationOf({ noun, name, spec }: NamedRoute): Operation {
  const { parameters, body } = inputOf(spec);
  const contentTypes = ["application/json", ...(spec.form ? ["application/x-www-form-urlencoded", "multipart/form-data"] : [])];
  return {
    operationId: `${noun}.${name}`,
    tags: [noun],
    summary: spec.summary,
    description: [spec.description, describeUse(spec)].filter((part) => part !== undefined).join("\n\n"),
    security: spec.auth === "public" ? [] : [{ bearer: [] }],
    parameters: [...parameters, ...headersOf(spec)],
    ...(body && {
      requestBody: {
        required: body["required"] !== undefined,
        content: Object.fromEntries(contentTypes.map((type) => [type, { schema: body }])),
      },
    }),
    responses: operationResponses(spec, faultsOf(spec)),
  };
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

function addressOf({ at }: RouteSpec): { method: string; path: string } {
  const [method = "", path = ""] = at.split(" ");
  return { method, path };
}

/** Splits the input of a route into path parameters, query parameters and body. */
function inputOf(spec: RouteSpec): { parameters: Parameter[]; body: Schema | undefined } {
  const { method, path } = addressOf(spec);
  const inPath = new Set([...path.matchAll(/\{(\w+)\}/g)].map(([, name = ""]) => name));
  const inQuery = method === "GET" || method === "DELETE";
  const { $schema: _dialect, ...schema } = z.toJSONSchema(spec.input, { io: "input", unrepresentable: "any", override: withDefault });
  const fields = Object.entries((schema.properties ?? {}) as Record<string, Schema>);
  const required = new Set(schema.required ?? []);

  const parameters = fields
    .filter(([name]) => inPath.has(name) || inQuery)
    .map(([name, field]): Parameter => {
      const { description, ...rest } = field;
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
  const bodyRequired = bodyFields.map(([name]) => name).filter((name) => required.has(name));
  const body = {
    ...schema,
    properties: Object.fromEntries(bodyFields),
    ...(bodyRequired.length > 0 ? { required: bodyRequired } : { required: undefined }),
  };
  return { parameters, body: JSON.parse(JSON.stringify(body)) as Schema };
}

type Override = NonNullable<z.core.JSONSchemaGeneratorParams["override"]>;

/** Adds the default of preprocessed fields, which zod leaves out. */
const withDefault: Override = ({ zodSchema, jsonSchema }) => {
  const { def } = zodSchema._zod;
  if (def.type === "default") jsonSchema.default = def.defaultValue as never;
};

function headersOf({ idempotent, cache }: RouteSpec): Parameter[] {
  const header = (name: string, description: string, schema: Schema): Parameter => ({
    name,
    in: "header",
    required: false,
    description,
    schema,
  });
  return [
    ...(idempotent
      ? [
          header(
            "Idempotency-Key",
            "A random key, the same for every retry of a request. For 24 h a retry gets the first response again.",
            {
              type: "string",
              minLength: 8,
              maxLength: 128,
              pattern: "^[\\x21-\\x7e]+$",
            },
          ),
        ]
      : []),
    ...(cache
      ? [header("If-None-Match", "The `ETag` of the response that you have. You get 304 if it is still valid.", { type: "string" })]
      : []),
  ];
}

function problemSchema(): Schema {
  const string = { type: "string" };
  return {
    type: "object",
    description: "Problem details (RFC 9457).",
    required: ["type", "title", "status", "detail", "code"],
    properties: {
      type: { ...string, examples: ["urn:pendo:problem:input.invalid"] },
      title: string,
      status: { type: "integer" },
      detail: { ...string, description: "A text that a client may show." },
      code: { ...string, enum: Object.keys(faults) },
      instance: string,
      errors: {
        type: "array",
        description: "The wrong fields, by JSON Pointer.",
        items: { type: "object", required: ["pointer", "detail"], properties: { pointer: string, detail: string } },
      },
      retryAt: { ...string, format: "date-time", description: "When you may try again." },
      resetsAt: { ...string, format: "date-time", description: "When a used-up quota resets." },
    },
  };
}
