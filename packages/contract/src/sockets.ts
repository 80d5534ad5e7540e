import * as z from "zod";
import { readMark } from "./conversation.ts";
import type { FaultCode } from "./faults.ts";
import { ClientMessageId, ConversationId, DecisionId, MatchId, MediaId, MessageId, UserId } from "./ids.ts";
import type { LimitName } from "./limits.ts";
import { messageBody } from "./message.ts";
import type { PortName } from "./ports.ts";

// The limits of API Gateway apply on every host.
export const FRAME_BYTES_MAX = 32 * 1024;
export const SOCKET_IDLE_SEC = 600;
export const SOCKET_LIFE_SEC = 7200;

export interface FrameInSpec {
  readonly data: z.ZodObject;
  readonly fails: readonly FaultCode[];
  readonly limit: LimitName;
  readonly needs: readonly PortName[];
}

/**
 * Frames that a client may send: `{"type": …, "ref": any string, "data": …}`, with an optional `traceparent`.
 * docs/architecture.md describes how a socket opens, and which frames come first.
 */
export const framesIn = {
  /** Keeps the socket open. The response is `pong`. */
  ping: frame({ data: z.strictObject({}), fails: [], limit: "read", needs: ["cache"] }),
  /** Requests the present cursor. The response is `ready`. */
  sync: frame({ data: z.strictObject({}), fails: [], limit: "read", needs: ["db", "secrets"] }),
  /** Does the same as PUT /v1/conversations/{conversationId}/messages/{messageId}. */
  "message.send": frame({
    data: z.strictObject({
      conversationId: ConversationId,
      clientMessageId: ClientMessageId,
      ...messageBody,
    }),
    fails: ["conversation.notFound", "conversation.ended", "message.idReused", "media.notFound"],
    limit: "message",
    needs: ["db", "bus", "judge"],
  }),
  "message.read": frame({
    data: z.strictObject({ conversationId: ConversationId, ...readMark }),
    fails: ["conversation.notFound", "conversation.ended", "message.notFound"],
    limit: "write",
    needs: ["db", "bus"],
  }),
  "typing.set": frame({
    data: z.strictObject({ conversationId: ConversationId, typing: z.boolean() }),
    fails: ["conversation.notFound", "conversation.ended"],
    limit: "write",
    needs: ["db", "bus", "cache", "connections", "sockets"],
  }),
  /** Watches matched users. A `presence.changed` for each comes at once and after every change. */
  "presence.subscribe": frame({
    data: z.strictObject({ userIds: z.array(UserId).min(1).max(50) }),
    fails: ["user.notFound"],
    limit: "write",
    needs: ["db", "bus", "cache", "connections", "sockets"],
  }),
  "presence.unsubscribe": frame({
    data: z.strictObject({ userIds: z.array(UserId).min(1).max(50) }),
    fails: [],
    limit: "write",
    needs: ["cache"],
  }),
} as const satisfies Record<string, FrameInSpec>;

export type FrameInName = keyof typeof framesIn;
export type FrameInData<F extends FrameInName> = z.output<(typeof framesIn)[F]["data"]>;

const messageRef = { conversationId: ConversationId, messageId: MessageId, seq: z.int() };

/**
 * Frames that the server may send: `{"type": …, "data": …}`, with a `cursor` if the user's log changed.
 * Frames are hints: a client that misses one catches up by GET /v1/sync.
 */
export const framesOut = {
  ready: z.object({ cursor: z.string() }),
  pong: z.object({}),
  ack: z.object({
    ref: z.string().nullable(),
    clientMessageId: ClientMessageId.optional(),
    messageId: MessageId.optional(),
    seq: z.int().optional(),
  }),
  error: z.object({
    ref: z.string().nullable(),
    code: z.string(),
    detail: z.string(),
    fields: z.record(z.string(), z.string()).optional(),
  }),
  nudge: z.object({ cursor: z.string() }),
  "message.created": z.object({ ...messageRef, senderId: UserId, kind: z.string(), text: z.string().nullable(), sentAt: z.string() }),
  "message.updated": z.object({ ...messageRef, text: z.string().nullable(), editedAt: z.string().nullable() }),
  "message.deleted": z.object(messageRef),
  "reaction.changed": z.object({ ...messageRef, userId: UserId, emojis: z.array(z.string()) }),
  "receipt.read": z.object({ conversationId: ConversationId, userId: UserId, readSeq: z.int() }),
  typing: z.object({ conversationId: ConversationId, userId: UserId, typing: z.boolean() }),
  "presence.changed": z.object({ userId: UserId, online: z.boolean() }),
  "match.created": z.object({ matchId: MatchId, conversationId: ConversationId, userId: UserId }),
  "match.ended": z.object({ matchId: MatchId, conversationId: ConversationId }),
  "like.received": z.object({ likesCount: z.int() }),
  "media.moderated": z.object({ mediaId: MediaId, verdict: z.enum(["visible", "rejected"]) }),
  "moderation.decided": z.object({ decisionId: DecisionId }),
  "session.revoked": z.object({}),
} as const satisfies Record<string, z.ZodObject>;

/** A frame before the receiver's cursor is added. */
export type FrameOut = { [F in FrameOutName]: { readonly type: F; readonly data: FrameOutData<F> } }[FrameOutName];

export type FrameOutName = keyof typeof framesOut;
export type FrameOutData<F extends FrameOutName> = z.infer<(typeof framesOut)[F]>;

function frame<const F extends FrameInSpec>(spec: F): F {
  return spec;
}

/** The ports for open, close and the check of a frame's sender. */
export const connectionNeeds = ["db", "bus", "cache", "connections", "sockets", "secrets"] as const satisfies readonly PortName[];
