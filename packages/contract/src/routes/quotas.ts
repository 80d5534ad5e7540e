import * as z from "zod";
import { route } from "../route.ts";
import { Time } from "../time.ts";

/** `left` and `cap` are null where there is no limit; a window that has passed gives everything back at `resetsAt`. */
const Quota = z.object({ left: z.int().nullable(), cap: z.int().nullable(), resetsAt: Time.nullable() });

export const read = route({
  at: "GET /v1/me/quotas",
  summary: "How many likes, superlikes, rewinds, boosts, travels and photos for messages are left, and when they come back",
  auth: "user",
  input: z.strictObject({}),
  output: z.object({ likes: Quota, superlikes: Quota, rewinds: Quota, boosts: Quota, travels: Quota, messagePhotos: Quota }),
  fails: [],
  limit: "read",
  needs: ["db"],
});
