import type { UserId } from "@pendo/contract/ids";
import { Time } from "@pendo/contract/time";
import * as z from "zod";
import { decode, encode } from "../cursor.ts";
import { Fault } from "../fault.ts";
import * as matches from "../matches/matches.ts";
import type { Uses } from "../ports/ports.ts";
import { append } from "../sync/log.ts";
import * as sql from "./blocks.sql.ts";

const Place = z.tuple([Time.transform((time) => new Date(time)), z.uuid()]);

export interface BlockedUser {
  readonly userId: UserId;
  readonly name: string;
  readonly blockedAt: string;
}

/** A page of whom somebody has blocked, newest first. */
export async function list(
  { db }: Uses<"db">,
  { blockerId, cursor, limit }: { blockerId: UserId; cursor?: string | undefined; limit: number },
): Promise<{ items: BlockedUser[]; next: string | null }> {
  const before = cursor === undefined ? null : decode(cursor, Place);
  const rows = await sql.list(db, { blockerId, before, limit: limit + 1 });
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return {
    items: shown.map(({ userId, name, createdAt }) => ({ userId, name, blockedAt: createdAt.toISOString() })),
    next: last && rows.length > limit ? encode([last.createdAt.toISOString(), last.userId]) : null,
  };
}

/**
 * Blocks somebody: from the commit on, neither sees or reaches the other anywhere. A match between the two ends with its conversation, and likes
 * between them are gone. The blocked one learns of an ended match at most. A second time changes nothing.
 * An unknown id is answered like a known one: otherwise the answer would tell a user who blocked the caller from one who deleted the account.
 * @throws {Fault} `input.invalid` for oneself
 */
export async function put(
  { db, bus, clock }: Uses<"db" | "bus">,
  { blockerId, userId: blockedId }: { blockerId: UserId; userId: UserId },
): Promise<void> {
  if (blockerId === blockedId) throw new Fault("input.invalid", { fields: { userId: "is your own" } });
  const at = clock.now();
  const pair = { blockerId, blockedId };
  await db.begin(async (tx) => {
    if (!(await sql.insert(tx, pair, at))) return;
    await matches.endBetween(tx, bus, { a: blockerId, b: blockedId, endedBy: blockerId, at });
    await append(tx, [{ userId: blockerId, kind: "block", ref: blockedId }], at);
    await bus.emit(tx, "user.blocked", pair, { actor: blockerId });
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
    await bus.emit(tx, "user.unblocked", pair, { actor: blockerId });
  });
}
