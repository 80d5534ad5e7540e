import * as z from "zod";
import { LikeOn } from "../like.ts";
import { page, pageInput } from "../page.ts";
import { ProfileCard } from "../profile.ts";
import { route } from "../route.ts";
import { Time } from "../time.ts";

const Like = z.object({
  user: ProfileCard,
  action: z.enum(["like", "superlike"]),
  comment: z.string().nullable(),
  on: LikeOn.nullable(),
  likedAt: Time,
});

export const listIncoming = route({
  at: "GET /v1/likes/incoming",
  summary: "List the likes that wait for your answer, newest first",
  auth: "user",
  input: z.strictObject(pageInput(50, 20)),
  /** `count` includes likes of users who are hidden at the moment. `items` leaves these out. */
  output: page(Like).extend({ count: z.int() }),
  fails: [],
  limit: "read",
  needs: ["db", "storage"],
});

export const listOutgoing = route({
  at: "GET /v1/likes/outgoing",
  summary: "List your likes that wait for an answer, newest first",
  auth: "user",
  input: z.strictObject(pageInput(50, 20)),
  output: page(Like),
  fails: [],
  limit: "read",
  needs: ["db", "storage"],
});
