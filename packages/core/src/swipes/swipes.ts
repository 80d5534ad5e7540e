import type { SwipeAction } from "@pendo/contract/events";
import type { ConversationId, MatchId, UserId } from "@pendo/contract/ids";
import { blockedBetween } from "../blocks/blocks.sql.ts";
import { Fault } from "../fault.ts";
import { make } from "../matches/make.ts";
import { type RemovedLike, withdrawAnswered, withdrawLikes } from "../notifications/withdraw.sql.ts";
import type { Tx } from "../ports/db/db.ts";
import type { Uses } from "../ports/ports.ts";
import { windowOf } from "../quotas/windows.ts";
import { append } from "../log/log.sql.ts";
import { lastSwipe, settleRewind, unswipe } from "./rewind.sql.ts";
import * as sql from "./swipes.sql.ts";

export type { Swipe } from "./swipes.sql.ts";

export interface Recorded {
  /** What now stands. */
  readonly action: SwipeAction;
  readonly matchId: MatchId | null;
  readonly conversationId: ConversationId | null;
  /** Null: no limit. */
  readonly likesLeft: number | null;
  readonly superlikesLeft: number | null;
}

/** Long enough for a thread that only now starts; a like without its comment would not be the like that was meant. */
const COMMENT_WAIT_MS = 2000;

/**
 * Records a swipe in one transaction: the pair, the quota, the other's inbox and log, and, when both like each other, the match with its conversation.
 * The same swipe again changes nothing, costs nothing and answers the same match. A like after a superlike leaves the superlike; a pass takes a like
 * back as long as it made no match, and returns its cost once per target and day.
 * @throws {Fault} `swipe.self`: the target is the swiper
 * @throws {Fault} `profile.notFound`: the target is unknown, hidden, blocked either way, or was matched once and is not any more
 * @throws {Fault} `profile.incomplete`: the swiper has no name, birthday or gender
 * @throws {Fault} `swipe.quotaSpent`: no swipe of this kind is left; `resetsAt` says when they are back
 * @throws {Fault} `swipe.matched`: a pass on a match
 * @throws {Fault} `message.refused`: profiles may not hold the comment
 * @throws {Fault} `input.invalid`: the comment is about something that is not on the profile
 * @throws {Fault} `server.busy`: the comment got no verdict in time
 */
export async function record(ports: Uses<"db" | "bus" | "judge">, swipe: sql.Swipe): Promise<Recorded> {
  if (swipe.swiperId === swipe.targetId) throw new Fault("swipe.self");
  // A comment reaches a stranger, so it is held to the rules of profiles, and judged before anybody sees it.
  if (swipe.comment !== undefined) await requireAccepted(ports, swipe.comment);
  const at = ports.clock.now();
  return await ports.db.begin((tx) => (swipe.action === "pass" ? recordPass(ports, tx, swipe, at) : recordLike(ports, tx, swipe, at)));
}

async function requireAccepted({ judge }: Uses<"judge">, comment: string): Promise<void> {
  const verdicts = await judge.verdicts([comment], "profile", COMMENT_WAIT_MS);
  if (!verdicts) throw new Fault("server.busy");
  if (verdicts.some(({ state }) => state === "rejected")) throw new Fault("message.refused");
}

async function recordPass(ports: Uses<"bus">, tx: Tx, swipe: sql.Swipe, at: Date): Promise<Recorded> {
  const { swiperId, targetId } = swipe;
  const windows = windowsOf(at);
  const passed = await sql.pass(tx, swipe, at, windows);
  const left = leftOf(passed, windows);
  if (!passed.complete) throw new Fault("profile.incomplete");
  if (!passed.known) throw new Fault("profile.notFound");
  if (!passed.changed) return { ...(await unchanged(tx, swipe)), ...left };
  await Promise.all([
    ports.bus.emit(tx, "swipe.recorded", { swiperId, targetId, action: "pass" }, { actor: swiperId }),
    passed.hadRow && answered(tx, swipe, at),
  ]);
  return { action: "pass", matchId: null, conversationId: null, ...left };
}

async function recordLike(ports: Uses<"bus">, tx: Tx, swipe: sql.Swipe, at: Date): Promise<Recorded> {
  const { swiperId, targetId, action } = swipe;
  const windows = windowsOf(at);
  const onProfile = swipe.on === undefined || (await sql.isOnProfile(tx, targetId, swipe.on));
  const liked = await sql.like(tx, swipe, at, windows);
  const left = leftOf(liked, windows);
  if (!liked.complete) throw new Fault("profile.incomplete");
  if (!liked.known) throw new Fault("profile.notFound");
  if (!liked.changed) return { ...(await unchanged(tx, swipe)), ...left };
  if (!liked.charged)
    throw new Fault("swipe.quotaSpent", { resetsAt: (action === "superlike" ? windows.superlike : windows.like).resetsAt });
  if (!onProfile) throw new Fault("input.invalid", { fields: { "/on": "is not on that profile" } });
  const recorded = { name: "swipe.recorded", data: { swiperId, targetId, action }, actor: swiperId } as const;
  const likeReceived = { name: "like.received", data: { likerId: swiperId, likedId: targetId, action }, actor: swiperId } as const;
  const [match, blocked] = await Promise.all([
    liked.mutual
      ? make(ports, tx, { userIds: ordered(swiperId, targetId), madeBy: swiperId, cause: recorded, at })
      : ports.bus.emitAll(tx, [recorded, likeReceived]).then(() => undefined),
    // The first statement looked for blocks before it had the pair's row; a block made meanwhile held that row.
    blockedBetween(tx, swiperId, targetId),
  ]);
  if (blocked) throw new Fault("profile.notFound");
  return { action, matchId: match?.matchId ?? null, conversationId: match?.conversationId ?? null, ...left };
}

