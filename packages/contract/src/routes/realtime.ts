import * as z from "zod";
import { route } from "../route.ts";
import { Time } from "../time.ts";

export const createTicket = route({
  at: "POST /v1/realtime/tickets",
  summary: "Create a ticket for a socket",
  description: "A ticket opens one socket, within 30 seconds.",
  auth: "user",
  input: z.strictObject({}),
  output: z.object({
    ticket: z.string(),
    /** The address of the socket. It contains the ticket. */
    url: z.string(),
    expiresAt: Time,
  }),
  status: 201,
  fails: [],
  limit: "write",
  needs: ["cache", "secrets"],
});
