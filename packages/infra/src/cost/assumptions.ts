import type { events } from "@pendo/contract/events";

interface Assumption {
  readonly value: number;
  readonly unit: string;
  readonly because: string;
}

/** What a monthly active user does, and what it weighs. Whoever knows better changes a number here, and runs `npm run cost`. */
export const assumptions = {
  activeDays: { value: 12, unit: "days a month", because: "two out of five monthly users come on a day" },
  sessionsPerDay: { value: 4, unit: "sessions on an active day", because: "people look when something comes, and in breaks" },
  sessionMin: {
    value: 6,
    unit: "minutes of a session",
    because: "half an hour a day is less than the keenest take, and more than most",
  },
  requestsPerDay: {
    value: 75,
    unit: "requests on an active day",
    because: "40 swipes, 4 decks, 8 messages, and for each session two synchronisations and a few lists",
  },
  requestMs: {
    value: 35,
    unit: "ms of a function for a request",
    because: "one transaction and one command of Redis; a cold start in a hundred is spread over it",
  },
  authorizerMs: {
    value: 4,
    unit: "ms of the authorizer",
    because: "one signature; the gateway remembers the answer for a minute, so about one call a minute of a session",
  },
  consumerMs: { value: 15, unit: "ms of a consumer for a message", because: "batches share what they read" },
  pictureMs: { value: 1500, unit: "ms of a consumer for a picture", because: "decoding and writing four sizes" },
  messagesPerBatch: {
    value: 4,
    unit: "messages in a request to a queue",
    because: "the relay sends up to ten, and consumers rarely find ten",
  },
  framesPerDay: {
    value: 60,
    unit: "frames on an active day, both ways",
    because: "each session rings about every half minute, with typing and presence",
  },
  pushesPerDay: { value: 3, unit: "pushes a day of every user", because: "likes, matches and messages that come while nobody looks" },
  lettersPerMonth: { value: 2, unit: "letters", because: "a code for a sign-in, and one that calls back" },
  picturesAdded: { value: 0.7, unit: "pictures a month", because: "four at the start, then rarely one" },
  picturesKept: { value: 12, unit: "pictures kept for each active user", because: "four each, and two accounts asleep for one awake" },
  pictureKb: { value: 450, unit: "kB of a picture in all its sizes", because: "WebP in four sizes" },
  pictureViewsPerDay: {
    value: 90,
    unit: "pictures loaded on an active day",
    because: "two for each swipe, lists of matches; devices keep the rest",
  },
  pictureViewKb: { value: 55, unit: "kB of a picture loaded", because: "the size for a phone" },
  pictureMissShare: { value: 0.3, unit: "of loads that reach S3", because: "addresses are signed, and people see whom others do not" },
  responseKb: { value: 3, unit: "kB of an answer", because: "decks are ten, swipes a fraction of one" },
  logKbPerRequest: {
    value: 1.6,
    unit: "kB of lines for a request",
    because: "one wide line with its metrics, what Lambda adds, and the gateway's access log",
  },
  logKbPerMessage: { value: 0.5, unit: "kB of lines for a message", because: "one line a batch" },
  flowLogKbPerRequest: {
    value: 0.05,
    unit: "kB of flow logs for a request",
    because: "connections live long, and are summed up over ten minutes",
  },
  searchedShare: { value: 0.5, unit: "of the lines go on to OpenSearch", because: "metrics do not" },
  tracedShare: { value: 0.01, unit: "of requests are traced", because: "the stage's sampling rule" },
  databaseKb: {
    value: 250,
    unit: "kB in the database for each active user",
    because: "a year of swipes and messages, with indexes, of those asleep too",
  },
  databaseIosPerRequest: {
    value: 2.5,
    unit: "I/Os for a request",
    because: "pages that were not in memory, and the log of the transaction",
  },
  databaseWritesPerRequest: {
    value: 1.5,
    unit: "writes of a page for a request",
    because: "a row, its index and the outbox, of every second request",
  },
  requestsPerAcuSec: {
    value: 90,
    unit: "requests a second that one ACU bears",
    because: "short transactions by index, at two thirds of what one can do, with room for the evening",
  },
  redisCommandsPerRequest: { value: 2, unit: "commands for a request", because: "a limit, and a session or a deck" },
  redisKbPerCommand: { value: 0.4, unit: "kB for a command", because: "limits are small, decks are not" },
  redisKbPerUser: { value: 4, unit: "kB in Redis for each active user", because: "a deck, presence, limits" },
  natKbPerRequest: { value: 1.2, unit: "kB through the NAT for a request", because: "Redis over https, pushes, spans of Sentry" },
  crossZoneKbPerRequest: {
    value: 6,
    unit: "kB between zones for a request",
    because: "two out of three functions stand in another zone than the writer",
  },
  snapshotShare: {
    value: 2.5,
    unit: "times the database, in the vault",
    because: "snapshots are incremental: a day changes about 3 % of it, for weeks, and monthly ones",
  },
  peakFactor: { value: 2.5, unit: "times the average, on a busy evening", because: "people of one continent are awake at the same time" },
  jobSec: {
    value: 3,
    unit: "s of a job, or of a run of the canary",
    because: "most find nothing to do; the canary waits most of its time, with ten of its own",
  },
  editors: { value: 3, unit: "people who edit in Grafana", because: "whoever is on call" },
} as const satisfies Readonly<Record<string, Assumption>>;

/** How often a fact is recorded, for each active user on an active day. What it sets off, the contract knows. */
export const factsPerDay: Readonly<Partial<Record<keyof typeof events, number>>> = {
  "session.started": 0.1,
  "swipe.recorded": 40,
  "swipe.rewound": 0.3,
  "like.received": 8,
  "match.created": 0.8,
  "message.created": 8,
  "message.updated": 0.1,
  "conversation.answered": 0.2,
  "conversation.read": 5,
  "reaction.changed": 1,
  "profile.updated": 0.1,
  "location.changed": 3,
  "media.uploaded": 0.06,
  "media.processed": 0.06,
  "media.moderated": 0.06,
  "deck.low": 3,
};

/** What is compared. Users of a preview and of staging are colleagues and tests. */
export const sizes = [
  { label: "a preview", stage: "pr-42", users: 5, awakeShare: 0.1 },
  { label: "staging", stage: "staging", users: 200, awakeShare: 0.5 },
  { label: "10k users", stage: "production", users: 10_000, awakeShare: 1 },
  { label: "1M users", stage: "production", users: 1_000_000, awakeShare: 1 },
  { label: "10M users", stage: "production", users: 10_000_000, awakeShare: 1 },
] as const;

export type Size = (typeof sizes)[number];
