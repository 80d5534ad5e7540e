import type * as z from "zod";
import { type FaultCode, faults } from "../faults.ts";
import { ClientMessageId, ConversationId, DecisionId, MatchId, MediaId, MessageId, UserId } from "../ids.ts";
import { MESSAGE_LENGTH_MAX } from "../message.ts";
import { type FrameInName, type FrameOutName, framesIn, type framesOut, SOCKET_IDLE_SEC, SOCKET_LIFE_SEC } from "../sockets.ts";
import { fieldExamples } from "./fieldExamples.ts";

export interface FrameDoc<Field extends string = string, Data = unknown> {
  /** An imperative for a frame that clients send. A sentence of what happened for a frame that Pendo sends. */
  readonly summary: string;
  /** Whole sentences: what a client must know beyond the summary. */
  readonly description?: string;
  readonly fields: Readonly<Record<Field, string>>;
  readonly example: Data;
}

export interface FrameInDoc<Field extends string = string, Data = unknown> extends FrameDoc<Field, Data> {
  /** What Pendo sends back if nothing fails. */
  readonly reply: "pong" | "ready" | "ack";
}

export interface FrameOutDoc<Field extends string = string, Data = unknown> extends FrameDoc<Field, Data> {
  /** Whether a `cursor` follows the data, because the frame belongs to a change in the receiver's log. */
  readonly hasCursor: boolean;
}

/** One entry for every frame, with every field of its data. */
export interface FrameDocs {
  readonly in: {
    readonly [F in FrameInName]: FrameInDoc<keyof (typeof framesIn)[F]["data"]["shape"] & string, z.input<(typeof framesIn)[F]["data"]>>;
  };
  readonly out: {
    readonly [F in FrameOutName]: FrameOutDoc<keyof (typeof framesOut)[F]["shape"] & string, z.infer<(typeof framesOut)[F]>>;
  };
}

/** The `ref` of every example. */
export const exampleRef = "7";
/** The cursor of every example. */
export const exampleCursor = "2t.2t.0199c0dd-0a00-7000-8000-000000000001.Zk9tX2V4YW1wbGVfc2Vh";

// You are the user who is signed in in all examples of the reference.
const you = UserId.parse(fieldExamples["id"]);
const other = UserId.parse(fieldExamples["userId"]);
const matchId = MatchId.parse(fieldExamples["matchId"]);
const conversationId = ConversationId.parse(fieldExamples["conversationId"]);
const messageId = MessageId.parse(fieldExamples["messageId"]);
const clientMessageId = ClientMessageId.parse(fieldExamples["clientMessageId"]);
const mediaId = MediaId.parse(fieldExamples["mediaId"]);
const decisionId = DecisionId.parse(fieldExamples["decisionId"]);
const seq = 12;
const text = "Tea on Saturday?";
const messageRef = { conversationId, messageId, seq };
const messageRefFields = {
  conversationId: "The conversation.",
  messageId: "The message.",
  seq: "The place of the message in the conversation.",
};
const newestCursor = "The cursor of your newest change. It does not replace the cursor of your last `GET /v1/sync`.";

