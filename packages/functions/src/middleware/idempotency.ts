import { createHash } from "node:crypto";
import { faults } from "@pendo/contract/faults";
import { Fault } from "@pendo/core/fault";
import * as keys from "@pendo/core/idempotency/idempotency";
import type { Uses } from "@pendo/core/ports/ports";
import type { HttpMiddleware, HttpRequest } from "./httpInvocation.ts";
import { faultOf, problemOf } from "./problem.ts";
import { contextOf, type Runtime } from "./runtime.ts";

const KEY = /^[\x21-\x7e]{8,128}$/;

/** Replays the first answer to whoever repeats a request with its `Idempotency-Key`. Only routes that the contract calls idempotent look at it. */
export function idempotency(runtime: Runtime): HttpMiddleware {
  let ports: Uses<"db"> | undefined;
  const bind = (): Uses<"db"> => (ports ??= contextOf(runtime, ["db"]) as unknown as Uses<"db">);

  return {
    before: async (request) => {
      const { route, me, input } = request.internal;
      const key = request.event.headers["idempotency-key"];
      if (!route.spec.idempotent || key === undefined || !me) return undefined;
      if (!KEY.test(key)) throw new Fault("input.invalid", { fields: { "Idempotency-Key": "must be 8 to 128 printable characters" } });
      const requestHash = createHash("sha256")
        .update(`${route.spec.at}\n${JSON.stringify(input)}`)
        .digest();
      const first = await keys.claim(bind(), { userId: me, key, requestHash });
      if (!first) {
        request.internal.idempotencyKey = key;
        return undefined;
      }
      return {
        statusCode: first.status,
        headers: { ...request.internal.responseHeaders, ...first.headers, "idempotency-replayed": "true" },
        body: first.body,
      };
    },
    after: (request) => settle(request, bind, runtime),
    onError: (request) => settle(request, bind, runtime),
  };
}

async function settle(request: HttpRequest, bind: () => Uses<"db">, { clock }: Runtime): Promise<void> {
  const { idempotencyKey: key, me: userId } = request.internal;
  if (!key || !userId) return;
  const fault = request.error && faultOf(request.error).fault;
  // An answer that another try could better is not kept.
  if (fault && faults[fault.code].retry) return await keys.release(bind(), { userId, key });
  await keys.settle(bind(), { userId, key, answer: fault ? refusal(fault, clock) : answerOf(request) });
}

function refusal(fault: Fault, clock: Runtime["clock"]): keys.Answer {
  const { status, headers, body } = problemOf(fault, clock);
  return { status, headers, body };
}

function answerOf({ response }: HttpRequest): keys.Answer {
  const contentType = String(response?.headers?.["content-type"] ?? "application/json");
  return { status: Number(response?.statusCode ?? 200), headers: { "content-type": contentType }, body: response?.body ?? "" };
}
