import type * as z from "zod";
import type { FaultCode } from "./faults.ts";
import type { LimitName } from "./limits.ts";
import type { PortName } from "./ports.ts";

export const staffRoles = ["moderator", "support", "analyst", "admin"] as const;
export type StaffRole = (typeof staffRoles)[number];

export interface RouteSpec {
  /** Method and path. Gateway, functions, OpenAPI, client and tests are derived from it. */
  readonly at: `${"GET" | "POST" | "PUT" | "PATCH" | "DELETE"} /${string}`;
  /** An imperative without a full stop, at most 80 characters. */
  readonly summary: string;
  /** Whole sentences: what a caller must know beyond the summary. */
  readonly description?: string;
  /** Who may call the route. `admin` includes every other staff role. */
  readonly auth: "public" | "user" | StaffRole;
  /** A strict object. Fields that the path does not name come from the query (GET, DELETE) or the JSON body. */
  readonly input: z.ZodObject;
  readonly output: z.ZodType;
  /** The status of success; 200 if left out. 204 has no body. */
  readonly status?: 200 | 201 | 202 | 204;
  /** The faults of this route beyond `commonFaults`. */
  readonly fails: readonly FaultCode[];
  readonly limit: LimitName;
  /** Accepts `Idempotency-Key`: for 24 h a retry gets the first response. Only for POST. */
  readonly idempotent?: boolean;
  /** The handler renews a replayed response, because the first one has expired by then. Only if `idempotent`. */
  readonly renewed?: boolean;
  /** Sends an `ETag` and supports `If-None-Match`. `public` allows shared caches. */
  readonly cache?: { readonly maxAgeSec: number; readonly scope: "private" | "public" };
  /** The media type of a successful response, if it is not JSON. */
  readonly contentType?: string;
  /** Whether the request body may also be a form (RFC 8058). */
  readonly form?: boolean;
  /** The ports of the handler. Stacks link exactly these ports. */
  readonly needs: readonly PortName[];
}

/** Declares a route. It returns its argument and keeps the literal types. */
export function route<const R extends RouteSpec>(spec: R): R {
  return spec;
}

/** Faults that any route may return. */
export const commonFaults = [
  "input.invalid",
  "input.notText",
  "input.notJson",
  "input.tooLarge",
  "input.mediaType",
  "rate.limited",
  "server.failed",
  "server.busy",
  "store.unavailable",
] as const satisfies readonly FaultCode[];

/** Faults of every route that needs a signed-in user. */
export const userFaults = [
  "auth.required",
  "auth.tokenInvalid",
  "auth.tokenExpired",
  "account.suspended",
] as const satisfies readonly FaultCode[];

/** Faults of every route that may write. */
export const writeFaults = ["store.full"] as const satisfies readonly FaultCode[];

/** Every fault that a route may return. */
export function faultsOf(spec: RouteSpec): FaultCode[] {
  return [
    ...new Set<FaultCode>([
      ...commonFaults,
      ...(spec.auth === "public" ? [] : userFaults),
      ...(spec.auth === "public" || spec.auth === "user" ? [] : (["auth.forbidden"] as const)),
      ...(spec.at.startsWith("GET ") ? [] : writeFaults),
      ...(spec.idempotent ? (["idempotency.keyReused", "idempotency.inProgress"] as const) : []),
      ...spec.fails,
    ]),
  ];
}
