import type { EventId, MessageId, UserId } from "@pendo/contract/ids";
import { firstTime } from "../ports/bus/inbox.ts";
import type { Uses } from "../ports/ports.ts";
import { tellDiscoverable } from "../profiles/discoverable.ts";
import { appendWithMatches } from "../sync/log.ts";
import { decide } from "./decisions.ts";
import { judgeText, type TextVerdict } from "./textRules.ts";
import { hideMessage, lockConversation, messageToJudge, settleWords, wordsToJudge, type Words } from "./textVerdict.sql.ts";

/**
 * Lets a profile's changed words be seen, or keeps them hidden and says why. Words that changed again meanwhile are left to their own fact.
 * Doing it twice changes nothing: only the first verdict on a version is written.
 */
export async function judgeProfile(ports: Uses<"db" | "bus">, { userId }: { readonly userId: UserId }): Promise<void> {
  const { db, bus, clock } = ports;
  const words = await wordsToJudge(db, userId);
  if (!words) return;
  const verdict = judgeWords(words);
  await db.begin(async (tx) => {
    const at = clock.now();
    if (!(await settleWords(tx, { userId, version: words.version, state: verdict.state, at }))) return;
    await appendWithMatches(tx, { userId, kind: "profile", ref: userId }, at);
    if (verdict.state === "rejected") {
      await decide(ports, tx, {
        userId,
        subjectKind: "profileText",
        subjectId: userId,
        restriction: "hidden",
        ground: verdict.reason,
        facts: `The rule "${verdict.rule}" matched in: ${verdict.field}.`,
        automatedDetection: true,
        automatedDecision: true,
      });
    }
    await tellDiscoverable({ bus }, tx, userId, at);
  });
}

/** Hides a message from both people where it clearly breaks the rules, and tells its sender why. Doing it twice changes nothing. */
export async function judgeMessage(
  ports: Uses<"db" | "bus">,
  { factId, messageId, recipientId }: { readonly factId: EventId; readonly messageId: MessageId; readonly recipientId: UserId },
): Promise<void> {
  const { db, bus, clock } = ports;
  const sent = await messageToJudge(db, messageId);
  if (!sent) return;
  const verdict = judgeText(sent.text, "message");
  if (verdict.state === "visible") return;
  const { senderId, conversationId, seq } = sent;
  await db.begin(async (tx) => {
    const at = clock.now();
    if (!(await firstTime(tx, "moderation", factId, at))) return;
    await lockConversation(tx, conversationId);
    if (!(await hideMessage(tx, { id: messageId, text: sent.text, senderId, recipientId, at }))) return;
    await bus.emit(tx, "message.updated", { conversationId, messageId, seq, senderId, recipientId });
    await decide(ports, tx, {
      userId: senderId,
      subjectKind: "message",
      subjectId: messageId,
      restriction: "hidden",
      ground: verdict.reason,
      facts: `The rule "${verdict.rule}" matched in the message.`,
      automatedDetection: true,
      automatedDecision: true,
    });
  });
}

type FieldVerdict = TextVerdict & { readonly field: string };

/** The verdict on all words of a profile: that on the first field that breaks a rule. */
function judgeWords({ name, bio, interests, job, school, answers }: Words): FieldVerdict {
  const fields: [string, string][] = [
    ["name", name ?? ""],
    ["bio", bio],
    ["interests", interests.join("\n")],
    ["job", job ?? ""],
    ["school", school ?? ""],
    ["prompts", answers.join("\n")],
  ];
  for (const [field, text] of fields) {
    const verdict = judgeText(text, "profile");
    if (verdict.state === "rejected") return { ...verdict, field };
  }
  return { state: "visible", field: "" };
}
