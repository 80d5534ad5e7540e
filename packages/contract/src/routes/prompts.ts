import * as z from "zod";
import { Prompt } from "../profile.ts";
import { promptQuestionKeys } from "../promptQuestions.ts";
import { route } from "../route.ts";
import { paragraphs } from "../text.ts";

export const replace = route({
  at: "PUT /v1/me/prompts",
  summary: "Replace the prompts of your profile",
  auth: "user",
  input: z.strictObject({
    prompts: z.array(z.strictObject({ question: z.enum(promptQuestionKeys), answer: paragraphs(250).min(1) })).max(3),
  }),
  output: z.object({ prompts: z.array(Prompt) }),
  fails: [],
  limit: "write",
  needs: ["db", "bus"],
});
