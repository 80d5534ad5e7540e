import * as z from "zod";
import { faults, type FaultCode } from "./faults.ts";
import type { RouteSpec } from "./route.ts";

export interface Response {
  readonly description: string;
  readonly headers?: Readonly<Record<string, unknown>>;
  readonly content?: Readonly<Record<string, { readonly schema: Readonly<Record<string, unknown>> }>>;
}

const header = (description: string, type: "string" | "integer") => ({ description, schema: { type } });

const rateHeaders = {
  "RateLimit-Limit": header("The number of requests that a window allows.", "integer"),
  "RateLimit-Remaining": header("The number of requests left in this window.", "integer"),
  "RateLimit-Reset": header("Seconds until the window ends.", "integer"),
};
const retryAfter = { "Retry-After": header("Seconds to wait before trying again.", "integer") };

/** Every response of a route: success, 304 for a cached route, and its problems by status. */
export function operationResponses(spec: RouteSpec, codes: readonly FaultCode[]): Record<string, Response> {
  const status = spec.status ?? 200;
  const responses: Record<string, Response> = { [status]: success(spec) };
  if (spec.cache) responses["304"] = { description: "Your copy is still valid.", headers: cacheHeaders() };
  const byStatus = Map.groupBy(codes, (code) => faults[code].status);
  for (const [problemStatus, list] of [...byStatus].toSorted(([a], [b]) => a - b)) responses[problemStatus] = problem(list);
  return responses;
}

function success(spec: RouteSpec): Response {
  const headers = {
    ...rateHeaders,
    ...(spec.cache && cacheHeaders()),
    ...(spec.idempotent && { "Idempotency-Replayed": header("`true` if the response repeats the first one.", "string") }),
  };
  if (spec.status === 204) return { description: "Done. There is no body.", headers };
  const { $schema: _dialect, ...schema } = z.toJSONSchema(spec.output, { io: "output", unrepresentable: "any" });
  return { description: describeSuccess(spec), headers, content: { [mediaType(spec)]: { schema } } };
}

function describeSuccess({ status }: RouteSpec): string {
  if (status === 201) return "Created.";
  return status === 202 ? "Accepted. Pendo does the work later." : "Done.";
}

function mediaType({ contentType = "application/json" }: RouteSpec): string {
  return contentType.split(";")[0] ?? contentType;
}

function cacheHeaders(): Record<string, unknown> {
  return {
    ETag: header("The version of the response.", "string"),
    "Cache-Control": header("How long and where the response may be cached.", "string"),
  };
}

function problem(codes: readonly FaultCode[]): Response {
  const mayRetry = codes.some((code) => faults[code].retry);
  return {
    description: codes.map((code) => `\`${code}\`: ${faults[code].text}`).join("\n\n"),
    ...(mayRetry && { headers: retryAfter }),
    content: {
      "application/problem+json": {
        schema: { allOf: [{ $ref: "#/components/schemas/Problem" }, { type: "object", properties: { code: { enum: codes } } }] },
      },
    },
  };
}
