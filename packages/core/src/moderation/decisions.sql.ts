import type { DecisionSubject, Restriction } from "@pendo/contract/decision";
import type { DecisionId, UserId } from "@pendo/contract/ids";
import type { Queryable } from "../ports/db/db.ts";

export interface Decision {
  readonly id: DecisionId;
  readonly userId: UserId;
  readonly subjectKind: DecisionSubject;
  readonly subjectId: string;
  readonly restriction: Restriction;
  /** The rule of the terms that was broken, as a code. */
  readonly ground: string;
  /** What it was decided on, in words for the person concerned. */
  readonly facts: string;
  readonly automatedDetection: boolean;
  readonly automatedDecision: boolean;
}

/** Keeps a decision with its reasons. `at` is the time of the decision. */
export async function insertDecision(sql: Queryable, decision: Decision, at: Date): Promise<void> {
  await sql`
    insert into decisions (
      id, user_id, subject_kind, subject_id, restriction, ground, facts, automated_detection, automated_decision, decided_at
    ) values (
      ${decision.id}, ${decision.userId}, ${decision.subjectKind}, ${decision.subjectId}, ${decision.restriction}, ${decision.ground},
      ${decision.facts}, ${decision.automatedDetection}, ${decision.automatedDecision}, ${at}
    )`;
}
