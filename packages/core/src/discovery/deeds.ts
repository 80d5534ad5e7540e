import type { SwipeAction } from "@pendo/contract/events";
import type { UserId } from "@pendo/contract/ids";
import type { Signal } from "@pendo/engine/learn/signal";
import type { Answered, Learned, Reply } from "./learn.sql.ts";

/** Something that stands, and was not learned from. */
export interface Deed {
  readonly from: UserId;
  readonly to: UserId;
  readonly signal: Exclude<Signal, "matched">;
  readonly at: Date;
  /** Whether it made a match. */
  readonly isMutual: boolean;
}

/** An answer that is another than was counted: true for a yes, false for a pass, null for none. */
export interface Recount {
  readonly from: UserId;
  readonly to: UserId;
  readonly was: boolean | null;
  readonly is: boolean | null;
}

export interface News {
  /** The oldest first. */
  readonly deeds: readonly Deed[];
  readonly recounts: readonly Recount[];
  /** What to note of pairs of which something is new. */
  readonly marks: readonly Learned[];
  /** Passes of today, which wait until the day is over. */
  readonly waiting: readonly (readonly [UserId, UserId])[];
}

interface Side {
  readonly from: UserId;
  readonly to: UserId;
  readonly action: SwipeAction | null;
  readonly at: Date | null;
  readonly learned: boolean | null;
  readonly replyLearned: boolean;
  /** Whether to look at it: an answer of which nothing was told yet has its turn later. */
  readonly isTold: boolean;
  /** A pass of today: until the day is over it is as if there were no answer. */
  readonly waits: boolean;
}

/**
 * What is to be learned from between people, and counted: where what stands differs from what was learned from. Of two who like each other the later yes, in
 * the order of their times, makes the match. A superlike after a like is no other answer. A pass since `today` began waits: what is learned moves
 * orders, and one that moved at once would tell who passed.
 */
export function newsOf(
  answered: readonly Answered[],
  replies: readonly Reply[],
  swiped: readonly (readonly [UserId, UserId])[],
  today: Date,
): News {
  const told = new Set(swiped.map(([from, to]) => from + to));
  const repliedAt = new Map(replies.map(({ from, to, at }) => [from + to, at]));
  const pairs = answered.map((pair) => ({ pair, sides: sidesOf(pair, told, today) }));
  const sides = pairs.flatMap((pair) => pair.sides);
  const marks = pairs
    .filter((pair) => pair.sides.some((side) => isNew(side) || isNewReply(side, repliedAt)))
    .map(({ pair, sides: [lo, hi] }): Learned => {
      const replied = (side: Side): boolean => side.replyLearned || repliedAt.has(side.from + side.to);
      const marked = {
        loLearned: learnedNow(lo),
        hiLearned: learnedNow(hi),
        loReplyLearned: replied(lo),
        hiReplyLearned: replied(hi),
      };
      return { lo: pair.lo, hi: pair.hi, ...marked };
    });
  return {
    deeds: deedsOf(sides, repliedAt),
    recounts: sides.filter(isNew).map(({ from, to, learned, action }) => ({ from, to, was: learned, is: saysYes(action) })),
    marks,
    waiting: sides.filter(({ isTold, waits }) => isTold && waits).map(({ from, to }) => [from, to] as const),
  };
}

function sidesOf(pair: Answered, told: ReadonlySet<string>, today: Date): readonly [Side, Side] {
  const { lo, hi, loAction, hiAction, loAt, hiAt, loLearned, hiLearned, loReplyLearned, hiReplyLearned } = pair;
  const fromLo = { from: lo, to: hi, isTold: told.has(lo + hi) };
  const fromHi = { from: hi, to: lo, isTold: told.has(hi + lo) };
  const answer = (action: SwipeAction | null, at: Date | null) => {
    const waits = action === "pass" && at !== null && at >= today;
    return { action: waits ? null : action, at, waits };
  };
  return [
    { ...fromLo, ...answer(loAction, loAt), learned: loLearned, replyLearned: loReplyLearned === true },
    { ...fromHi, ...answer(hiAction, hiAt), learned: hiLearned, replyLearned: hiReplyLearned === true },
  ];
}

function deedsOf(sides: readonly Side[], repliedAt: ReadonlyMap<string, Date>): Deed[] {
  // What stands by now of whom to whom.
  const stands = new Map(sides.map(({ from, to, action, learned }) => [from + to, action === null ? null : learned]));
  const deeds = sides.flatMap((side): Omit<Deed, "isMutual">[] => {
    const { from, to, action, at } = side;
    const repliedOn = repliedAt.get(from + to);
    return [
      ...(isNew(side) && action !== null && at !== null ? [{ from, to, signal: action, at }] : []),
      ...(repliedOn && isNewReply(side, repliedAt) ? [{ from, to, signal: "answered" as const, at: repliedOn }] : []),
    ];
  });
  return deeds.toSorted(inTime).map((deed): Deed => {
    const { from, to, signal } = deed;
    if (signal === "answered") return { ...deed, isMutual: false };
    stands.set(from + to, signal !== "pass");
    return { ...deed, isMutual: signal !== "pass" && stands.get(to + from) === true };
  });
}

function inTime(a: Omit<Deed, "isMutual">, b: Omit<Deed, "isMutual">): number {
  const byId = (one: UserId, other: UserId): number => Number(one > other) - Number(one < other);
  return a.at.getTime() - b.at.getTime() || byId(a.from, b.from) || byId(a.to, b.to);
}

function isNew({ isTold, action, learned }: Side): boolean {
  return isTold && saysYes(action) !== learned;
}

function learnedNow({ isTold, action, learned }: Side): boolean | null {
  return isTold ? saysYes(action) : learned;
}

function isNewReply({ from, to, replyLearned }: Side, repliedAt: ReadonlyMap<string, Date>): boolean {
  return !replyLearned && repliedAt.has(from + to);
}

function saysYes(action: SwipeAction | null): boolean | null {
  return action === null ? null : action !== "pass";
}