const windowsOf = (at: Date): sql.Windows => ({ like: windowOf("like", at), superlike: windowOf("superlike", at) });

function leftOf(
  { likesUsed, superlikesUsed }: { readonly likesUsed: number; readonly superlikesUsed: number },
  { like, superlike }: sql.Windows,
) {
  return { likesLeft: Math.max(like.cap - likesUsed, 0), superlikesLeft: Math.max(superlike.cap - superlikesUsed, 0) };
}

/** The answer to a swipe that changed nothing: a repeated one, or one on a pair that has matched. */
async function unchanged(tx: Tx, swipe: sql.Swipe): Promise<Pick<Recorded, "action" | "matchId" | "conversationId">> {
  const stands = await sql.pairState(tx, swipe);
  if (!stands?.action) throw new Fault("profile.notFound");
  const { action, bothLike, matchId, conversationId } = stands;
  // Once a match has ended, the two are never shown to each other again.
  if (bothLike && matchId === null) throw new Fault("profile.notFound");
  if (bothLike && swipe.action === "pass") throw new Fault("swipe.matched");
  return { action, matchId, conversationId };
}

/** A pass takes the swiper's like back, and answers the target's. Of the two there is one at most: with both, the pair has matched. */
async function answered(tx: Tx, swipe: sql.Swipe, at: Date): Promise<void> {
  const notices = await withdrawAnswered(tx, { likedId: swipe.swiperId, likerId: swipe.targetId }, at);
  if (notices.length > 0) await append(tx, notices, at);
  else await withdrawn(tx, swipe, at);
}

async function withdrawn(
  tx: Tx,
  { swiperId, targetId }: { readonly swiperId: UserId; readonly targetId: UserId },
  at: Date,
): Promise<void> {
  const removed = await sql.withdraw(tx, { swiperId, targetId });
  if (removed) await logRemoved(tx, { ...removed, likerId: swiperId }, at);
}

async function logRemoved(tx: Tx, removed: RemovedLike & { readonly likerId: UserId }, at: Date): Promise<void> {
  const notices = await withdrawLikes(tx, [removed], at);
  await append(tx, [{ userId: removed.likedId, kind: "like", ref: removed.likerId, likes: -1 }, ...notices], at);
}

function ordered(a: UserId, b: UserId): [UserId, UserId] {
  return a < b ? [a, b] : [b, a];
}

// A swipe of the same user between the look and the claim makes a rewind start again.
const REWIND_ATTEMPTS_MAX = 5;

/**
 * Takes the user's newest swipe back, once: the pair is as if it had not been swiped, and a like leaves the other's inbox. A like's cost comes back once
 * per target and day.
 * @throws {Fault} `swipe.nothingToRewind`: there is no swipe to take back
 * @throws {Fault} `swipe.matched`: the swipe made a match
 * @throws {Fault} `swipe.quotaSpent`: no rewind is left; `resetsAt` says when they are back
 * @throws {Fault} `server.busy`: other swipes of the user came between each attempt
 */
export async function rewind(
  ports: Uses<"db" | "bus">,
  { swiperId }: { swiperId: UserId },
): Promise<{ targetId: UserId; action: SwipeAction }> {
  for (let attempt = 1; attempt <= REWIND_ATTEMPTS_MAX; attempt++) {
    const rewound = await tryRewind(ports, swiperId);
    if (rewound) return rewound;
  }
  throw new Fault("server.busy");
}

class Overtaken extends Error {}

async function tryRewind(
  { db, bus, clock }: Uses<"db" | "bus">,
  swiperId: UserId,
): Promise<{ targetId: UserId; action: SwipeAction } | undefined> {
  const at = clock.now();
  const window = windowOf("rewind", at);
  try {
    return await db.begin(async (tx) => {
      const last = await lastSwipe(tx, swiperId);
      if (!last) throw new Fault("swipe.nothingToRewind");
      const { targetId, action } = last;
      if (!(await unswipe(tx, swiperId, last))) {
        const stands = await sql.pairState(tx, { swiperId, targetId });
        if (stands?.bothLike) throw new Fault("swipe.matched");
        throw new Overtaken();
      }
      const { charged, wasLast, hadLike, notificationId } = await settleRewind(tx, swiperId, last, { window, at });
      if (!charged) throw new Fault("swipe.quotaSpent", { resetsAt: window.resetsAt });
      if (!wasLast) throw new Overtaken();
      await Promise.all([
        hadLike && logRemoved(tx, { likedId: targetId, likerId: swiperId, notificationId }, at),
        bus.emit(tx, "swipe.rewound", { swiperId, targetId }, { actor: swiperId }),
      ]);
      return { targetId, action };
    });
  } catch (error) {
    if (error instanceof Overtaken) return undefined;
    throw error;
  }
}
