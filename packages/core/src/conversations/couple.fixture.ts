import type { ConversationId, MatchId, MessageId, UserId } from "@pendo/contract/ids";
import type { Uses } from "../ports/ports.ts";
import { append } from "../log/log.sql.ts";
import { start } from "./start.sql.ts";

export interface Couple {
  readonly a: UserId;
  readonly b: UserId;
  readonly matchId: MatchId;
  readonly conversationId: ConversationId;
}

/** An active user with a name. */
export async function person({ db, ids, clock }: Uses<"db">, name = "Kim"): Promise<UserId> {
  const id = ids.next<UserId>();
  const at = clock.now();
  await db`insert into users (id, created_at, last_active_at) values (${id}, ${at}, ${at})`;
  await db`
    insert into profiles (user_id, name, birth_date, gender, text_state, created_at, updated_at)
    values (${id}, ${name}, '1990-05-05', 'woman', 'visible', ${at}, ${at})`;
  return id;
}

/** Two matched people, or a match of two who are there already, with their conversation. */
export async function couple(ports: Uses<"db">, between?: readonly [UserId, UserId]): Promise<Couple> {
  const { db, ids, clock } = ports;
  const [a, b] = between ?? [await person(ports, "Ada"), await person(ports, "Ben")];
  const [lo, hi] = a < b ? [a, b] : [b, a];
  const matchId = ids.next<MatchId>();
  const conversationId = ids.next<ConversationId>();
  const at = clock.now();
  await db.begin(async (tx) => {
    await tx`insert into matches (id, lo, hi, created_at) values (${matchId}, ${lo}, ${hi}, ${at})`;
    await start(tx, { conversationId, matchId, userIds: [a, b], at });
    await append(
      tx,
      [a, b].map((userId) => ({ userId, kind: "match" as const, ref: matchId })),
      at,
    );
  });
  return { a, b, matchId, conversationId };
}

/** The id of the message at this place. */
export async function messageAt({ db }: Uses<"db">, conversationId: ConversationId, seq: number): Promise<MessageId> {
  const [message] = await db<{ id: MessageId }[]>`select id from messages where conversation_id = ${conversationId} and seq = ${seq}`;
  if (!message) throw new Error(`The conversation has no message at ${seq}.`);
  return message.id;
}
