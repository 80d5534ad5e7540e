import type { Change } from "@pendo/contract/change";
import type { ConversationId, DecisionId, MatchId, MediaId, MessageId, NotificationId, UserId } from "@pendo/contract/ids";
import * as conversations from "../conversations/conversations.ts";
import * as held from "../messages/held.ts";
import { selectMany as selectHeld } from "../messages/held.sql.ts";
import { selectMany } from "../messages/messages.sql.ts";
import { shown } from "../messages/shown.ts";
import type { Uses } from "../ports/ports.ts";
import { cardsFor } from "../profiles/cards.ts";
import type { LogKind } from "./log.ts";
import * as sql from "./sync.sql.ts";

type Ports = Uses<"db" | "storage">;
/** What each id stands for now; ids that the user may not see, or that are gone, are not in the map. */
type Found = Map<string, Change>;
type Hydrate = (ports: Ports, wanted: { readonly userId: UserId; readonly ids: readonly string[] }) => Promise<Found>;

interface Entry {
  readonly kind: LogKind;
  readonly ref: string;
}

/**
 * Turns entries of a user's log into what they stand for now, in their order: one query for each kind among them, whatever their number. What the
 * user may not see any more becomes a removal.
 */
export async function hydrate(ports: Ports, userId: UserId, entries: readonly Entry[]): Promise<Change[]> {
  const kinds = Map.groupBy(entries, (entry) => entry.kind);
  const found = new Map(
    await Promise.all(
      [...kinds].map(
        async ([kind, ofKind]) => [kind, await loaders[kind](ports, { userId, ids: ofKind.map((entry) => entry.ref) })] as const,
      ),
    ),
  );
  let likesTold = false;
  return entries.flatMap(({ kind, ref }) => {
    if (kind !== "like") return [found.get(kind)?.get(ref) ?? removal(kind, ref)];
    // The entry's ref says whose like it is; the counts say all that the user may know.
    if (likesTold) return [];
    likesTold = true;
    return [{ kind: "like" as const }];
  });
}

const loaders: Record<LogKind, Hydrate> = {
  match: async ({ db }, wanted) => {
    const rows = await sql.matches(db, wanted);
    return found(rows, ({ id, conversationId, otherId, createdAt }) => ({
      kind: "match",
      id,
      match: { conversationId, userId: otherId, matchedAt: createdAt.toISOString() },
    }));
  },
  conversation: async (ports, { userId, ids }) => {
    const rows = await conversations.load(ports, { userId, ids: ids as readonly ConversationId[], limit: ids.length });
    return found(rows, (conversation) => ({ kind: "conversation", id: conversation.id, conversation }));
  },
  message: async (ports, { userId, ids }) => {
    const wanted = { userId, ids: ids as readonly MessageId[] };
    const [rows, own] = await Promise.all([selectMany(ports.db, wanted), selectHeld(ports.db, wanted)]);
    const messages = await Promise.all([...rows.map((row) => shown(ports, row, userId)), ...own.map((row) => held.present(ports, row))]);
    return found(messages, (message) => ({ kind: "message", id: message.id, message }));
  },
  profile: async (ports, { userId, ids }) => {
    const matched = await sql.matched(ports.db, { userId, ids });
    // One's own card, as others see it, changes with a verdict.
    const userIds = ids.includes(userId) ? [...matched, userId] : matched;
    const cards = await cardsFor(ports, { viewerId: userId, userIds, onlyDiscoverable: false });
    return new Map([...cards].map(([id, card]) => [id, { kind: "profile", id, card }]));
  },
  media: async ({ db }, wanted) => found(await sql.media(db, wanted), ({ id, state }) => ({ kind: "media", id, state })),
  decision: async ({ db }, wanted) =>
    found(await sql.decisions(db, wanted), ({ id, decidedAt, ...decision }) => ({
      kind: "decision",
      id,
      decision: { ...decision, decidedAt: decidedAt.toISOString() },
    })),
  block: async ({ db }, wanted) =>
    found(await sql.blocks(db, wanted), ({ id, createdAt }) => ({ kind: "block", id, blockedAt: createdAt.toISOString() })),
  // Only that it changed: what it says is read from the list of notifications.
  notification: async (_ports, { ids }) => new Map(ids.map((id) => [id, { kind: "notification", id: id as NotificationId }])),
  like: async () => new Map(),
};

function found<Row extends { readonly id: string }>(rows: readonly Row[], change: (row: Row) => Change): Found {
  return new Map(rows.map((row) => [row.id, change(row)]));
}

function removal(kind: Exclude<LogKind, "like">, ref: string): Change {
  switch (kind) {
    case "match":
      return { kind, id: ref as MatchId, removed: true };
    case "conversation":
      return { kind, id: ref as ConversationId, removed: true };
    case "message":
      return { kind, id: ref as MessageId, removed: true };
    case "profile":
      return { kind, id: ref as UserId, removed: true };
    case "block":
      return { kind, id: ref as UserId, removed: true };
    case "media":
      return { kind, id: ref as MediaId, removed: true };
    case "decision":
      return { kind, id: ref as DecisionId, removed: true };
    case "notification":
      return { kind, id: ref as NotificationId };
  }
}
