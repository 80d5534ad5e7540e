import * as z from "zod";
import { SwipeAction } from "../events.ts";
import { ConversationId, MatchId, UserId } from "../ids.ts";
import { LikeOn } from "../like.ts";
import { route } from "../route.ts";
import { line } from "../text.ts";

export const record = route({
  at: "PUT /v1/swipes/{targetId}",
  summary: "Like, superlike or pass on somebody; the same swipe again changes and costs nothing",
  auth: "user",
  input: z.strictObject({
    targetId: UserId,
    action: SwipeAction,
    /** Shown to the liked person with the like. */
    comment: line(300).optional(),
    on: LikeOn.optional(),
  }),
  output: z.object({
    /** What now stands: a like after a superlike leaves the superlike. */
    action: SwipeAction,
    matchId: MatchId.nullable(),
    conversationId: ConversationId.nullable(),
    /** Null: no limit. */
    likesLeft: z.int().nullable(),
    superlikesLeft: z.int().nullable(),
  }),
  fails: ["swipe.self", "swipe.matched", "swipe.quotaSpent", "profile.notFound", "profile.incomplete", "message.refused"],
  limit: "swipe",
  needs: ["db", "bus", "judge"],
});

export const rewind = route({
  at: "POST /v1/swipes/rewind",
  summary: "Take the newest swipe back, once, and what it cost",
  auth: "user",
  input: z.strictObject({}),
  output: z.object({ targetId: UserId, action: SwipeAction }),
  fails: ["swipe.nothingToRewind", "swipe.matched", "swipe.quotaSpent"],
  limit: "swipe",
  idempotent: true,
  needs: ["db", "bus"],
});
