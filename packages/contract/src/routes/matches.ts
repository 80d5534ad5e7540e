import * as z from "zod";
import { ConversationId, MatchId } from "../ids.ts";
import { page, pageInput } from "../page.ts";
import { ProfileCard } from "../profile.ts";
import { route } from "../route.ts";
import { Time } from "../time.ts";

const Match = z.object({ id: MatchId, conversationId: ConversationId, user: ProfileCard, matchedAt: Time });

export const list = route({
  at: "GET /v1/matches",
  summary: "List your matches, newest first",
  auth: "user",
  input: z.strictObject(pageInput(100, 25)),
  output: page(Match),
  fails: [],
  limit: "read",
  needs: ["db", "storage"],
});

export const get = route({
  at: "GET /v1/matches/{matchId}",
  summary: "Get one of your matches",
  auth: "user",
  input: z.strictObject({ matchId: MatchId }),
  output: Match,
  fails: ["match.notFound"],
  limit: "read",
  needs: ["db", "storage"],
});

export const end = route({
  at: "DELETE /v1/matches/{matchId}",
  summary: "End a match and its conversation",
  description: "Both users lose the match for good.",
  auth: "user",
  input: z.strictObject({ matchId: MatchId }),
  output: z.void(),
  status: 204,
  fails: ["match.notFound"],
  limit: "write",
  needs: ["db", "bus"],
});
