import type * as z from "zod";
import type { FaultCode } from "./faults.ts";
import type { LimitName } from "./limits.ts";
import type { PortName } from "./ports.ts";

export const staffRoles = ["moderator", "support", "analyst", "admin"] as const;
export type StaffRole = (typeof staffRoles)[number];

export interface RouteSpec {
  /** The one list of routes: gateway, functions, OpenAPI, client and tests are derived from it. */
  readonly at: `${"GET" | "POST" | "PUT" | "PATCH" | "DELETE"} /${string}`;
  readonly summary: string;
  /** Who may call it. A staff role is also satisfied by `admin`. */
  readonly auth: "public" | "user" | StaffRole;
  /** A strict object. Fields named in the path come from the path; the rest from the query (GET, DELETE) or the JSON body. */
  readonly input: z.ZodObject;
  readonly output: z.ZodType;
  /** The status of success: 200 unless it says otherwise. 204 sends no body. */
  readonly status?: 200 | 201 | 202 | 204;
  /** What may go wrong beyond what every route may answer (see `commonFaults`). */
  readonly fails: readonly FaultCode[];
  readonly limit: LimitName;
  /** Accepts `Idempotency-Key`: the first answer is replayed to a retry for 24 h. Only unsafe routes that are not idempotent by themselves. */
  readonly idempotent?: boolean;
  /** A replayed answer would have expired: the handler makes it again, out of the first one. Only where `idempotent`. */
  readonly renewed?: boolean;
  /** Sends an `ETag` and answers `If-None-Match`; `maxAgeSec` of `Cache-Control`; `public` lets shared caches keep it. */
  readonly cache?: { readonly maxAgeSec: number; readonly scope: "private" | "public" };
  /** The type of the body of success, where it is not JSON. */
  readonly contentType?: string;
  /** What the body of the request may be besides JSON (RFC 8058 posts a form). */
  readonly form?: boolean;
  /** Stacks link exactly these; handlers are typed to receive exactly these. */
  readonly needs: readonly PortName[];
}

/** Declares a route. It only returns its argument, with its literal types kept. */
export function route<const R extends RouteSpec>(spec: R): R {
  return spec;
}

/** What any route may answer besides its own `fails`. */
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

export const userFaults = [
  "auth.required",
  "auth.tokenInvalid",
  "auth.tokenExpired",
  "account.suspended",
] as const satisfies readonly FaultCode[];
