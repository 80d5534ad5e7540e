import type { PromptId, UserId } from "@pendo/contract/ids";
import type { Prompt } from "@pendo/contract/profile";
import { promptQuestions, type PromptQuestion } from "@pendo/contract/promptQuestions";
import { Fault } from "../fault.ts";
import type { Uses } from "../ports/ports.ts";
import { tellChanged } from "../profiles/profiles.ts";
import { awaitVerdict, ensureProfile, lockSaid } from "../profiles/profiles.sql.ts";
import { promptsOf, replacePrompts } from "./prompts.sql.ts";

export interface PromptInput {
  readonly question: PromptQuestion;
  readonly answer: string;
}

/**
 * Sets the questions that a profile answers, in this order; they wait for moderation like all its words. Sending what is there changes nothing.
 * @throws {Fault} `input.invalid`: a question comes twice
 */
export async function replace(
  { db, bus, clock, ids }: Uses<"db" | "bus">,
  { userId, prompts }: { readonly userId: UserId; readonly prompts: readonly PromptInput[] },
): Promise<{ prompts: Prompt[] }> {
  const repeated = prompts.findIndex((prompt, i) => prompts.findIndex((other) => other.question === prompt.question) < i);
  if (repeated >= 0) throw new Fault("input.invalid", { fields: { [`/prompts/${repeated}/question`]: "is answered twice" } });
  const asked = prompts.map(({ question, answer }) => ({ id: ids.next<PromptId>(), question: promptQuestions[question], answer }));
  const at = clock.now();
  return db.begin(async (tx) => {
    await ensureProfile(tx, userId, at);
    await lockSaid(tx, userId);
    const before = await promptsOf(tx, userId);
    if (wordsOf(before) === wordsOf(asked)) return { prompts: before };
    await replacePrompts(tx, { userId, prompts: asked });
    await awaitVerdict(tx, userId, at);
    await tellChanged({ bus }, tx, userId, at);
    return { prompts: asked };
  });
}

function wordsOf(prompts: readonly { question: string; answer: string }[]): string {
  return JSON.stringify(prompts.map(({ question, answer }) => [question, answer]));
}
