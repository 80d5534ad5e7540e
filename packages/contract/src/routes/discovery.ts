import * as z from "zod";
import { UserId } from "../ids.ts";
import { wholeNumberText } from "../number.ts";
import { page, pageInput } from "../page.ts";
import { DistanceBand, Gender, Intent, ProfileCard } from "../profile.ts";
import { route } from "../route.ts";
import { line, paragraphs } from "../text.ts";
import { Time } from "../time.ts";

export const recommend = route({
  at: "GET /v1/discovery/recommendations",
  summary: "Whom to meet next, best first; the same people come back until they are swiped",
  auth: "user",
  input: z.strictObject({ limit: wholeNumberText(1, 20).default(10) }),
  output: z.object({ items: z.array(ProfileCard) }),
  fails: ["profile.incomplete", "discovery.viewsSpent"],
  limit: "read",
  needs: ["db", "cache", "bus", "storage"],
});

/** What a client may show of the choice. It tells what the card shows and what the caller asked for, and nothing of what the other one asks for. */
const Reason = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("sharedInterests"), interests: z.array(z.string()).readonly() }),
  z.object({ kind: z.literal("sharedTopic"), topic: z.string(), yours: z.string(), theirs: z.string() }),
  z.object({ kind: z.literal("sameIntent"), intent: Intent }),
  z.object({ kind: z.literal("wantedIntent"), intent: Intent }),
  z.object({ kind: z.literal("near"), distance: DistanceBand }),
  z.object({ kind: z.literal("wantedAge"), age: z.int() }),
  z.object({ kind: z.literal("fitsBoth") }),
]);

export const explain = route({
  at: "GET /v1/discovery/recommendations/{userId}/reasons",
  summary: "Why a card of today was recommended, the strongest reason first, with a sentence in English for each",
  auth: "user",
  input: z.strictObject({ userId: UserId }),
  output: z.object({ items: z.array(z.object({ reason: Reason, sentence: z.string() })) }),
  fails: ["profile.notFound"],
  limit: "read",
  needs: ["db", "cache", "storage"],
});

export const dailyPicks = route({
  at: "GET /v1/discovery/daily-picks",
  summary: "The day's few people, best first, made each morning where one is; who is swiped is gone from them",
  auth: "user",
  input: z.strictObject({ limit: wholeNumberText(1, 20).default(10) }),
  output: z.object({ items: z.array(ProfileCard), until: Time.nullable() }),
  fails: ["profile.incomplete", "discovery.viewsSpent"],
  limit: "read",
  needs: ["db", "cache", "storage"],
});

export const mostCompatible = route({
  at: "GET /v1/discovery/most-compatible",
  summary: "The one person with whom the day pairs one; they are told the same",
  auth: "user",
  input: z.strictObject({}),
  output: z.object({ card: ProfileCard.nullable(), until: Time.nullable() }),
  fails: ["profile.incomplete", "discovery.viewsSpent"],
  limit: "read",
  needs: ["db", "cache", "storage"],
});

// More than the longest list that is taken.
const LIST_LENGTH_MAX = 1000;

/** A query field that holds several values, between commas. */
const listOf = <T extends z.ZodType<unknown, string>>(item: T, max: number) =>
  z
    .preprocess((value) => (typeof value === "string" ? value.slice(0, LIST_LENGTH_MAX).split(",") : value), z.array(item).min(1).max(max))
    .optional();

const age = wholeNumberText(18, 120);

export const search = route({
  at: "GET /v1/discovery/search",
  summary: "Find people by words and filters; filters left out are the caller's preferences",
  auth: "user",
  input: z.strictObject({
    /** Words that must all occur in the name, the bio, the prompts or the interests; the last may be the beginning of one. */
    text: paragraphs(100).default(""),
    genders: listOf(Gender, 3),
    ageMin: age.optional(),
    ageMax: age.optional(),
    intents: listOf(Intent, 4),
    interests: listOf(line(30), 5),
    radiusKm: wholeNumberText(2, 500).optional(),
    ...pageInput(50, 20),
  }),
  output: page(ProfileCard),
  fails: ["profile.incomplete", "discovery.viewsSpent"],
  limit: "search",
  needs: ["db", "cache", "search", "storage"],
});
