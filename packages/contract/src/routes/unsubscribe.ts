import * as z from "zod";
import { route } from "../route.ts";

const Token = z
  .string()
  .max(200)
  .regex(/^[A-Za-z0-9_-]+$/, "must be the token of an email");

/** It changes nothing, because mail scanners open the links of an email too. */
export const getPage = route({
  at: "GET /v1/unsubscribe/{token}",
  summary: "Get the page that confirms an unsubscription",
  description: "Every email of the kind links to this page.",
  auth: "public",
  input: z.strictObject({ token: Token }),
  output: z.string(),
  fails: ["unsubscribe.invalid"],
  limit: "public",
  contentType: "text/html; charset=utf-8",
  needs: ["secrets"],
});

/** Returns a page, because browsers post the form of the other route. Mail programs read only the status. */
export const confirm = route({
  at: "POST /v1/unsubscribe/{token}",
  summary: "Confirm an unsubscription from one kind of email (RFC 8058)",
  auth: "public",
  input: z.strictObject({
    token: Token,
    /** Mail programs post this field and no other. */
    "List-Unsubscribe": z.literal("One-Click").optional(),
  }),
  output: z.string(),
  fails: ["unsubscribe.invalid"],
  limit: "public",
  form: true,
  contentType: "text/html; charset=utf-8",
  needs: ["db", "secrets"],
});
