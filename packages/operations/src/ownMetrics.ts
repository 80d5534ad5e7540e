import type { FilterMetric, OwnMetric } from "./metric.ts";

type Row = Omit<OwnMetric, "source">;

function ofPort(port: string, name: string, title: string, isRare = false) {
  const own = { panel: "Stores that did not answer", title, by: ["port"], only: { port }, name, stats: ["Sum"] } as const;
  return application(isRare ? { ...own, rare: true } : own);
}

/** What Pendo's own code measures. `handledMs` is the time from when a fact became true until a consumer was done with it. */
export const ownMetrics = {
  // What people wait for.
  matchNotification: slo({
    panel: "Match → notification",
    title: "From the swipe that made the match until its sockets were told",
    only: { queue: "realtime", fact: "match.created" },
    stats: ["p99", "p50", "SampleCount"],
    target: "p99 < 2 s",
  }),
  messageDelivery: slo({
    panel: "Message delivery",
    title: "From sending a message until its sockets were told",
    only: { queue: "realtime", fact: "message.created" },
    stats: ["p99.95", "p50", "SampleCount"],
    target: "99.95 % < 2 s",
  }),
  pushDelivery: slo({
    panel: "Push delivery",
    title: "From a fact until its pushes were handed over (or held, where they are unwanted now)",
    by: ["queue"],
    only: { queue: "push" },
    stats: ["p99", "p50", "SampleCount"],
    target: "99 % < 30 s",
  }),
  moderationLatency: slo({
    panel: "Moderation",
    title: "From words or a picture to the verdict on them",
    by: ["queue"],
    only: { queue: "moderation" },
    stats: ["p95", "p50", "SampleCount"],
    target: "p95 < 60 s",
  }),
  lateVerdict: slo({
    panel: "Messages held for a verdict",
    title: "From sending a message that had no verdict in time until its verdict",
    only: { queue: "moderation", fact: "message.held" },
    stats: ["Maximum", "SampleCount"],
    target: "< 1 s",
  }),
  searchFreshness: slo({
    panel: "Search freshness",
    title: "From a change until the search index says the same",
    by: ["queue"],
    only: { queue: "search" },
    stats: ["p95", "p50", "SampleCount"],
    target: "p95 < 60 s",
  }),
  refreshReuse: slo({
    panel: "Refresh tokens used twice",
    title: "Sign-ins ended because a refresh token came back",
    only: { queue: "analytics", fact: "session.refreshReused" },
    stats: ["SampleCount"],
  }),

  // Requests and frames.
  routeRequests: application({ panel: "Requests by route", title: "Requests", by: ["route"], name: "requests", stats: ["Sum"] }),
  routeLatency: application({
    panel: "Latency by route",
    title: "Latency, without the gateway",
    by: ["route"],
    name: "latencyMs",
    stats: ["p95", "p50", "p99"],
    target: "p95 < 300 ms",
  }),
  routeErrors: application({ panel: "Errors by route", title: "Answers of 500 and above", by: ["route"], name: "errors", stats: ["Sum"] }),
  routeFaults: application({ panel: "Faults by route", title: "Answers that are a fault", by: ["route"], name: "faults", stats: ["Sum"] }),
  routeTimeouts: application({
    panel: "Requests out of time",
    title: "Answered 503, because their time was over",
    by: ["route"],
    name: "timeouts",
    stats: ["Sum"],
    rare: true,
  }),
  denied: {
    source: "accessLog",
    kind: "application",
    panel: "Requests refused (401, 403)",
    title: "Requests refused by the gateway or by us",
    name: "denied",
    stats: ["Sum"],
    unit: "count",
    pattern: "{ ($.status = 401) || ($.status = 403) }",
  },
  frames: application({ panel: "Frames", title: "Frames that sockets sent", by: ["frame"], name: "frames", stats: ["Sum"] }),
  frameLatency: application({ panel: "Latency of frames", title: "Latency", by: ["frame"], name: "latencyMs", stats: ["p95", "p50"] }),
  frameFaults: application({
    panel: "Faults of frames",
    title: "Frames answered by a fault",
    by: ["frame"],
    name: "faults",
    stats: ["Sum"],
  }),
  frameTimeouts: application({
    panel: "Frames out of time",
    title: "Given up, because their time was over",
    by: ["frame"],
    name: "timeouts",
    stats: ["Sum"],
    rare: true,
  }),

  // Consumers and schedules.
  queueMessages: application({ panel: "Messages consumed", title: "Messages", by: ["queue"], name: "messages", stats: ["Sum"] }),
  queueRetried: application({
    panel: "Messages put back",
    title: "Put back for another attempt",
    by: ["queue"],
    name: "retried",
    stats: ["Sum"],
  }),
  queueDropped: application({
    panel: "Messages dropped",
    title: "Acknowledged, because no attempt would better them",
    by: ["queue"],
    name: "dropped",
    stats: ["Sum"],
  }),
  queueTimeouts: application({
    panel: "Messages out of time",
    title: "Put back, because the time of their batch was over",
    by: ["queue"],
    name: "timeouts",
    stats: ["Sum"],
    rare: true,
  }),
  splitBatches: application({
    panel: "Split batches",
    title: "Batches tried message by message, or answered in part",
    by: ["queue"],
    name: "splitBatches",
    stats: ["Sum"],
    rare: true,
  }),
  queueDuration: application({ panel: "Duration of batches", title: "Duration", by: ["queue"], name: "durationMs", stats: ["p95"] }),
  queueHandled: application({
    panel: "Facts until done, by queue",
    title: "From the fact until done",
    by: ["queue"],
    name: "handledMs",
    stats: ["p95", "p50"],
  }),
  factHandled: application({
    panel: "Facts until done, by fact",
    title: "From the fact until done",
    by: ["queue", "fact"],
    name: "handledMs",
    stats: ["p95"],
  }),
  scheduleRuns: application({ panel: "Schedules", title: "Runs", by: ["schedule"], name: "runs", stats: ["Sum"] }),
  scheduleFailures: application({
    panel: "Schedules that failed",
    title: "Failed runs",
    by: ["schedule"],
    name: "failures",
    stats: ["Sum"],
  }),
  scheduleTimeouts: application({
    panel: "Schedules out of time",
    title: "Runs that were given up, because their time was over",
    by: ["schedule"],
    name: "timeouts",
    stats: ["Sum"],
    rare: true,
  }),
  unknownEvents: application({
    panel: "Schedules that failed",
    title: "Events that only another release knows",
    by: ["schedule"],
    name: "unknownEvents",
    stats: ["Sum"],
    rare: true,
  }),
  scheduleDuration: application({
    panel: "Duration of schedules",
    title: "Duration",
    by: ["schedule"],
    name: "durationMs",
    stats: ["Maximum"],
  }),

  // Stores, as the functions see them.
  cacheHits: application({ panel: "Decks at hand", title: "Hits", ...decks(), name: "hits", stats: ["Sum"] }),
  cacheMisses: application({ panel: "Decks at hand", title: "Misses", ...decks(), name: "misses", stats: ["Sum"] }),
  cacheFailures: application({
    panel: "Stores that did not answer",
    title: "Calls that Redis did not answer",
    by: ["port"],
    only: { port: "cache" },
    name: "failures",
    stats: ["Sum"],
  }),
  busFailures: ofPort("bus", "failures", "Relays that SQS did not take"),
  searchFallbacks: ofPort("search", "fallbacks", "Searches answered by PostgreSQL instead of OpenSearch"),
  hungTexts: ofPort("judge", "hungTexts", "Texts that were judged for too long, and cost their thread", true),
  refusedSubscriptions: ofPort(
    "push",
    "refusedSubscriptions",
    "Web subscriptions that their service refused, and that were forgotten",
    true,
  ),
  canaryRuns: application({ panel: "Canary", title: "Runs", ...canary(), name: "runs", stats: ["Sum"], target: "one in 5 min" }),
  canaryFailures: application({ panel: "Canary", title: "Failed runs", ...canary(), name: "failures", stats: ["Sum"], target: "0" }),
  canarySteps: application({ panel: "Steps of the canary", title: "Latency", by: ["canary"], name: "latencyMs", stats: ["Maximum"] }),
  backupAge: {
    source: "code",
    kind: "system",
    panel: "Age of the last backup",
    title: "Minutes since the newest recovery point of the database",
    by: ["watch"],
    only: { watch: "recovery" },
    name: "backupAgeMin",
    stats: ["Maximum"],
    unit: "minutes",
    target: "≤ 75 min",
  },
  restoreTestAge: {
    source: "code",
    kind: "system",
    panel: "Age of the last restore test",
    title: "Days since a restore test last succeeded",
    by: ["watch"],
    only: { watch: "recovery" },
    name: "restoreTestAgeDays",
    stats: ["Maximum"],
    unit: "days",
    target: "≤ 8 days",
  },

  // The business: counted once each by the analytics consumer, in the transaction that also writes the reports of staff.
  registrations: business("Registrations", "People who signed up", "registrations"),
  activeUsers: business("Active users", "People active for the first time that day: over a day, its daily active users", "activeUsers"),
  profilesCompleted: business("Steps of new users", "Profiles that became complete", "profilesCompleted"),
  firstSwipes: business("Steps of new users", "First swipes", "firstSwipes"),
  firstMatches: business("Steps of new users", "First matches", "firstMatches"),
  firstMessages: business("Steps of new users", "First messages", "firstMessages"),
  swipes: business("Swipes", "Swipes", "swipes"),
  likes: business("Swipes", "Likes", "likes"),
  superlikes: business("Swipes", "Superlikes", "superlikes"),
  passes: business("Swipes", "Passes", "passes"),
  rewinds: business("Swipes", "Swipes taken back", "rewinds"),
  matches: business("Matches", "Matches made", "matches"),
  matchesEnded: business("Matches", "Matches ended", "matchesEnded"),
  messages: business("Messages", "Messages sent", "messages"),
  reports: business("Safety", "Reports", "reports"),
  blocks: business("Safety", "Blocks", "blocks"),
  decisions: business("Safety", "Decisions of moderation", "decisions"),
  conversions: {
    ...business("Premium conversions", "People who began to pay", "conversions"),
    pending: "Nothing can be bought yet, so no fact says that somebody paid; the analytics consumer counts it as soon as one does.",
  },
} as const satisfies Readonly<Record<string, OwnMetric | FilterMetric>>;

function slo(row: Omit<Row, "kind" | "name" | "unit" | "by"> & { readonly by?: readonly string[] }) {
  const unit = row.stats[0] === "SampleCount" ? "count" : "ms";
  return { source: "code", kind: "application", name: "handledMs", unit, by: ["queue", "fact"], ...row } as const;
}

function application(row: Omit<Row, "kind" | "unit">) {
  return { source: "code", kind: "application", unit: row.name.endsWith("Ms") ? "ms" : "count", ...row } as const;
}

// What Redis keeps a copy of: decks alone. Presence and sign-outs live only there, so that their absence is an answer.
function decks() {
  return { by: ["cache"], only: { cache: "deck" } } as const;
}

function canary() {
  return { by: ["canary"], only: { canary: "mainJob" } } as const;
}

function business(panel: string, title: string, name: string) {
  const of = { by: ["queue"], only: { queue: "analytics" }, name, stats: ["Sum"], unit: "count" } as const;
  return { source: "code", kind: "business", panel, title, ...of } as const;
}
