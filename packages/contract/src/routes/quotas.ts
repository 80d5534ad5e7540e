import * as z from "zod";
import { route } from "../route.ts";
import { Time } from "../time.ts";

/** `left` and `cap` are null if there is no limit. At `resetsAt` the whole quota is available again. */
const Quota = z.object({ left: z.int().nullable(), cap: z.int().nullable(), resetsAt: Time.nullable() });

export const get = route({
  at: "GET /v1/me/quotas",
  summary: "Get your quotas and the times when they reset",
  auth: "user",
  input: z.strictObject({}),
  output: z.object({ likes: Quota, superlikes: Quota, rewinds: Quota, boosts: Quota, travels: Quota, messagePhotos: Quota }),
  fails: [],
  limit: "read",
  needs: ["db"],
});
