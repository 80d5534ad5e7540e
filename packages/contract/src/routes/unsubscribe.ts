import { z } from "zod";
import { route } from "../route.ts";

export const oneClick = route({
  at: "POST /v1/unsubscribe/{token}",
  summary: "Ends one kind of letter, by the link in one of them (RFC 8058)",
  auth: "public",
  input: z.strictObject({
    token: z
      .string()
      .max(200)
      .regex(/^[A-Za-z0-9_-]+$/, "must be a token of a letter"),
    /** What mail programs post, and nothing else. */
    "List-Unsubscribe": z.literal("One-Click").optional(),
  }),
  output: z.void(),
  status: 204,
  fails: ["unsubscribe.invalid"],
  limit: "public",
  form: true,
  needs: ["db", "secrets"],
});
