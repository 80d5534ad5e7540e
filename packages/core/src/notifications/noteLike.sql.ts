import type { NotificationId, UserId } from "@pendo/contract/ids";
import type { Tx } from "../ports/db/db.ts";
import { notBlocked } from "../rules/notBlocked.ts";
import { append } from "../log/log.sql.ts";
import { type Notice, upsert } from "./notices.sql.ts";
import { withdrawLikes } from "./withdraw.sql.ts";

/** Notes a like, as long as it waits for an answer, and links it to its notification: when the like goes, so does what speaks of it alone. */
export async function noteLike(
  tx: Tx,
  notice: Notice,
  { likerId, at }: { readonly likerId: UserId; readonly at: Date },
): Promise<NotificationId | undefined> {
  // Held until the commit: a transaction that removes the like waits, and then finds the link.
  const [like] = await tx<{ notificationId: NotificationId | null }[]>`
    select notification_id from likes_inbox
    where liked_id = ${notice.userId} and liker_id = ${likerId} and ${notBlocked(tx, notice.userId, likerId)}
    for no key update`;
  if (!like) return undefined;
  const before = like.notificationId;
  const id = await upsert(tx, notice, at, tx`true`, before);
  if (!id || id === before) return id;
  await tx`update likes_inbox set notification_id = ${id} where liked_id = ${notice.userId} and liker_id = ${likerId}`;
  const left = await withdrawLikes(tx, [{ likedId: notice.userId, notificationId: before }], at);
  if (left.length > 0) await append(tx, left, at);
  return id;
}
