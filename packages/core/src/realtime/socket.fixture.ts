import { testIds } from "../ports/ids/testIds.fixture.ts";
import type { Envelope, EventsTo } from "@pendo/contract/events";
import type { ClientMessageId, SessionId, UserId } from "@pendo/contract/ids";
import { framesOut, type FrameOutName } from "@pendo/contract/sockets";
import type { Couple } from "../conversations/couple.fixture.ts";
import * as messages from "../messages/messages.ts";
import type { TestPorts } from "@pendo/local/testPorts";
import { connect } from "./connect.ts";
import type { RealtimeFact } from "./deliver.ts";
import { issue } from "./tickets.ts";

export interface Frame {
  readonly type: FrameOutName;
  readonly data: Readonly<Record<string, unknown>>;
  readonly cursor?: string;
}

/** A session that is good. */
export async function session({ db, ids, clock }: TestPorts, userId: UserId): Promise<SessionId> {
  const id = ids.next<SessionId>();
  const at = clock.now();
  await db`insert into sessions (id, user_id, created_at, last_used_at) values (${id}, ${userId}, ${at}, ${at})`;
  return id;
}

/** A socket as a client opens one; its frames must be what the contract says. */
export async function open(ports: TestPorts, userId: UserId) {
  const connectionId = testIds.next();
  const sessionId = await session(ports, userId);
  const { ticket } = await issue(ports, { userId, sessionId });
  const frames: Frame[] = [];
  const state = { closed: false };
  ports.registry.set(connectionId, {
    send: async (text) => {
      const frame = JSON.parse(text) as Frame;
      framesOut[frame.type].parse(frame.data);
      frames.push(frame);
    },
    close: () => (state.closed = true),
  });
  await connect(ports, { ticket, connectionId });
  const take = () => frames.splice(0);
  return { userId, sessionId, connectionId, ticket, take, types: () => take().map((frame) => frame.type), state };
}

const heard = new Set<string>([
  "message.created",
  "message.updated",
  "message.deleted",
  "reaction.changed",
  "conversation.read",
  "match.created",
  "match.ended",
  "like.received",
  "user.blocked",
  "media.moderated",
  "moderation.decided",
  "session.revoked",
]);

/** Takes what the realtime queue would hold now. */
export async function facts(ports: TestPorts): Promise<RealtimeFact[]> {
  const all = await ports.facts();
  await ports.db`delete from outbox`;
  return all.filter((each): each is Envelope<EventsTo<"realtime">> => heard.has(each.type));
}

export function fact<E extends RealtimeFact["type"]>(
  ports: TestPorts,
  type: E,
  data: Extract<RealtimeFact, { type: E }>["data"],
): RealtimeFact {
  const envelope = {
    id: ports.ids.next(),
    type,
    version: 1,
    occurredAt: ports.clock.now().toISOString(),
    actor: null,
    traceparent: null,
    data,
  };
  return envelope as unknown as RealtimeFact;
}

export function say(ports: TestPorts, { conversationId, a }: Couple, text: string, senderId: UserId = a): Promise<messages.SentMessage> {
  return messages.send(ports, { conversationId, senderId, clientMessageId: testIds.next() as ClientMessageId, kind: "text", text });
}
