import type { PushKind } from "@pendo/contract/notification";

export interface Wording {
  readonly title: string;
  readonly body: string;
}

/** What a push says. Never what a message says: a locked screen is read by others too. */
export function wordingOf({ kind, otherName, eventCount }: { kind: PushKind; otherName: string | null; eventCount: number }): Wording {
  const who = otherName?.trim().split(/\s+/)[0] || "Somebody";
  switch (kind) {
    case "like":
      return { title: eventCount === 1 ? "Somebody likes you" : `${eventCount} people like you`, body: "Find out who." };
    case "match":
      return { title: who, body: "You like each other. Say hello." };
    case "message":
      return { title: who, body: eventCount === 1 ? "sent you a message" : `sent you ${eventCount} messages` };
  }
}
