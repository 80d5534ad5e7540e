import type { Envelope, EventsTo } from "@pendo/contract/events";
import type { UserId } from "@pendo/contract/ids";
import type { FrameOut } from "@pendo/contract/sockets";
import type { Connection } from "../ports/connections/connections.ts";
import type { Uses } from "../ports/ports.ts";
import { markRevoked } from "../rules/revoked.ts";
import { headCursorOf } from "../sync/cursor.ts";
import { standings } from "../sync/sync.sql.ts";
import { close } from "./connect.ts";
import { nudge, sendToAll, written } from "./frames.ts";
import { leaveAll, part } from "./presence.ts";
import * as sql from "./realtime.sql.ts";
import { frameFor, type Truth } from "./truth.ts";

type Ports = Uses<"db" | "bus" | "cache" | "connections" | "sockets" | "secrets">;
export type RealtimeFact = Envelope<EventsTo<"realtime">>;
type Fact<E extends RealtimeFact["type"]> = Extract<RealtimeFact, { type: E }>;

/** Longer than a queue tries to deliver a fact. */
const CLAIM_SEC = 3600;

/**
 * Tells open sockets what happened. What a frame says is read from the database now, never taken from the fact, and only for whoever may still see
 * it: a fact that waited in the queue must not outlive a block. Each fact makes frames once, or again where sending them failed; frames that are lost
 * are made up for by syncing.
 * Sockets of revoked sessions are closed, as often as a fact says so.
 */
export async function deliver(ports: Ports, facts: readonly RealtimeFact[]): Promise<void> {
  await Promise.all([
    revoke(
      ports,
      facts.filter((fact) => fact.type === "session.revoked"),
    ),
    ...facts.map((fact) => (fact.type === "user.blocked" ? part(ports, fact.data.blockerId, fact.data.blockedId) : undefined)),
    tellOnce(
      ports,
      facts.filter((fact) => fact.type !== "session.revoked"),
    ),
  ]);
}

/** Claims come before frames, so that of two consumers one tells. Where telling fails they are given back, for the queue's retry to tell instead. */
async function tellOnce(ports: Ports, facts: readonly RealtimeFact[]): Promise<void> {
  const claimed = await firstTimes(ports, facts);
  try {
    await tell(ports, claimed);
  } catch (thrown) {
    // Why telling failed is what the queue shall hear, and not that the cache is away as well.
    await ports.cache.remove(...claimed.map(claimOf)).catch(() => undefined);
    throw thrown;
  }
}

function claimOf({ id }: RealtimeFact): string {
  return `told:${id}`;
}

async function firstTimes({ cache }: Ports, facts: readonly RealtimeFact[]): Promise<RealtimeFact[]> {
  const first = await Promise.all(facts.map((fact) => cache.claim(claimOf(fact), "1", CLAIM_SEC)));
  return facts.filter((_, i) => first[i]);
}

/** One query for each thing that frames tell of, whatever the number of facts; none at all where nobody listens. */
async function tell(ports: Ports, facts: readonly RealtimeFact[]): Promise<void> {
  const open = await openSockets(ports, [...new Set(facts.flatMap(audience))]);
  const heard = facts.filter((fact) => audience(fact).some((userId) => open.has(userId)));
  if (heard.length === 0) return;
  const truth = await load(ports, heard, [...open.keys()]);

  const frames = new Map<UserId, string[]>([...open.keys()].map((userId) => [userId, []]));
  for (const fact of heard) {
    for (const userId of audience(fact)) {
      if (!open.has(userId)) continue;
      const frame = frameFor(fact, userId, truth);
      const cursor = cursorOf(ports, userId, truth);
      if (frame === "nudge") frames.get(userId)?.push(nudge(cursor));
      else if (frame) frames.get(userId)?.push(written(frame, cursor));
    }
  }
  const lost = await Promise.all([...open].map(([userId, connections]) => sendToAll(ports, connections, frames.get(userId) ?? [])));
  for (const users of lost) await leaveAll(ports, users);
}

async function openSockets({ connections }: Ports, userIds: readonly UserId[]): Promise<Map<UserId, Connection[]>> {
  const open = await Promise.all(userIds.map(async (userId) => [userId, await connections.ofUser(userId)] as const));
  return new Map(open.filter(([, sockets]) => sockets.length > 0));
}

/** Whom a fact concerns; whether they may still see it, the truth says. */
function audience(fact: RealtimeFact): readonly UserId[] {
  switch (fact.type) {
    case "message.created":
    case "message.updated":
    case "message.deleted":
    case "reaction.changed":
      return [fact.data.senderId, fact.data.recipientId];
    case "message.held":
      return [fact.data.senderId];
    case "conversation.read":
      return [fact.data.readerId, fact.data.otherId];
    case "match.created":
    case "match.ended":
      return fact.data.userIds;
    case "like.received":
      return [fact.data.likedId];
    case "user.blocked":
      return [fact.data.blockerId];
    case "media.moderated":
    case "moderation.decided":
    case "session.revoked":
      return [fact.data.userId];
  }
}

async function load({ db }: Ports, facts: readonly RealtimeFact[], userIds: readonly UserId[]): Promise<Truth> {
  const conversationIds = [...new Set(facts.flatMap((fact) => ("conversationId" in fact.data ? [fact.data.conversationId] : [])))];
  const messageIds = [...new Set(facts.flatMap((fact) => ("messageId" in fact.data ? [fact.data.messageId] : [])))];
  // Heads last: a cursor then never lies before what the frame says.
  const [members, messages] = await Promise.all([
    conversationIds.length > 0 ? sql.liveMembers(db, conversationIds) : [],
    messageIds.length > 0 ? sql.messagesNow(db, messageIds) : [],
  ]);
  return {
    members: new Map(members.map((member) => [`${member.conversationId}:${member.userId}`, member])),
    messages: new Map(messages.map((message) => [message.id, message])),
    heads: await standings(db, userIds),
  };
}

function cursorOf({ secrets }: Ports, userId: UserId, { heads }: Truth): string {
  return headCursorOf(secrets, userId, heads.get(userId));
}

/** Closes the sockets of ended sessions, and sees to it that their access tokens are refused, should the process that ended them have died. */
async function revoke(ports: Ports, facts: readonly Fact<"session.revoked">[]): Promise<void> {
  if (facts.length === 0) return;
  const reasons = await sql.revokeReasons(
    ports.db,
    facts.map((fact) => fact.data.sessionId),
  );
  await Promise.all(reasons.map(({ id, revokeReason }) => markRevoked(ports.cache, [id], revokeReason)));
  const frame = written({ type: "session.revoked", data: {} } satisfies FrameOut);
  for (const { data } of facts) {
    const open = (await ports.connections.ofUser(data.userId)).filter(({ sessionId }) => sessionId === data.sessionId);
    await sendToAll(ports, open, [frame]);
    await Promise.all(open.map(({ connectionId }) => close(ports, connectionId)));
  }
}
