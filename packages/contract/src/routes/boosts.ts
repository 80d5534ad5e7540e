import * as z from "zod";
import { BoostId } from "../ids.ts";
import { route } from "../route.ts";
import { Time } from "../time.ts";

const Boost = z.object({ id: BoostId, startedAt: Time, until: Time });

export const start = route({
  at: "POST /v1/boosts",
  summary: "Be shown more for half an hour; while one runs, asking again answers the same",
  auth: "user",
  input: z.strictObject({}),
  output: Boost,
  fails: ["profile.notShown", "boost.quotaSpent"],
  limit: "write",
  idempotent: true,
  needs: ["db", "bus"],
});

export const current = route({
  at: "GET /v1/boosts/current",
  summary: "The boost that runs, if one does",
  auth: "user",
  input: z.strictObject({}),
  output: z.object({ boost: Boost.nullable() }),
  fails: [],
  limit: "read",
  needs: ["db"],
});
