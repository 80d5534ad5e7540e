import type { RouteSpec } from "@pendo/contract/route";
import { type FieldReasons, Fault, type FieldPointer, pointerTo, reasonsByName } from "@pendo/core/fault";
import type { APIGatewayProxyEventV2 } from "aws-lambda";
import type * as z from "zod";
import { bodyFields } from "./bodyFields.ts";
import type { HttpMiddleware, SchemaPlan } from "./httpInvocation.ts";

/**
 * Where the fields of a route's input come from: its path, and besides that the query or the body.
 * @throws {Error} where the path names a parameter that the input lacks, which is a mistake in the contract
 */
export function schemaPlan(spec: RouteSpec): SchemaPlan {
  const fromPath = [...spec.at.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? "");
  for (const name of fromPath) if (!(name in spec.input.shape)) throw new Error(`${spec.at}: the input has no field for {${name}}.`);
  return { fromPath, rest: /^(GET|DELETE) /.test(spec.at) ? "query" : "body" };
}

/** Validates the input against the contract; a problem names every field that is wrong. */
export function parseInput(): HttpMiddleware {
  return {
    before: async (request) => {
      const { event } = request;
      const { spec, plan } = request.internal.route;
      const rest = plan.rest === "query" ? (event.queryStringParameters ?? {}) : await bodyFields(event, spec.form === true);
      if (plan.rest === "body" && !spec.form) refuseQuery(event);
      for (const name of plan.fromPath) {
        if (Object.hasOwn(rest, name)) throw new Fault("input.invalid", { fields: reasonsByName([[name, "belongs in the path only"]]) });
      }
      const parsed = spec.input.safeParse({ ...rest, ...decoded(event.pathParameters) });
      if (!parsed.success) throw new Fault("input.invalid", { fields: fieldsOf(parsed.error), cause: parsed.error });
      request.internal.input = parsed.data;
    },
  };
}

// Gateways differ in whether they decode a path. No value of a path holds a percent sign of its own.
function decoded(parameters: APIGatewayProxyEventV2["pathParameters"] = {}): Record<string, string | undefined> {
  return Object.fromEntries(Object.entries(parameters).map(([name, value]) => [name, value?.includes("%") ? unescaped(value) : value]));
}

function unescaped(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    // A broken escape is no value that a schema takes, and the problem names its field.
    return value;
  }
}

function refuseQuery(event: APIGatewayProxyEventV2): void {
  const names = Object.keys(event.queryStringParameters ?? {});
  if (names.length === 0) return;
  throw new Fault("input.invalid", { fields: reasonsByName(names.map((name) => [name, "is not a query parameter of this route"])) });
}

/** Each issue by the JSON Pointer of its field; unknown fields by their own names. */
export function fieldsOf(error: z.ZodError): FieldReasons {
  const fields: Record<FieldPointer, string> = {};
  for (const issue of error.issues.slice(0, 20)) {
    if (issue.code === "unrecognized_keys")
      for (const key of issue.keys.slice(0, 20)) fields[pointerTo(...issue.path, key)] = "is not a field of this request";
    else fields[pointerTo(...issue.path)] ??= issue.message;
  }
  return fields;
}
