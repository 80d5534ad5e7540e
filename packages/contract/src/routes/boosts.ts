import * as z from "zod";
import { BoostId } from "../ids.ts";
import { route } from "../route.ts";
import { Time } from "../time.ts";

const Boost = z.object({ id: BoostId, startedAt: Time, expiresAt: Time });

export const start = route({
  at: "POST /v1/boosts",
  summary: "Start a boost of half an hour",
  description: "Pendo shows your profile to more users. While a boost runs, you get the running one.",
  auth: "user",
  input: z.strictObject({}),
  output: Boost,
  fails: ["profile.notShown", "boost.quotaSpent"],
  limit: "write",
  idempotent: true,
  needs: ["db", "bus"],
});

export const getCurrent = route({
  at: "GET /v1/boosts/current",
  summary: "Get your running boost",
  description: "`boost` is null if none runs.",
  auth: "user",
  input: z.strictObject({}),
  output: z.object({ boost: Boost.nullable() }),
  fails: [],
  limit: "read",
  needs: ["db"],
});
