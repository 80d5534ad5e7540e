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
  summary: "Who likes the caller and waits for an answer, newest first",
  auth: "user",
  input: z.strictObject(pageInput(50, 20)),
  /** `count` includes likes of people who are hidden for now, whom `items` leaves out. */
  output: page(Like).extend({ count: z.int() }),
  fails: [],
  limit: "read",
  needs: ["db", "storage"],
});

export const listOutgoing = route({
  at: "GET /v1/likes/outgoing",
  summary: "Whom the caller likes and who has not answered, newest first",
  auth: "user",
  input: z.strictObject(pageInput(50, 20)),
  output: page(Like),
  fails: [],
  limit: "read",
  needs: ["db", "storage"],
});
