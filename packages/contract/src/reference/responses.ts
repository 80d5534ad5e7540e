import { faults, type FaultCode } from "../faults.ts";
import { limits } from "../limits.ts";
import { problemTitle, problemType } from "../problem.ts";
import { commonFaults, type RouteSpec, userFaults } from "../route.ts";
import { refTo, type Schema } from "./jsonSchema.ts";

export interface Response {
  readonly description: string;
  readonly headers?: Readonly<Record<string, unknown>>;
  readonly content?: Readonly<Record<string, { readonly schema: Schema; readonly example?: unknown }>>;
}

interface Header {
  readonly description: string;
  readonly schema: Schema;
}

const header = (description: string, type: "string" | "integer", example: unknown): Header => ({
  description,
  schema: { type, examples: [example] },
});

/** The headers of responses, each a component. */
export const responseHeaders = {
  "RateLimit-Limit": header("The number of requests that a window allows.", "integer", 120),
  "RateLimit-Remaining": header("The number of requests left in this window.", "integer", 119),
  "RateLimit-Reset": header("Seconds until the window ends.", "integer", 60),
  "Retry-After": header("Seconds to wait before trying again.", "integer", 5),
  "Idempotency-Replayed": header("`true` if the response repeats the first one.", "string", "true"),
  ETag: header("The version of the response.", "string", 'W/"mYm0Rk5wT2pXc1ZxN2RhZkxpQ2U"'),
  "Cache-Control": header("How long and where the response may be cached.", "string", "private, max-age=0, must-revalidate"),
} as const;

type HeaderName = keyof typeof responseHeaders;

const refs = (...names: readonly HeaderName[]) => Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }]));

/** A successful response. `body` is its schema and an example of it; undefined if the response has no body. */
export function success(spec: RouteSpec, body: { readonly schema: Schema; readonly example: unknown } | undefined): Response {
  const headers = refs(
    ...(isCountedBefore(spec) ? (["RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset"] as const) : []),
    ...(spec.cache ? (["ETag", "Cache-Control"] as const) : []),
    ...(spec.idempotent ? (["Idempotency-Replayed"] as const) : []),
  );
  return { description: describeSuccess(spec), headers, ...(body && { content: { [mediaType(spec)]: body } }) };
}

/** The domain counts the other limits, after the headers of the response are written. */
function isCountedBefore({ limit }: RouteSpec): boolean {
  return limits[limit].per === "user" || limits[limit].per === "ip";
}

export const notModified: Response = { description: "Your copy is still valid.", headers: refs("ETag", "Cache-Control") };

function describeSuccess({ status }: RouteSpec): string {
  if (status === 201) return "Created.";
  if (status === 204) return "Done. There is no body.";
  return status === 202 ? "Accepted. Pendo does the work later." : "Done.";
}

function mediaType({ contentType = "application/json" }: RouteSpec): string {
  return contentType.split(";")[0] ?? contentType;
}

/** The problems of an operation: the name of a response for each status. */
export function problemNames(codes: readonly FaultCode[]): Record<string, string> {
  const byStatus = Map.groupBy(codes, (code) => faults[code].status);
  return Object.fromEntries([...byStatus].toSorted(([a], [b]) => a - b).map(([status, list]) => [status, problemName(list)]));
}

/** Every problem response that the given lists of codes need, by name. */
export function problemResponses(lists: readonly (readonly FaultCode[])[]): Record<string, Response> {
  const byStatus = lists.flatMap((codes) => [...Map.groupBy(codes, (code) => faults[code].status).values()]);
  const named = byStatus.map((codes) => [problemName(codes), problem(codes)] as const);
  return Object.fromEntries(named.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

const everywhere = new Set<FaultCode>([...commonFaults, ...userFaults]);
/** Statuses whose usual codes are those of every operation. */
const usual: Readonly<Record<number, string>> = {
  400: "BadRequest",
  401: "Unauthorized",
  403: "Forbidden",
  413: "PayloadTooLarge",
  415: "UnsupportedMediaType",
  429: "TooManyRequests",
  500: "ServerError",
  503: "Unavailable",
};

function problemName(codes: readonly FaultCode[]): string {
  const own = codes.filter((code) => !everywhere.has(code)).map(pascal);
  const general = codes.some((code) => everywhere.has(code)) ? [usual[faults[codes[0] as FaultCode].status] ?? "Problem"] : [];
  return [...own, ...general].join("Or");
}

const pascal = (code: string): string => code.replaceAll(/(^|\.)(\w)/g, (_, _dot, first: string) => first.toUpperCase());

function problem(codes: readonly FaultCode[]): Response {
  const [first = "server.failed"] = codes;
  const { status, text } = faults[first];
  const mayRetry = codes.some((code) => faults[code].retry);
  // Generated clients name the type after the title.
  const title = `${problemName(codes)}Problem`;
  const schema = { title, allOf: [refTo("Problem"), { type: "object", properties: { code: { type: "string", enum: codes } } }] };
  const example = { type: problemType(first), title: problemTitle(first), status, detail: text, code: first };
  return {
    description: codes.map((code) => `\`${code}\`: ${faults[code].text}`).join("\n\n"),
    ...(mayRetry && { headers: refs("Retry-After") }),
    content: { "application/problem+json": { schema, example } },
  };
}
