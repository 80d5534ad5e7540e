import type { Candidate } from "./pushes.sql.ts";

export interface Wording {
  readonly title: string;
  readonly body: string;
}

type Worded = Pick<Candidate, "kind" | "otherName" | "eventCount" | "decidedOn" | "refs">;

const subjects = { media: "photo", profileText: "profile", message: "message", account: "profile" } as const;

/** What a push says. Never what a message says, nor what was decided: a locked screen is read by others too. */
export function wordingOf({ kind, otherName, eventCount, decidedOn, refs }: Worded): Wording {
  const who = otherName?.trim().split(/\s+/)[0] || "Somebody";
  switch (kind) {
    case "like":
      return { title: eventCount === 1 ? "Somebody likes you" : `${eventCount} people like you`, body: "Find out who." };
    case "match":
      return { title: who, body: "You like each other. Say hello." };
    case "message":
      return { title: who, body: eventCount === 1 ? "sent you a message" : `sent you ${eventCount} messages` };
    case "boost":
      return { title: "Your boost is over", body: seenBy(refs.seen ?? 0) };
    case "picks":
      return { title: "Your picks for today", body: "See who might be right for you." };
    case "moderation":
      return { title: `A decision about your ${subjects[decidedOn ?? "account"]}`, body: "Open Pendo to see it." };
  }
}

function seenBy(count: number): string {
  if (count === 0) return "Nobody came by this time.";
  return count === 1 ? "One person saw you." : `${count} people saw you.`;
}
