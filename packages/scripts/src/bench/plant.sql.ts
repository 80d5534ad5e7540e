import type { ConversationId, MatchId, MediaId, SessionId, UserId } from "@pendo/contract/ids";
import { start } from "@pendo/core/conversations/start.sql";
import type { Db } from "@pendo/core/ports/db/db";
import { randomIds as ids } from "@pendo/core/ports/ids/ids";
import type { EpochId } from "@pendo/core/sync/cursor";

export interface Planted {
  readonly users: readonly { readonly userId: UserId; readonly sessionId: SessionId }[];
  /** Each with its two members. */
  readonly epochId: EpochId;
  readonly conversations: readonly { readonly conversationId: ConversationId; readonly members: readonly [UserId, UserId] }[];
}

/** Plants users who can all be found by each other, in one city, and matches between neighbours in the list. Only for measuring: no files, no facts. */
export async function plant(db: Db, { users: count, conversations }: { users: number; conversations: number }): Promise<Planted> {
  const at = new Date();
  const users = Array.from({ length: count }, () => ({ userId: ids.next<UserId>(), sessionId: ids.next<SessionId>() }));
  for (let from = 0; from < count; from += 1000) await plantUsers(db, users.slice(from, from + 1000), at);
  const planted: { conversationId: ConversationId; members: readonly [UserId, UserId] }[] = [];
  for (let i = 0; i < conversations; i++) {
    const [a, b] = [users[2 * i]?.userId, users[2 * i + 1]?.userId];
    if (!a || !b) break;
    const members: [UserId, UserId] = a < b ? [a, b] : [b, a];
    const [matchId, conversationId] = [ids.next<MatchId>(), ids.next<ConversationId>()];
    await db.begin(async (tx) => {
      await tx`insert into swipe_pairs (lo, hi, lo_action, hi_action, lo_at, hi_at) values (${members[0]}, ${members[1]}, 'like', 'like', ${at}, ${at})`;
      await tx`insert into matches (id, lo, hi, created_at) values (${matchId}, ${members[0]}, ${members[1]}, ${at})`;
      await start(tx, { conversationId, matchId, userIds: members, at });
    });
    planted.push({ conversationId, members });
  }
  await db`analyze`;
  const [epoch] = await db<{ id: EpochId }[]>`select id from epochs order by number desc limit 1`;
  if (!epoch) throw new Error("The database has no epoch.");
  return { users, epochId: epoch.id, conversations: planted };
}

async function plantUsers(db: Db, users: Planted["users"], at: Date): Promise<void> {
  const userIds = users.map(({ userId }) => userId);
  const genders = ["woman", "man"];
  const wants = ["man", "woman"];
  await db.begin(async (tx) => {
    await tx`insert into users ${tx(userIds.map((id) => ({ id, created_at: at, last_active_at: at })))}`;
    await tx`insert into sessions ${tx(users.map(({ userId: user_id, sessionId: id }) => ({ id, user_id, created_at: at, last_used_at: at })))}`;
    await tx`insert into profiles ${tx(
      userIds.map((user_id, i) => ({
        user_id,
        name: `User ${i}`,
        birth_date: `19${75 + (i % 25)}-05-05`,
        gender: genders[i % 2] as string,
        intent: "relationship",
        bio: "I am here to be measured.",
        interests: ["rivers", "bread"],
        text_state: "visible",
        lat: 52.5 + (i % 50) / 500,
        lon: 13.4 + (i % 37) / 400,
        located_at: at,
        discoverable: true,
        created_at: at,
        updated_at: at,
      })),
    )}`;
    await tx`insert into preferences ${tx(userIds.map((user_id, i) => ({ user_id, genders: [wants[i % 2] as string], radius_km: 100, updated_at: at })))}`;
    await tx`insert into user_heads ${tx(userIds.map((user_id) => ({ user_id, rev: 0 })))}`;
    await tx`insert into media ${tx(
      userIds.map((user_id) => {
        const id = ids.next<MediaId>();
        return {
          id,
          user_id,
          kind: "photo",
          state: "visible",
          position: 0,
          content_type: "image/jpeg",
          upload_key: `bench/${id}`,
          width: 1080,
          height: 1350,
          created_at: at,
        };
      }),
    )}`;
  });
}
