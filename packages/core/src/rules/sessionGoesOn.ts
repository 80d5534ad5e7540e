import type { Queryable } from "../ports/db/db.ts";

const DAY_MS = 86_400_000;
/** How long a session that is not used goes on. */
export const SESSION_IDLE_MS = 30 * DAY_MS;
/** How long a session goes on at most. */
export const SESSION_LIFE_MS = 90 * DAY_MS;

/** How long an access token is good for. */
export const ACCESS_TOKEN_SEC = 600;

/** Whether the session `s` goes on: it was not ended, was used lately, and is not too old. */
export function sessionGoesOn(sql: Queryable, at: Date) {
  const [usedAfter, startedAfter] = [new Date(at.getTime() - SESSION_IDLE_MS), new Date(at.getTime() - SESSION_LIFE_MS)];
  return sql`(s.revoked_at is null and s.last_used_at > ${usedAfter} and s.created_at > ${startedAfter})`;
}
