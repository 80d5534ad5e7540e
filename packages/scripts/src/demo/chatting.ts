import type { Frame, Live } from "@pendo/client/live";
import { ProblemError } from "@pendo/client/problem";
import type { ClientMessageId, ConversationId, MatchId, MessageId, UserId } from "@pendo/contract/ids";
import { dice } from "../people/dice.ts";
import { emojis, lineOf } from "../people/smallTalk.ts";
import { type Actor, called, pairKey, type Stage } from "./stage.ts";

export interface Met {
  readonly matchId: MatchId;
  readonly conversationId: ConversationId | null;
  readonly otherId: UserId;
  /** Whether the actor's own swipe made it; otherwise a frame told of it. */
  readonly mine: boolean;
}

// Every so many-th person is one who reports and blocks a match, or leaves one.
const WARY_EVERY = 23;
const FICKLE_EVERY = 31;
const HANDS_FULL = 12;

/** Two people matched. Whoever made it so usually writes first. */
export function match(stage: Stage, actor: Actor, { matchId, conversationId, otherId, mine }: Met): void {
  const { person, thrown } = actor;
  if (!person) return;
  if (mine) {
    stage.ledger.matched({ matchId, conversationId, userIds: [person.userId, otherId] });
    stage.tally.count("matches");
    const other = stage.byUser.get(otherId);
    if (other) stage.tally.happened(`♥ ${called(actor)} and ${other.character.name} matched`);
  }
  if (conversationId === null) return;
  stage.beside(async () => {
    if (mine ? thrown.chance(0.85) : thrown.chance(0.1)) {
      if (await stage.pause(thrown.int(500, 3000))) await say(stage, actor, { conversationId, otherId, n: 0 });
    }
  });
  if (mine) stage.beside(() => turnAway(stage, actor, { matchId, otherId }));
}

/** Everything that a frame makes somebody do. */
export function hear(stage: Stage, actor: Actor, frame: Frame): void {
  const { person } = actor;
  if (!person) return;
  if (frame.type === "match.created") {
    const { matchId, conversationId, userId: otherId } = frame.data;
    const likedMs = stage.likedMs.get(pairKey(person.userId, otherId));
    if (likedMs !== undefined) stage.tally.waited("match", performance.now() - likedMs);
    match(stage, actor, { matchId, conversationId, otherId, mine: false });
  } else if (frame.type === "message.created") {
    actor.memory.frame(frame.data);
    const { conversationId, messageId, senderId, seq, text } = frame.data;
    if (senderId === person.userId) return;
    const sentMs = stage.sentMs.get(sentKey(conversationId, senderId, text));
    if (sentMs !== undefined) stage.tally.waited("message", performance.now() - sentMs);
    stage.beside(() => answer(stage, actor, { conversationId, messageId, otherId: senderId, seq }));
  }
}

interface Heard {
  readonly conversationId: ConversationId;
  readonly messageId: MessageId;
  readonly otherId: UserId;
  readonly seq: number;
}

/** Reads, perhaps reacts, types, answers. */
async function answer(stage: Stage, actor: Actor, { conversationId, messageId, otherId, seq }: Heard): Promise<void> {
  const { thrown, person } = actor;
  if (!person || !(await stage.pause(thrown.int(250, 1500)))) return;
  if (!(await bySocket(actor, (socket) => socket.send("message.read", { conversationId, messageId }))))
    await person.client.conversations.markRead({ conversationId, messageId });
  stage.tally.count("reads");
  if (thrown.chance(0.16)) {
    await person.client.messages.addReaction({ conversationId, messageId, emoji: thrown.pick(emojis) });
    stage.tally.count("reactions");
  }
  if (seq >= lengthOf(conversationId)) return;
  await bySocket(actor, (socket) => socket.send("typing.set", { conversationId, typing: true }));
  if (await stage.pause(thrown.int(500, 2600))) await say(stage, actor, { conversationId, otherId, n: seq });
}

/** Sends a message over the socket, and where that fails over HTTP: under the same id, so that it arrives once. */
async function say(
  stage: Stage,
  actor: Actor,
  { conversationId, otherId, n }: { conversationId: ConversationId; otherId: UserId; n: number },
): Promise<void> {
  const { person, thrown, character } = actor;
  const other = stage.byUser.get(otherId);
  if (!person || !other || talksOf(actor, stage) > HANDS_FULL) return;
  const text = lineOf(thrown, { n, length: lengthOf(conversationId), to: other.character });
  const clientMessageId = crypto.randomUUID() as ClientMessageId;
  stage.ledger.sending(clientMessageId, { conversationId, senderId: person.userId, text });
  stage.sentMs.set(sentKey(conversationId, person.userId, text), performance.now());
  const placed = await sendAnyhow(actor, { conversationId, clientMessageId, text });
  stage.ledger.sent(clientMessageId, placed);
  stage.tally.count("messages");
  if (text.length > 8 && thrown.chance(0.07))
    stage.tally.happened(`${character.name} to ${other.character.name}: ${text.length > 64 ? `${text.slice(0, 63)}…` : text}`);
}

async function sendAnyhow(
  actor: Actor,
  message: { conversationId: ConversationId; clientMessageId: ClientMessageId; text: string },
): Promise<{ id: MessageId; seq: number }> {
  const { person, thrown } = actor;
  if (!person) throw new Error("Nobody sends.");
  const answered = thrown.chance(0.8) ? await bySocket(actor, (socket) => socket.send("message.send", message)) : undefined;
  if (answered?.type === "ack" && answered.data.messageId && answered.data.seq !== undefined)
    return { id: answered.data.messageId, seq: answered.data.seq };
  const { clientMessageId: messageId, ...content } = message;
  return await person.client.messages.send({ ...content, messageId });
}

/** What the socket answers; undefined where there is none, or it was lost meanwhile. Refusals are thrown. */
async function bySocket(actor: Actor, ask: (socket: Live) => Promise<Frame>): Promise<Frame | undefined> {
  if (!actor.socket) return undefined;
  try {
    return await ask(actor.socket);
  } catch (error) {
    if (error instanceof ProblemError) throw error;
    return undefined;
  }
}

/** Some leave, and some have reason to report and to block. */
async function turnAway(stage: Stage, actor: Actor, { matchId, otherId }: { matchId: MatchId; otherId: UserId }): Promise<void> {
  const { person, thrown, character } = actor;
  const wary = character.n % WARY_EVERY === 7;
  const fickle = character.n % FICKLE_EVERY === 11;
  if (!person || !(wary || fickle) || !thrown.chance(0.5)) return;
  if (!(await stage.pause(thrown.int(4000, 9000)))) return;
  stage.ledger.ending([person.userId, otherId]);
  if (fickle) {
    await person.client.matches.end({ matchId });
    stage.tally.count("unmatches");
    stage.tally.happened(`${called(actor)} ended a match`);
    return;
  }
  await person.client.reports.create({ userId: otherId, reason: "spam", note: "The same line to everybody." });
  stage.tally.count("reports");
  await person.client.blocks.create({ userId: otherId });
  stage.tally.count("blocks");
  stage.tally.happened(`${called(actor)} reported and blocked somebody`);
}

/** How long a conversation becomes: the same for both. */
function lengthOf(conversationId: ConversationId): number {
  return dice("length", conversationId).int(3, 16);
}

function talksOf({ person }: Actor, { ledger }: Stage): number {
  return person ? ledger.couples().filter(({ userIds }) => userIds.includes(person.userId)).length : 0;
}

function sentKey(conversationId: ConversationId, senderId: UserId, text: string | null): string {
  return `${conversationId} ${senderId} ${text}`;
}
