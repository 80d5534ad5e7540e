import * as z from "zod";
import { route } from "../route.ts";

const Token = z
  .string()
  .max(200)
  .regex(/^[A-Za-z0-9_-]+$/, "must be a token of a letter");

/** It changes nothing, since programs that check mail open its links too. */
export const ask = route({
  at: "GET /v1/unsubscribe/{token}",
  summary: "A page that asks whether one kind of letter shall end, for whoever opens the link in one of them",
  auth: "public",
  input: z.strictObject({ token: Token }),
  output: z.string(),
  fails: ["unsubscribe.invalid"],
  limit: "public",
  contentType: "text/html; charset=utf-8",
  needs: ["secrets"],
});

/** Answers a page for whom the form of the other one brings here; mail programs look at the status alone. */
export const oneClick = route({
  at: "POST /v1/unsubscribe/{token}",
  summary: "Ends one kind of letter, by the link in one of them (RFC 8058)",
  auth: "public",
  input: z.strictObject({
    token: Token,
    /** What mail programs post, and nothing else. */
    "List-Unsubscribe": z.literal("One-Click").optional(),
  }),
  output: z.string(),
  fails: ["unsubscribe.invalid"],
  limit: "public",
  form: true,
  contentType: "text/html; charset=utf-8",
  needs: ["db", "secrets"],
});
