import type { UserId } from "@pendo/contract/ids";
import { TimeKey } from "../cursor.ts";
import { Fault } from "../fault.ts";
import { type Page, type PageWanted, readPage, rowsAlone } from "../list.ts";
import * as matches from "../matches/matches.ts";
import type { Uses } from "../ports/ports.ts";
import { isShown } from "../profiles/cards.sql.ts";
import { append } from "../log/log.sql.ts";
import * as sql from "./blocks.sql.ts";

export interface BlockedUser {
  readonly userId: UserId;
  readonly name: string;
  readonly blockedAt: string;
}

/**
 * A page of the ids that a user has blocked, newest first. The name is empty where the blocker could not see the user when blocking: otherwise the
 * list would name any user, and tell one who blocked the caller from one who deleted the account.
 */
export async function list(
  { db }: Uses<"db">,
  { blockerId, ...page }: PageWanted & { readonly blockerId: UserId },
): Promise<Page<BlockedUser>> {
  return await readPage(page, TimeKey, {
    skeleton: (before, limit) => sql.list(db, { blockerId, before, limit }),
    keyOf: ({ createdAt, userId }) => [createdAt.toISOString(), userId],
    ...rowsAlone,
    present: ({ userId, name, createdAt }): BlockedUser => ({ userId, name, blockedAt: createdAt.toISOString() }),
  });
}

/**
 * Blocks an id: from the commit on, neither user sees or reaches the other anywhere. A match between the two ends with its conversation, and likes
 * between them are removed. The blocked user learns of an ended match at most. A second time changes nothing.
 * A block of an unknown id is stored like any other: otherwise the answer or the list would tell which ids have a user.
 * @throws {Fault} `input.invalid`: the id is the user's own
 */
export async function create(
  { db, bus, clock }: Uses<"db" | "bus">,
  { blockerId, userId: blockedId }: { blockerId: UserId; userId: UserId },
): Promise<void> {
  if (blockerId === blockedId) throw new Fault("input.invalid", { fields: { "/userId": "is your own" } });
  const at = clock.now();
  await db.begin(async (tx) => {
    const blockerSaw = await isShown(tx, { viewerId: blockerId, userId: blockedId, at });
    if (!(await sql.insert(tx, { blockerId, blockedId, blockerSaw, at }))) return;
    const exists = await sql.userExists(tx, blockedId);
    if (exists) await matches.endBetween(tx, bus, { a: blockerId, b: blockedId, endedBy: blockerId, at });
    await append(tx, [{ userId: blockerId, kind: "block", ref: blockedId }], at);
    if (exists) await bus.emit(tx, "user.blocked", { blockerId, blockedId }, { actor: blockerId });
  });
}

/** Lifts a block. What it ended stays ended; where there is none, nothing changes. */
export async function remove(
  { db, bus, clock }: Uses<"db" | "bus">,
  { blockerId, userId: blockedId }: { blockerId: UserId; userId: UserId },
): Promise<void> {
  const pair = { blockerId, blockedId };
  await db.begin(async (tx) => {
    if (!(await sql.remove(tx, pair))) return;
    await append(tx, [{ userId: blockerId, kind: "block", ref: blockedId }], clock.now());
    if (await sql.userExists(tx, blockedId)) await bus.emit(tx, "user.unblocked", pair, { actor: blockerId });
  });
}
