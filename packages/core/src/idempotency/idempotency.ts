import type { UserId } from "@pendo/contract/ids";
import { Fault } from "../fault.ts";
import type { Db } from "../ports/db/db.ts";
import { inside } from "../ports/db/inside.ts";
import type { Uses } from "../ports/ports.ts";
import type { StoredResponse } from "./idempotency.sql.ts";
import * as sql from "./idempotency.sql.ts";

export interface KeyedRequest {
  readonly userId: UserId;
  readonly key: string;
  /** Tells this request from another one under the same key. */
  readonly requestHash: Buffer;
}

interface Work {
  /** Carries the request out. Everything that it writes through `db` commits together with its answer. */
  readonly carryOut: (db: Db) => Promise<StoredResponse>;
  /** The answer to keep for an error, or undefined where another try could succeed. */
  readonly refusal: (error: unknown) => StoredResponse | undefined;
}

/** `carriedOut` for the first request, `refused` where it failed for good, `replayed` for a repetition. */
export type Outcome =
  | { readonly kind: "carriedOut" | "replayed"; readonly answer: StoredResponse }
  | { readonly kind: "refused"; readonly error: unknown };

/** The previous release wrote a row before it carried the request out. A row without an answer is abandoned after this time. */
const ABANDONED_AFTER_MS = 60_000;
const IN_PROGRESS_RETRY_MS = 1_000;

/**
 * Carries a request out once. Its effect, its answer and its key commit in one transaction, so a crash leaves all of them or none.
 * A refusal is kept as well, without any effect. After an error that may pass, nothing is kept.
 * @throws {Fault} `idempotency.keyReused`: the key came with another request
 * @throws {Fault} `idempotency.inProgress`: the first request is still running
 */
export async function once({ db, clock }: Uses<"db">, request: KeyedRequest, { carryOut, refusal }: Work): Promise<Outcome> {
  return await db.begin(async (tx): Promise<Outcome> => {
    const at = clock.now();
    const holdsLock = await sql.tryLock(tx, request);
    const row = await sql.find(tx, request);
    // Many may replay a stored answer at once, so a replay needs no lock.
    const answer = row && storedAnswer(row, request, at);
    if (answer) return { kind: "replayed", answer };
    if (!holdsLock) throw inProgressFault(at);
    try {
      const done = await tx.savepoint(async (part) => await carryOut(inside(part)));
      await sql.store(tx, { ...request, answer: done, at });
      return { kind: "carriedOut", answer: done };
    } catch (error) {
      const refused = refusal(error);
      if (!refused) throw error;
      await sql.store(tx, { ...request, answer: refused, at });
      return { kind: "refused", error };
    }
  });
}

function storedAnswer(
  { requestHash, status, response, createdAt }: sql.KeyRow,
  request: KeyedRequest,
  at: Date,
): StoredResponse | undefined {
  if (!requestHash.equals(request.requestHash)) throw new Fault("idempotency.keyReused");
  if (status !== null && response) return { status, ...response };
  if (at.getTime() - createdAt.getTime() < ABANDONED_AFTER_MS) throw inProgressFault(at);
  return undefined;
}

function inProgressFault(at: Date): Fault {
  return new Fault("idempotency.inProgress", { retryAt: new Date(at.getTime() + IN_PROGRESS_RETRY_MS) });
}
