/**
 * The counts of a day. From `registrations` over `profilesCompleted` to `firstMessages` they follow new users:
 * each counts the users who reached the step for the first time on that day.
 */
export const metricNames = [
  "registrations",
  "activeUsers",
  "swipes",
  "likes",
  "superlikes",
  "passes",
  "rewinds",
  "matches",
  "matchesEnded",
  "messages",
  "reports",
  "blocks",
  "decisions",
  "profilesCompleted",
  "firstSwipes",
  "firstMatches",
  "firstMessages",
  /** Users who started to pay. Nothing is for sale yet, so it stays 0. */
  "conversions",
] as const;

export type MetricName = (typeof metricNames)[number];
