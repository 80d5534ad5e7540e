import type { Envelope, EventsTo } from "@pendo/contract/events";
import type { UserId } from "@pendo/contract/ids";

export type MatchingFact = Envelope<EventsTo<"matching">>;
/** Two users; the first is the one who acted. */
export type ActingPair = readonly [UserId, UserId];

/** What facts say has to be looked at: whose rows, and what between whom. Each once, however many facts name it. */
export interface Keys {
  readonly people: readonly UserId[];
  readonly pairs: readonly ActingPair[];
  /** Of whom the first may have answered a message of the second. */
  readonly answered: readonly ActingPair[];
}

export const nothing: Keys = { people: [], pairs: [], answered: [] };

/** What a batch of events says has to be read again. Order and repetition of the events change nothing. */
export function keysOf(facts: readonly MatchingFact[]): Keys {
  const people = new Set<UserId>();
  const pairs = new Map<string, ActingPair>();
  const answered = new Map<string, ActingPair>();
  const pair = (a: UserId, b: UserId): void => void pairs.set(a + b, [a, b]);
  for (const { type, data } of facts) {
    if (type === "swipe.recorded" || type === "swipe.rewound") pair(data.swiperId, data.targetId);
    else if (type === "conversation.answered") answered.set(data.answererId + data.otherId, [data.answererId, data.otherId]);
    else if (type === "user.unblocked") pair(data.blockerId, data.blockedId);
    else if (type === "user.blocked") {
      pair(data.blockerId, data.blockedId);
      // The block removed the likes of both.
      pair(data.blockedId, data.blockerId);
    } else if (type !== "deck.low") people.add(data.userId);
  }
  return { people: [...people], pairs: [...pairs.values()], answered: [...answered.values()] };
}
