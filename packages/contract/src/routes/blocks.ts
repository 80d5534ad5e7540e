import * as z from "zod";
import { UserId } from "../ids.ts";
import { page, pageInput } from "../page.ts";
import { route } from "../route.ts";
import { Time } from "../time.ts";

export const list = route({
  at: "GET /v1/blocks",
  summary: "Whom you have blocked, newest first",
  auth: "user",
  input: z.strictObject(pageInput(100, 50)),
  output: page(z.object({ userId: UserId, name: z.string(), blockedAt: Time })),
  fails: [],
  limit: "read",
  needs: ["db"],
});

export const put = route({
  at: "PUT /v1/blocks/{userId}",
  summary: "Blocks somebody: neither sees or reaches the other any more, and what was between you ends",
  auth: "user",
  input: z.strictObject({ userId: UserId }),
  output: z.void(),
  status: 204,
  fails: [],
  limit: "write",
  needs: ["db", "bus"],
});

export const remove = route({
  at: "DELETE /v1/blocks/{userId}",
  summary: "Lifts a block; a match that it ended stays ended",
  auth: "user",
  input: z.strictObject({ userId: UserId }),
  output: z.void(),
  status: 204,
  fails: [],
  limit: "write",
  needs: ["db", "bus"],
});
