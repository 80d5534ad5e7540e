/**
 * What is counted for each day. The last five but one are the way of a new user: each counts people on the day they got so far for the first time,
 * after `registrations`.
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
  /** Of people who pay. Nothing can be bought yet, so it stays 0. */
  "conversions",
] as const;

export type MetricName = (typeof metricNames)[number];
