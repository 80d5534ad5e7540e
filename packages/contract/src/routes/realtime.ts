import * as z from "zod";
import { route } from "../route.ts";
import { Time } from "../time.ts";

export const ticket = route({
  at: "POST /v1/realtime/tickets",
  summary: "A ticket that opens one socket, within 30 seconds",
  auth: "user",
  input: z.strictObject({}),
  output: z.object({
    ticket: z.string(),
    /** Where to open the socket, with the ticket in it. */
    url: z.string(),
    expiresAt: Time,
  }),
  status: 201,
  fails: [],
  limit: "write",
  needs: ["cache", "secrets"],
});
