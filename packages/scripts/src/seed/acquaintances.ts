import type { ClientMessageId, ConversationId, MatchId, MessageId, UserId } from "@pendo/contract/ids";
import type { SwipeAction } from "@pendo/contract/events";
import { type Dice, dice } from "../people/dice.ts";
import { lineOf } from "../people/smallTalk.ts";
import { idAt, type Settler, suit } from "./settler.ts";

export interface Swipes {
  readonly lo: UserId;
  readonly hi: UserId;
  readonly loAction: SwipeAction | null;
  readonly hiAction: SwipeAction | null;
  readonly loAt: Date | null;
  readonly hiAt: Date | null;
}
export interface Waiting {
  readonly likedId: UserId;
  readonly likerId: UserId;
  readonly action: SwipeAction;
  readonly comment: string | null;
  readonly at: Date;
}
export interface Talk {
  readonly matchId: MatchId;
  readonly conversationId: ConversationId;
  readonly lo: UserId;
  readonly hi: UserId;
  readonly at: Date;
  readonly messages: readonly Said[];
  /** How many of the newest messages their receiver has not read. */
  readonly unread: number;
}
export interface Said {
  readonly id: MessageId;
  readonly clientMessageId: ClientMessageId;
  readonly senderId: UserId;
  readonly text: string;
  readonly at: Date;
}
export interface History {
  readonly swipes: Swipes[];
  readonly waiting: Waiting[];
  readonly talks: Talk[];
}

const LOOKED_AT = 150;
// Enough is left to be met: of the people who suit somebody, at most this share has been met.
const MET_SHARE = 0.3;
const MET_MAX = 14;
const HOUR_MS = 3_600_000;

/** What happened between a newcomer and those who were there before: each pair is looked at once, when the later of the two is settled. */
export function historyOf(newcomer: Settler, neighbours: readonly Settler[], { seed, now }: { seed: number; now: Date }): History {
  const thrown = dice("history", seed, newcomer.person.n);
  const suited = thrown.sample(neighbours, LOOKED_AT).filter((other) => suit(newcomer, other));
  const history: History = { swipes: [], waiting: [], talks: [] };
  for (const other of suited.slice(0, Math.min(MET_MAX, Math.ceil(suited.length * MET_SHARE)))) meet(history, thrown, newcomer, other, now);
  return history;
}

interface Swiped {
  readonly by: Settler;
  readonly action: SwipeAction;
  readonly at: Date;
}

function meet(history: History, thrown: Dice, a: Settler, b: Settler, now: Date): void {
  const since = Math.max(a.joinedAt.getTime(), b.joinedAt.getTime());
  const firstAt = new Date(since + thrown.next() * (now.getTime() - since));
  const secondAt = new Date(firstAt.getTime() + thrown.next() * Math.min(72 * HOUR_MS, now.getTime() - firstAt.getTime()));
  const [first, second] = thrown.chance(0.5) ? [a, b] : [b, a];
  const swipes: Swiped[] = [{ by: first, action: opinion(thrown, first, second), at: firstAt }];
  const shownNext = swipes[0]?.action === "pass" ? 0.3 : 0.65;
  if (thrown.chance(shownNext)) swipes.push({ by: second, action: opinion(thrown, second, first), at: secondAt });

  const [lo, hi] = a.userId < b.userId ? [a.userId, b.userId] : [b.userId, a.userId];
  const of = (userId: UserId) => swipes.find(({ by }) => by.userId === userId);
  history.swipes.push({
    lo,
    hi,
    loAction: of(lo)?.action ?? null,
    hiAction: of(hi)?.action ?? null,
    loAt: of(lo)?.at ?? null,
    hiAt: of(hi)?.at ?? null,
  });
  const likes = swipes.filter(({ action }) => action !== "pass");
  const only = likes[0];
  if (likes.length === 2) history.talks.push(talk(thrown, [second, first], { lo, hi, at: secondAt, now }));
  else if (only && swipes.length === 1) {
    const comment = thrown.chance(0.12) ? lineOf(thrown, { n: 0, length: 1, to: second.person }) : null;
    history.waiting.push({ likedId: second.userId, likerId: only.by.userId, action: only.action, comment, at: only.at });
  }
}

function opinion(thrown: Dice, { person: of }: Settler, { person: about }: Settler): SwipeAction {
  const shared = of.interests.filter((interest) => about.interests.includes(interest)).length;
  if (!thrown.chance(0.1 + of.openness * 0.7 + (about.charm - 0.5) * 0.5 + shared * 0.1)) return "pass";
  return thrown.chance(0.04) ? "superlike" : "like";
}

function talk(
  thrown: Dice,
  speakers: readonly [Settler, Settler],
  { lo, hi, at, now }: { lo: UserId; hi: UserId; at: Date; now: Date },
): Talk {
  const length = thrown.chance(0.35) ? 0 : thrown.int(1, 14);
  const messages: Said[] = [];
  let saidMs = at.getTime();
  for (let n = 0; n < length; n++) {
    saidMs += -Math.log(1 - thrown.next()) * (n === 0 ? 6 : 0.8) * HOUR_MS;
    if (saidMs >= now.getTime()) break;
    const [sender, receiver] = n % 2 === 0 ? speakers : [speakers[1], speakers[0]];
    const said = new Date(saidMs);
    const text = lineOf(thrown, { n, length, to: receiver.person });
    messages.push({ id: idAt(said), clientMessageId: idAt<string>(said) as ClientMessageId, senderId: sender.userId, text, at: said });
  }
  const unread = thrown.chance(0.25) ? Math.min(1, messages.length) : 0;
  return { matchId: idAt(at), conversationId: idAt(at), lo, hi, at, messages, unread };
}
