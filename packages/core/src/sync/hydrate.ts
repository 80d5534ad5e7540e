import type { Change } from "@pendo/contract/change";
import type { ConversationId, DecisionId, MatchId, MediaId, MessageId, NotificationId, UserId } from "@pendo/contract/ids";
import * as conversations from "../conversations/conversations.ts";
import * as held from "../messages/held.ts";
import { selectMany as selectHeld } from "../messages/held.sql.ts";
import { selectMany } from "../messages/messages.sql.ts";
import { presentMessage } from "../messages/shown.ts";
import * as notifications from "../notifications/notifications.ts";
import type { Uses } from "../ports/ports.ts";
import { cardsFor } from "../profiles/cards.ts";
import type { LogKind } from "../log/log.sql.ts";
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
 * Turns entries of a user's log into what they stand for now, in their order, and adds what changes with it: a match brings its conversation and card,
 * a message and a card their conversation, an own picture the own card. One query for each kind, whatever the number. What the user may not see any more becomes a removal.
 *
 * A conversation is found here and not logged with each message: sending is hot, and its rows in two logs would cost more than this query.
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
  const logged = entries.flatMap(({ kind, ref }): Change[] => {
    if (kind !== "like") return [found.get(kind)?.get(ref) ?? removal(kind, ref)];
    // The entry's ref says whose like it is; the counts say all that the user may know.
    if (likesTold) return [];
    likesTold = true;
    return [{ kind: "like" }];
  });
  return [...logged, ...(await implied(ports, userId, logged))];
}

/** What changes together with these, as far as they do not have it themselves. */
async function implied(ports: Ports, userId: UserId, logged: readonly Change[]): Promise<Change[]> {
  const has = new Set(logged.map((change) => (change.kind === "like" ? "like" : `${change.kind}:${change.id}`)));
  const conversationIds = new Set<ConversationId>();
  const otherIds = new Set<UserId>();
  const cardIds = new Set<UserId>();
  for (const change of logged) {
    if (change.kind === "message" && "message" in change) conversationIds.add(change.message.conversationId);
    if (change.kind === "profile" && change.id !== userId) otherIds.add(change.id);
    if (change.kind === "match" && "match" in change) cardIds.add(change.match.userId);
    // The own card shows own photos.
    if (change.kind === "media") cardIds.add(userId);
  }
  const loaded = await Promise.all([
    conversationsOf(ports, { userId, ids: [...conversationIds], otherIds: [...otherIds, ...cardIds] }),
    cardsOf(ports, userId, [...cardIds]),
  ]);
  return loaded
    .flatMap((ofKind) => [...ofKind.values()])
    .filter((change) => change.kind === "like" || !has.has(`${change.kind}:${change.id}`));
}

async function conversationsOf(
  ports: Ports,
  { ids, otherIds = [], userId }: { userId: UserId; ids: readonly ConversationId[]; otherIds?: readonly UserId[] },
): Promise<Found> {
  if (ids.length + otherIds.length === 0) return new Map();
  const rows = await conversations.load(ports, { userId, ids, otherIds, limit: ids.length + otherIds.length });
  return changesById(rows, (conversation) => ({ kind: "conversation", id: conversation.id, conversation }));
}

async function cardsOf(ports: Ports, userId: UserId, userIds: readonly UserId[]): Promise<Found> {
  const cards = await cardsFor(ports, { viewerId: userId, userIds, onlyDiscoverable: false });
  // Entries at each step of the other would show when they move.
  return new Map([...cards].map(([id, card]) => [id, { kind: "profile", id, user: { ...card, distance: null } }]));
}

const loaders: Record<LogKind, Hydrate> = {
  match: async ({ db }, wanted) => {
    const rows = await sql.matches(db, wanted);
    return changesById(rows, ({ id, conversationId, otherId, createdAt }) => ({
      kind: "match",
      id,
      match: { conversationId, userId: otherId, matchedAt: createdAt.toISOString() },
    }));
  },
  conversation: (ports, { userId, ids }) => conversationsOf(ports, { userId, ids: ids as readonly ConversationId[] }),
  message: async (ports, { userId, ids }) => {
    const wanted = { userId, ids: ids as readonly MessageId[] };
    const [rows, own] = await Promise.all([selectMany(ports.db, wanted), selectHeld(ports.db, wanted)]);
    const messages = await Promise.all([
      ...rows.map((row) => presentMessage(ports, row, userId)),
      ...own.map((row) => held.present(ports, row)),
    ]);
    return changesById(messages, (message) => ({ kind: "message", id: message.id, message }));
  },
  profile: async (ports, { userId, ids }) => {
    const matched = await sql.matched(ports.db, { userId, ids });
    // One's own card, as others see it, changes with a verdict.
    const userIds = ids.includes(userId) ? [...matched, userId] : matched;
    return await cardsOf(ports, userId, userIds);
  },
  media: async ({ db }, wanted) => changesById(await sql.media(db, wanted), ({ id, state }) => ({ kind: "media", id, state })),
  decision: async ({ db }, wanted) =>
    changesById(await sql.decisions(db, wanted), ({ id, decidedAt, ...decision }) => ({
      kind: "decision",
      id,
      decision: { ...decision, decidedAt: decidedAt.toISOString() },
    })),
  block: async ({ db }, wanted) =>
    changesById(await sql.blocks(db, wanted), ({ id, createdAt }) => ({ kind: "block", id, blockedAt: createdAt.toISOString() })),
  notification: async (ports, { userId, ids }) =>
    changesById(await notifications.load(ports, { userId, ids: ids as readonly NotificationId[] }), (notification) => ({
      kind: "notification",
      id: notification.id,
      notification,
    })),
  like: async () => new Map(),
};

function changesById<Row extends { readonly id: string }>(rows: readonly Row[], change: (row: Row) => Change): Found {
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
      return { kind, id: ref as NotificationId, removed: true };
  }
}
