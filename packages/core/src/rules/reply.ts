import type { UserId } from "@pendo/contract/ids";
import type { Queryable } from "../ports/db/db.ts";

/** Whether the message `m` is the reply in the conversation `c`: the first message of the user who did not begin it. */
export function isReply(sql: Queryable) {
  return sql`(m.conversation_id = c.id and m.seq = c.answered_seq)`;
}

/** The replies `m` of the first user of each pair to the second, as the rows `asked (a, b)`: one for each conversation in which there is one. */
export function repliesBetween(sql: Queryable, pairs: readonly (readonly [UserId, UserId])[]) {
  return sql`
    unnest(${pairs.map(([from]) => from)}::uuid[], ${pairs.map(([, to]) => to)}::uuid[]) as asked (a, b)
    join members w on w.user_id = asked.a and w.other_id = asked.b join conversations c on c.id = w.conversation_id
    join messages m on ${isReply(sql)} and m.sender_id = asked.a`;
}
