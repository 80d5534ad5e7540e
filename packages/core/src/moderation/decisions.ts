import type { DecisionId } from "@pendo/contract/ids";
import type { Tx } from "../ports/db/db.ts";
import type { Uses } from "../ports/ports.ts";
import { append } from "../log/log.sql.ts";
import { insertDecision, type Decision } from "./decisions.sql.ts";

/**
 * Writes the statement of reasons that every restriction has (Digital Services Act, Article 17) and tells the person concerned, in the transaction
 * of the restriction.
 */
export async function decide({ bus, clock, ids }: Uses<"bus">, tx: Tx, decision: Omit<Decision, "id">): Promise<DecisionId> {
  const id = ids.next<DecisionId>();
  await insertDecision(tx, { ...decision, id }, clock.now());
  await append(tx, [{ userId: decision.userId, kind: "decision", ref: id }], clock.now());
  await bus.emit(tx, "moderation.decided", { decisionId: id, userId: decision.userId });
  return id;
}
