import type { OpenApi, Operation, Parameter, Ref } from "./openApiTypes.ts";
import { openApi } from "../openapi.ts";
import type { Schema } from "./jsonSchema.ts";
import type { Response } from "./responses.ts";

type Inlined<T> = Exclude<T, Ref>;

export interface InlinedOperation extends Operation {
  readonly parameters: readonly Inlined<Parameter | Ref>[];
  readonly responses: Readonly<Record<string, Inlined<Response | Ref>>>;
}

export interface InlinedOpenApi extends OpenApi {
  readonly paths: Readonly<Record<string, Readonly<Record<string, InlinedOperation>>>>;
}

/** The OpenAPI document with the value of each reference in its place, so that a test reads an operation by itself. */
export function inlinedOpenApi(document: OpenApi = openApi()): InlinedOpenApi {
  const at = (pointer: string): unknown =>
    pointer
      .split("/")
      .slice(1)
      .reduce<unknown>((value, key) => (value as Schema | undefined)?.[key], document);
  const inline = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(inline);
    if (typeof value !== "object" || value === null) return value;
    const { $ref, ...rest } = value as Schema;
    if (typeof $ref !== "string") return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, inline(one)]));
    const target = at($ref.slice(1));
    if (target === undefined) throw new Error(`The document has nothing at ${$ref}.`);
    return { ...(inline(target) as object), ...rest };
  };
  return inline(document) as InlinedOpenApi;
}
