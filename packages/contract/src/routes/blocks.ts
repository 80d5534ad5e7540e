import * as z from "zod";
import { UserId } from "../ids.ts";
import { page, pageInput } from "../page.ts";
import { route } from "../route.ts";
import { Time } from "../time.ts";

export const list = route({
  at: "GET /v1/blocks",
  summary: "List the users that you blocked, newest first",
  description: "The name is there if you could see the user when you blocked. Otherwise it is empty.",
  auth: "user",
  input: z.strictObject(pageInput(100, 50)),
  output: page(z.object({ userId: UserId, name: z.string(), blockedAt: Time })),
  fails: [],
  limit: "read",
  needs: ["db"],
});

export const create = route({
  at: "PUT /v1/blocks/{userId}",
  summary: "Block a user",
  description: "From then on, neither of you sees or reaches the other. Your likes and your match end.",
  auth: "user",
  input: z.strictObject({ userId: UserId }),
  output: z.void(),
  status: 204,
  fails: [],
  limit: "block",
  needs: ["db", "bus"],
});

export const remove = route({
  at: "DELETE /v1/blocks/{userId}",
  summary: "Remove a block",
  description: "A match that the block ended stays ended.",
  auth: "user",
  input: z.strictObject({ userId: UserId }),
  output: z.void(),
  status: 204,
  fails: [],
  limit: "write",
  needs: ["db", "bus"],
});
