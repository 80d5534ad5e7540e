import type { SwipeAction } from "@pendo/contract/events";
import type { UserId } from "@pendo/contract/ids";
import type { Signal } from "@pendo/engine/learn/signal";
import type { Learned, PairRow, Reply } from "./learn.sql.ts";

/** A swipe that is valid now, or a reply, that was not learned from yet. */
export interface UnlearnedSignal {
  readonly from: UserId;
  readonly to: UserId;
  readonly signal: Exclude<Signal, "matched">;
  readonly at: Date;
  /** Whether it is the later one of two likes. */
  readonly makesMatch: boolean;
}

/** A swipe as it was counted and as it is now: true for a like or superlike, false for a pass, null for none. */
export interface CountChange {
  readonly from: UserId;
  readonly to: UserId;
  readonly counted: boolean | null;
  readonly now: boolean | null;
}

export interface Unlearned {
  /** The oldest first. */
  readonly answers: readonly UnlearnedSignal[];
  readonly countChanges: readonly CountChange[];
  /** What to write to the rows of those pairs in which something is new. */
  readonly marks: readonly Learned[];
  /** Passes of today, which wait until the day is over. */
  readonly waitingPasses: readonly (readonly [UserId, UserId])[];
}

/** One user's side of a pair. */
interface Side {
  readonly from: UserId;
  readonly to: UserId;
  /** The swipe that may be learned from: none while a pass of today waits. */
  readonly action: SwipeAction | null;
  readonly at: Date | null;
  readonly isWaiting: boolean;
  /** What was learned from the side before, as in `CountChange`. */
  readonly learned: boolean | null;
  /** Whether the swipe is read at all: one without an event so far is read when its event arrives. */
  readonly isRead: boolean;
  /** Of a reply that was not learned from; null where there is none. */
  readonly newReplyAt: Date | null;
  readonly isReplyLearned: boolean;
}

/**
 * Compares pairs with what was learned from them. `swiped` names the sides whose swipes are read. A superlike after a like changes nothing. A pass
 * since `today` began waits: what is learned moves orders, and an order that moved at once would show who passed.
 */
export function unlearnedIn(
  pairs: readonly PairRow[],
  replies: readonly Reply[],
  swiped: readonly (readonly [UserId, UserId])[],
  today: Date,
): Unlearned {
  const read = new Set(swiped.map(([from, to]) => keyOf(from, to)));
  const repliedAt = new Map(replies.map(({ from, to, at }) => [keyOf(from, to), at]));
  const both = pairs.map((pair) => sidesOf(pair, { read, repliedAt, today }));
  const sides = both.flat();
  return {
    answers: answersIn(sides),
    countChanges: sides.filter(isSwipeNew).map(({ from, to, learned, action }) => ({ from, to, counted: learned, now: likes(action) })),
    marks: both.filter((pair) => pair.some((side) => isSwipeNew(side) || side.newReplyAt !== null)).map(markOf),
    waitingPasses: sides.filter(({ isRead, isWaiting }) => isRead && isWaiting).map(({ from, to }) => [from, to] as const),
  };
}

interface ReadContext {
  readonly read: ReadonlySet<string>;
  readonly repliedAt: ReadonlyMap<string, Date>;
  readonly today: Date;
}

function sidesOf(pair: PairRow, known: ReadContext): readonly [lo: Side, hi: Side] {
  const { lo, hi } = pair;
  return [
    sideOf({ from: lo, to: hi, action: pair.loAction, at: pair.loAt, learned: pair.loLearned, replyLearned: pair.loReplyLearned }, known),
    sideOf({ from: hi, to: lo, action: pair.hiAction, at: pair.hiAt, learned: pair.hiLearned, replyLearned: pair.hiReplyLearned }, known),
  ];
}

type SideRow = Pick<Side, "from" | "to" | "action" | "at" | "learned"> & { readonly replyLearned: boolean | null };

function sideOf({ replyLearned, ...row }: SideRow, { read, repliedAt, today }: ReadContext): Side {
  const key = keyOf(row.from, row.to);
  const isWaiting = row.action === "pass" && row.at !== null && row.at >= today;
  const isReplyLearned = replyLearned === true;
  return {
    ...row,
    action: isWaiting ? null : row.action,
    isWaiting,
    isRead: read.has(key),
    newReplyAt: isReplyLearned ? null : (repliedAt.get(key) ?? null),
    isReplyLearned,
  };
}

/** The new swipes and replies, in the order of their times. Of two likes, the later one makes the match. */
function answersIn(sides: readonly Side[]): UnlearnedSignal[] {
  const answers = sides
    .flatMap((side) => [...newSwipe(side), ...newReply(side)])
    .toSorted((a, b) => a.at.getTime() - b.at.getTime() || byId(a.from, b.from) || byId(a.to, b.to));
  const likesSoFar = new Map(sides.map(({ from, to, action, learned }) => [keyOf(from, to), action !== null && learned === true]));
  return answers.map((answer): UnlearnedSignal => {
    const { from, to, signal } = answer;
    if (signal === "answered") return { ...answer, makesMatch: false };
    likesSoFar.set(keyOf(from, to), signal !== "pass");
    return { ...answer, makesMatch: signal !== "pass" && likesSoFar.get(keyOf(to, from)) === true };
  });
}

type NewAnswer = Omit<UnlearnedSignal, "makesMatch">;

function newSwipe(side: Side): NewAnswer[] {
  const { from, to, action, at } = side;
  return isSwipeNew(side) && action !== null && at !== null ? [{ from, to, signal: action, at }] : [];
}

function newReply({ from, to, newReplyAt }: Side): NewAnswer[] {
  return newReplyAt ? [{ from, to, signal: "answered", at: newReplyAt }] : [];
}

function isSwipeNew({ isRead, action, learned }: Side): boolean {
  return isRead && likes(action) !== learned;
}

function markOf([lo, hi]: readonly [Side, Side]): Learned {
  const learnedNow = ({ isRead, action, learned }: Side): boolean | null => (isRead ? likes(action) : learned);
  const replyLearnedNow = ({ isReplyLearned, newReplyAt }: Side): boolean => isReplyLearned || newReplyAt !== null;
  return {
    lo: lo.from,
    hi: hi.from,
    loLearned: learnedNow(lo),
    hiLearned: learnedNow(hi),
    loReplyLearned: replyLearnedNow(lo),
    hiReplyLearned: replyLearnedNow(hi),
  };
}

function likes(action: SwipeAction | null): boolean | null {
  return action === null ? null : action !== "pass";
}

const keyOf = (from: UserId, to: UserId): string => from + to;
const byId = (one: UserId, other: UserId): number => Number(one > other) - Number(one < other);
