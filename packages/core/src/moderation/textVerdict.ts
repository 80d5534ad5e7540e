import type { EventId, MessageId, UserId } from "@pendo/contract/ids";
import { Fault } from "../fault.ts";
import { judgeHeld } from "../messages/held.ts";
import { firstTime } from "../ports/bus/inbox.ts";
import type { TextPlace, TextVerdict } from "../ports/judge/judge.ts";
import { withdrawMessage } from "../notifications/withdraw.sql.ts";
import type { Uses } from "../ports/ports.ts";
import { tellDiscoverable } from "../rules/discoverable.ts";
import { append, appendWithMatches } from "../log/log.sql.ts";
import { decide } from "./decisions.ts";
import { hideMessage, lockConversation, messageToJudge, settleWords, wordsToJudge, type Words } from "./textVerdict.sql.ts";

/** How long a consumer waits for a verdict: nobody waits for the consumer. */
const VERDICT_WAIT_MS = 10_000;

/**
 * Lets a profile's changed words be seen, or keeps them hidden and says why. Words that changed again meanwhile are left to their own fact.
 * Doing it twice changes nothing: only the first verdict on a version is written.
 */
export async function judgeProfile(ports: Uses<"db" | "bus" | "judge">, { userId }: { readonly userId: UserId }): Promise<void> {
  const { db, bus, clock } = ports;
  const words = await wordsToJudge(db, userId);
  if (!words) return;
  const verdict = await verdictOn(ports, words);
  await db.begin(async (tx) => {
    const at = clock.now();
    if (!(await settleWords(tx, { userId, version: words.version, state: verdict.state, at }))) return;
    await appendWithMatches(tx, [{ userId, kind: "profile", ref: userId }], at);
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

/**
 * Judges a text that was sent or edited without a verdict, and delivers it or tells its sender why not.
 * @throws {Fault} `server.busy`: there is no verdict yet
 */
export async function judgeHeldText(ports: Uses<"db" | "bus" | "judge">, { messageId }: { readonly messageId: MessageId }): Promise<void> {
  await judgeHeld(ports, messageId, async (text) => {
    const [verdict] = await verdicts(ports, [text], "message");
    if (!verdict) throw new Fault("server.busy");
    return verdict;
  });
}

/** Hides a message from both people where it clearly breaks the rules, and tells its sender why. Doing it twice changes nothing. */
export async function judgeMessage(
  ports: Uses<"db" | "bus" | "judge">,
  { factId, messageId, recipientId }: { readonly factId: EventId; readonly messageId: MessageId; readonly recipientId: UserId },
): Promise<void> {
  const { db, bus, clock } = ports;
  const sent = await messageToJudge(db, messageId);
  if (!sent) return;
  const [verdict] = await verdicts(ports, [sent.text], "message");
  if (!verdict || verdict.state === "visible") return;
  const { senderId, conversationId, seq } = sent;
  await db.begin(async (tx) => {
    const at = clock.now();
    if (!(await firstTime(tx, "moderation", factId, at))) return;
    await lockConversation(tx, conversationId);
    if ((await messageToJudge(tx, messageId))?.text !== sent.text) return;
    const notices = await withdrawMessage(tx, { conversationId, recipientId, seq }, at);
    await hideMessage(tx, { id: messageId, senderId, recipientId, at });
    if (notices.length > 0) await append(tx, notices, at);
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

/** The verdict on all texts of a profile: that on the first field that breaks a rule. */
async function verdictOn(ports: Uses<"judge">, { name, bio, interests, job, school, answers }: Words): Promise<FieldVerdict> {
  const fields: [string, string][] = [
    ["name", name ?? ""],
    ["bio", bio],
    ["interests", interests.join("\n")],
    ["job", job ?? ""],
    ["school", school ?? ""],
    ["prompts", answers.join("\n")],
  ];
  const all = await verdicts(
    ports,
    fields.map(([, text]) => text),
    "profile",
  );
  const broken = all.findIndex(({ state }) => state === "rejected");
  return { ...(all[broken] ?? { state: "visible" }), field: fields[broken]?.[0] ?? "" };
}

async function verdicts({ judge }: Uses<"judge">, texts: readonly string[], place: TextPlace): Promise<readonly TextVerdict[]> {
  const all = await judge.verdicts(texts, place, VERDICT_WAIT_MS);
  // The queue tries again: until then the text stays as unseen as it is.
  if (!all) throw new Fault("server.busy");
  return all;
}
