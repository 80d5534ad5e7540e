import * as z from "zod";
import { UserId } from "../ids.ts";
import { wholeNumberText } from "../number.ts";
import { page, pageInput } from "../page.ts";
import { DistanceBand, Gender, Intent, ProfileCard } from "../profile.ts";
import { route } from "../route.ts";
import { line, paragraphs } from "../text.ts";
import { Time } from "../time.ts";

export const listRecommendations = route({
  at: "GET /v1/discovery/recommendations",
  summary: "List recommended users, best first",
  description: "A user comes back until you swipe on the user.",
  auth: "user",
  input: z.strictObject({ limit: wholeNumberText(1, 20).default(10) }),
  output: z.object({ items: z.array(ProfileCard) }),
  fails: ["profile.incomplete", "discovery.viewsSpent"],
  limit: "read",
  needs: ["db", "cache", "bus", "storage"],
});

/** A reason uses only the card and your preferences. The preferences of the other user stay private. */
const Reason = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("sharedInterests"), interests: z.array(z.string()).readonly() }).meta({ title: "SharedInterestsReason" }),
  z
    .object({ kind: z.literal("sharedTopic"), topic: z.string(), yours: z.string(), theirs: z.string() })
    .meta({ title: "SharedTopicReason" }),
  z.object({ kind: z.literal("sameIntent"), intent: Intent }).meta({ title: "SameIntentReason" }),
  z.object({ kind: z.literal("wantedIntent"), intent: Intent }).meta({ title: "WantedIntentReason" }),
  z.object({ kind: z.literal("near"), distance: DistanceBand }).meta({ title: "NearReason" }),
  z.object({ kind: z.literal("wantedAge"), age: z.int() }).meta({ title: "WantedAgeReason" }),
  z.object({ kind: z.literal("fitsBoth") }).meta({ title: "FitsBothReason" }),
]);

export const explain = route({
  at: "GET /v1/discovery/recommendations/{userId}/reasons",
  summary: "Explain why a user was recommended",
  description: "Works for the cards that you got today. The strongest reason comes first. Each reason has an English sentence.",
  auth: "user",
  input: z.strictObject({ userId: UserId }),
  output: z.object({ items: z.array(z.object({ reason: Reason, sentence: z.string() })) }),
  fails: ["profile.notFound"],
  limit: "read",
  needs: ["db", "cache", "storage"],
});

export const listDailyPicks = route({
  at: "GET /v1/discovery/daily-picks",
  summary: "List today's picks, best first",
  description: "Refreshed every morning in your time zone. Users that you swipe on leave the list.",
  auth: "user",
  input: z.strictObject({ limit: wholeNumberText(1, 20).default(10) }),
  output: z.object({ items: z.array(ProfileCard), expiresAt: Time.nullable() }),
  fails: ["profile.incomplete", "discovery.viewsSpent"],
  limit: "read",
  needs: ["db", "cache", "storage"],
});

export const getMostCompatible = route({
  at: "GET /v1/discovery/most-compatible",
  summary: "Get your most compatible user of the day",
  description: "The other user gets you as well.",
  auth: "user",
  input: z.strictObject({}),
  output: z.object({ user: ProfileCard.nullable(), expiresAt: Time.nullable() }),
  fails: ["profile.incomplete", "discovery.viewsSpent"],
  limit: "read",
  needs: ["db", "cache", "storage"],
});

// Longer than the longest valid list.
const LIST_LENGTH_MAX = 1000;

/** A query field with several values, separated by commas. */
const listOf = <T extends z.ZodType<unknown, string>>(item: T, max: number) =>
  z
    .preprocess((value) => (typeof value === "string" ? value.slice(0, LIST_LENGTH_MAX).split(",") : value), z.array(item).min(1).max(max))
    .optional();

const age = wholeNumberText(18, 120);

export const search = route({
  at: "GET /v1/discovery/search",
  summary: "Search for users by text and filters",
  description: "A filter that you leave out takes its value from your preferences.",
  auth: "user",
  input: z.strictObject({
    /** Every word must occur in the name, bio, prompts or interests. The last word may be incomplete. */
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
