import * as z from "zod";
import { SwipeAction } from "../events.ts";
import { ConversationId, MatchId, UserId } from "../ids.ts";
import { LikeOn } from "../like.ts";
import { route } from "../route.ts";
import { line } from "../text.ts";

export const record = route({
  at: "PUT /v1/swipes/{targetId}",
  summary: "Record a like, superlike or pass",
  description: "A repeated swipe changes nothing and costs nothing.",
  auth: "user",
  input: z.strictObject({
    targetId: UserId,
    action: SwipeAction,
    /** The target sees it with the like. */
    comment: line(300).optional(),
    on: LikeOn.optional(),
  }),
  output: z.object({
    /** The action that counts now: a superlike stays if a like follows it. */
    action: SwipeAction,
    matchId: MatchId.nullable(),
    conversationId: ConversationId.nullable(),
    /** Null: there is no limit. */
    likesLeft: z.int().nullable(),
    superlikesLeft: z.int().nullable(),
  }),
  fails: ["swipe.self", "swipe.matched", "swipe.quotaSpent", "profile.notFound", "profile.incomplete", "message.refused"],
  limit: "swipe",
  needs: ["db", "bus", "judge"],
});

export const rewind = route({
  at: "POST /v1/swipes/rewind",
  summary: "Rewind your newest swipe",
  description: "You get back what the swipe cost. You can rewind a swipe once.",
  auth: "user",
  input: z.strictObject({}),
  output: z.object({ targetId: UserId, action: SwipeAction }),
  fails: ["swipe.nothingToRewind", "swipe.matched", "swipe.quotaSpent"],
  limit: "swipe",
  idempotent: true,
  needs: ["db", "bus"],
});
