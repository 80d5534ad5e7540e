import type { PromptId, UserId } from "@pendo/contract/ids";
import type { Prompt } from "@pendo/contract/profile";
import type { Queryable } from "../ports/db/db.ts";

/** The questions that a profile answers, in their order, whatever their verdict. */
export function promptsOf(sql: Queryable, userId: UserId): Promise<Prompt[]> {
  return sql<Prompt[]>`select id, question, answer from prompts where user_id = ${userId} order by position`;
}

/** Puts these prompts, in this order, in the place of all prompts of the user. */
export async function replacePrompts(
  sql: Queryable,
  { userId, prompts }: { readonly userId: UserId; readonly prompts: readonly { id: PromptId; question: string; answer: string }[] },
): Promise<void> {
  await sql`delete from prompts where user_id = ${userId}`;
  await sql`
    insert into prompts (id, user_id, position, question, answer)
    select id, ${userId}, n - 1, question, answer
    from unnest(${prompts.map((p) => p.id)}::uuid[], ${prompts.map((p) => p.question)}::text[], ${prompts.map((p) => p.answer)}::text[])
      with ordinality as p (id, question, answer, n)`;
}