/** The frames of the socket for a reader. Loaded with the reference alone. */
export const frameDocs: FrameDocs = {
  in: {
    ping: {
      summary: "Keep the socket open",
      description:
        `Pendo closes an idle socket after ${SOCKET_IDLE_SEC / 60} minutes. Send a ping every few minutes, also while you send other frames: ` +
        "without pings you count as offline for other users.",
      fields: {},
      example: {},
      reply: "pong",
    },
    sync: {
      summary: "Get the newest cursor",
      description: "Send it as the first frame. From `ready` on, frames come. `GET /v1/sync` has what changed before.",
      fields: {},
      example: {},
      reply: "ready",
    },
    "message.send": {
      summary: "Send a message",
      description:
        "Does the same as `PUT /v1/conversations/{conversationId}/messages/{messageId}`. A retry with the same `clientMessageId`, here or there, " +
        "returns the id and the place of the first message.",
      fields: {
        conversationId: "The conversation.",
        clientMessageId: "An id that your client makes, unique per sender and conversation. Any UUID version is valid.",
        kind: "`text` or `photo`. Leave it out for a text.",
        text: `The text, of at most ${MESSAGE_LENGTH_MAX} characters. A text message needs it, and a photo message may have it.`,
        mediaId: "A visible picture of yours, of the kind `messagePhoto`. A photo message needs it, and a text message has none.",
      },
      example: { conversationId, clientMessageId, text },
      reply: "ack",
    },
    "message.read": {
      summary: "Mark a conversation as read up to a message",
      description: "Does the same as `PUT /v1/conversations/{conversationId}/read`. The mark never moves back.",
      fields: { conversationId: "The conversation.", messageId: "The newest message that you have read." },
      example: { conversationId, messageId },
      reply: "ack",
    },
    "typing.set": {
      summary: "Show the other member that you are typing",
      description: "Pendo does not store it, so send `false` when you stop.",
      fields: { conversationId: "The conversation.", typing: "Whether you are typing." },
      example: { conversationId, typing: true },
      reply: "ack",
    },
    "presence.subscribe": {
      summary: "Watch whether users are online",
      description:
        "You must be matched with each of them. A `presence.changed` for each user comes at once, and after every change. " +
        `It comes to all your sockets, for ${SOCKET_LIFE_SEC / 3600} hours; subscribe again to go on.`,
      fields: { userIds: "The users, 1 to 50." },
      example: { userIds: [other] },
      reply: "ack",
    },
    "presence.unsubscribe": {
      summary: "Stop watching users",
      description: "It counts for all your sockets. A user that you do not watch is ignored.",
      fields: { userIds: "The users, 1 to 50." },
      example: { userIds: [other] },
      reply: "ack",
    },
  },
  out: {
    ready: {
      summary: "The socket is ready.",
      description: "The reply to `sync`. It has no `ref`.",
      fields: { cursor: newestCursor },
      example: { cursor: exampleCursor },
      hasCursor: false,
    },
    pong: { summary: "Pendo received your ping.", description: "It has no `ref`.", fields: {}, example: {}, hasCursor: false },
    ack: {
      summary: "Pendo processed your frame.",
      description: "The reply to every frame but `ping` and `sync`. After `message.send` it has all fields, otherwise `ref` alone.",
      fields: {
        ref: "The `ref` of your frame. Null if it has none.",
        clientMessageId: "The id that your client made.",
        messageId: "The id of the message.",
        seq: "The place of the message in the conversation; 0 while only you see the message.",
      },
      example: { ref: exampleRef, clientMessageId, messageId, seq },
      hasCursor: false,
    },
    error: {
      summary: "Pendo refused your frame, or failed to process it.",
      description: "After `auth.required` Pendo closes the socket.",
      fields: {
        ref: "The `ref` of your frame. Null if it has none, or if Pendo can't read it.",
        code: "What is wrong. The meaning of a code never changes.",
        detail: "A text that a client may show.",
        fields: "The wrong fields of `data`, each with its reason. `/type` and `/ref` are fields of the frame itself.",
      },
      example: {
        ref: exampleRef,
        code: "input.invalid" satisfies FaultCode,
        detail: faults["input.invalid"].text,
        fields: { "/conversationId": "must be a conversation id (a UUIDv7)" },
      },
      hasCursor: false,
    },
    nudge: {
      summary: "Something changed for you.",
      description: "It comes where no other frame fits: for example when you block a user, or for your message that waits for its verdict.",
      fields: { cursor: newestCursor },
      example: { cursor: exampleCursor },
      hasCursor: false,
    },
    "message.created": {
      summary: "You or the other member sent a message.",
      description: "It comes when the message gets its place. `GET /v1/sync` has the photo of a photo message.",
      fields: {
        ...messageRefFields,
        senderId: "The user who sent the message.",
        kind: "`text` or `photo`.",
        text: "The text. Null for a photo without text.",
        sentAt: "When the message was sent.",
      },
      example: { ...messageRef, senderId: you, kind: "text", text, sentAt: "2026-03-01T12:00:00.000Z" },
      hasCursor: true,
    },
    "message.updated": {
      summary: "The sender changed the text of a message, or moderation hid the message.",
      fields: {
        ...messageRefFields,
        text: "The text now. Null if you may not see it.",
        editedAt: "When the text last changed. Null if it never did.",
      },
      example: { ...messageRef, text: "Tea on Sunday?", editedAt: "2026-03-01T12:01:00.000Z" },
      hasCursor: true,
    },
    "message.deleted": {
      summary: "The sender removed a message.",
      description: "It keeps its place and loses its content.",
      fields: messageRefFields,
      example: messageRef,
      hasCursor: true,
    },
    "reaction.changed": {
      summary: "A member added an emoji to a message, or removed one.",
      fields: {
        ...messageRefFields,
        userId: "The member.",
        emojis: "All emojis of this member on the message now, the oldest first.",
      },
      example: { ...messageRef, userId: other, emojis: ["🎉"] },
      hasCursor: true,
    },
    "receipt.read": {
      summary: "You or the other member read messages.",
      fields: {
        conversationId: "The conversation.",
        userId: "The member who read.",
        readSeq: "The place of the newest message that this member has read.",
      },
      example: { conversationId, userId: other, readSeq: seq },
      hasCursor: true,
    },
    typing: {
      summary: "The other member began or stopped typing.",
      description: "An end may never come, so hide it after some seconds.",
      fields: { conversationId: "The conversation.", userId: "The other member.", typing: "Whether the other member is typing." },
      example: { conversationId, userId: other, typing: true },
      hasCursor: false,
    },
    "presence.changed": {
      summary: "A user that you watch is online or offline now.",
      fields: { userId: "The user.", online: "Whether the user counts as online." },
      example: { userId: other, online: true },
      hasCursor: false,
    },
    "match.created": {
      summary: "You matched with a user.",
      fields: { matchId: "The match.", conversationId: "The conversation of the match.", userId: "The other user." },
      example: { matchId, conversationId, userId: other },
      hasCursor: true,
    },
    "match.ended": {
      summary: "A match ended.",
      description: "One of the two ended the match, or blocked the other. The conversation ends with it.",
      fields: { matchId: "The match.", conversationId: "The conversation of the match." },
      example: { matchId, conversationId },
      hasCursor: true,
    },
    "like.received": {
      summary: "A user liked you.",
      description: "The frame does not say which user. A like that makes a match comes as `match.created`.",
      fields: { likesCount: "How many likes wait for you." },
      example: { likesCount: 4 },
      hasCursor: true,
    },
    "media.moderated": {
      summary: "A picture of yours got its verdict.",
      fields: { mediaId: "The picture.", verdict: "Whether other users may see it." },
      example: { mediaId, verdict: "visible" },
      hasCursor: true,
    },
    "moderation.decided": {
      summary: "A moderator or a rule decided about you or your content.",
      description: "`GET /v1/sync` has the decision.",
      fields: { decisionId: "The decision." },
      example: { decisionId },
      hasCursor: true,
    },
    "session.revoked": {
      summary: "Your session ended.",
      description: "A logout or a revocation ended it. Pendo closes the socket; the user signs in again.",
      fields: {},
      example: {},
      hasCursor: false,
    },
  },
};

/** Faults that Pendo may return for every frame. */
export const faultsOfEveryFrame = [
  "input.invalid",
  "auth.required",
  "rate.limited",
  "server.failed",
  "server.busy",
  "store.unavailable",
  "store.full",
] as const satisfies readonly FaultCode[];

/** Every fault that Pendo may return for a frame. */
export function faultsOfFrame(name: FrameInName): FaultCode[] {
  return [...new Set<FaultCode>([...framesIn[name].fails, ...faultsOfEveryFrame])];
}

/** Every fault that a socket may return: those of its frames, and those of a text that is no frame. */
export function faultsOfSockets(): FaultCode[] {
  const names = Object.keys(framesIn) as FrameInName[];
  return [...new Set<FaultCode>(["input.notText", "input.notJson", ...names.flatMap(faultsOfFrame)])];
}
