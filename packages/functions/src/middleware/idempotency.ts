import { createHash } from "node:crypto";
import { faults } from "@pendo/contract/faults";
import { Fault } from "@pendo/core/fault";
import { type KeyedRequest, once } from "@pendo/core/idempotency/idempotency";
import type { StoredResponse } from "@pendo/core/idempotency/idempotency.sql";
import type { Db } from "@pendo/core/ports/db/db";
import type { APIGatewayProxyStructuredResultV2 } from "aws-lambda";
import type { HttpMiddleware, Invocation } from "./httpInvocation.ts";
import { faultOf, problemOf } from "./problem.ts";
import type { Runtime } from "./runtime.ts";

const KEY = /^[\x21-\x7e]{8,128}$/;

/** Reads the `Idempotency-Key` of a request, where its route accepts one. `carryOutOnce` then acts on it. */
export function idempotency(): HttpMiddleware {
  return {
    before: ({ event, internal }) => {
      const { route, me, input } = internal;
      const key = event.headers["idempotency-key"];
      if (!route.spec.idempotent || key === undefined || !me) return;
      if (!KEY.test(key)) throw new Fault("input.invalid", { fields: { "/Idempotency-Key": "must be 8 to 128 printable characters" } });
      const hash = createHash("sha256").update(`${route.spec.at}\n${JSON.stringify(input)}`);
      internal.keyed = { userId: me, key, requestHash: hash.digest() };
    },
  };
}

type Response = APIGatewayProxyStructuredResultV2;
/** Makes an answer again, out of the first one, where that would have expired. */
type Renew = (first: unknown) => Promise<Response>;

/**
 * Carries a request with a key out once, in one transaction with its answer; a repetition gets the first answer. `carryOut` gets the database to write
 * through. A refusal is thrown as without a key. Where the route's answers expire, a repetition gets a renewed one.
 */
export async function carryOutOnce(
  { ports, clock, ids }: Runtime,
  request: { readonly keyed: KeyedRequest; readonly invocation: Invocation; readonly renew: Renew | undefined },
  carryOut: (db: Db) => Promise<Response>,
): Promise<Response> {
  const { keyed, invocation, renew } = request;
  if (!ports.db) throw new Error("An idempotent route needs the database.");
  const outcome = await once({ db: ports.db, clock, ids }, keyed, {
    carryOut: async (db) => answerOf(await carryOut(db)),
    refusal: (error) => {
      const { fault } = faultOf(error);
      return faults[fault.code].retry ? undefined : problemOf(fault, clock);
    },
  });
  if (outcome.kind === "refused") throw outcome.error;
  const { status, headers, body } = outcome.answer;
  if (outcome.kind === "replayed" && renew && status < 300) {
    const renewed = await renew(JSON.parse(body));
    return { ...renewed, headers: { ...renewed.headers, "idempotency-replayed": "true" } };
  }
  const replayed = outcome.kind === "replayed" ? { "idempotency-replayed": "true" } : {};
  return { statusCode: status, headers: { ...invocation.responseHeaders, ...headers, ...replayed }, body };
}

function answerOf({ statusCode, headers, body }: Response): StoredResponse {
  return {
    status: statusCode ?? 200,
    headers: { "content-type": String(headers?.["content-type"] ?? "application/json") },
    body: body ?? "",
  };
}
