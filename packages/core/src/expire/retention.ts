import { limits } from "@pendo/contract/limits";
import { quotas } from "@pendo/contract/quotas";
import { schedules } from "@pendo/contract/schedules";
import { DEVICES_MAX } from "../devices/devices.ts";
import type { Expired } from "./expire.ts";

/** What keeps a table from growing without end. */
export type Retention =
  /** Never more rows than this, whatever the number of users. */
  | { readonly rowsMax: number }
  /** At most so many rows of one user. They go with the account. */
  | { readonly perUserMax: number }
  /** What users make and keep: at most so many rows a user and day, because a quota or a rate limit says so. They go with the account. */
  | { readonly perUserDay: number | "limit" }
  /** Rows that belong to a row of another table, and go with it: at most so many of them. */
  | { readonly of: string; readonly each: number }
  /** The expire job deletes a row so many days after its use is over, in this step. */
  | { readonly days: number; readonly step: keyof Expired }
  /** Rows that wait for work, and go when it is done. */
  | { readonly untilDone: string };

const DAY_SEC = 86_400;
const perDay = ({ cap, windowSec }: { readonly cap: number; readonly windowSec: number }): number => Math.ceil((cap * DAY_SEC) / windowSec);

/** Every table with the rule that bounds it. A test refuses a table without one. */
export const retention = {
  users: { perUserMax: 1 },
  identities: { perUserMax: 3 },
  otp_challenges: { days: 1, step: "challenges" },
  sessions: { days: 30, step: "sessions" },
  refresh_tokens: { days: 1, step: "refreshTokens" },
  staff_roles: { perUserMax: 4 },
  devices: { perUserMax: DEVICES_MAX },

  profiles: { perUserMax: 1 },
  travels: { days: 1, step: "travels" },
  preferences: { perUserMax: 1 },
  prompts: { perUserMax: 3 },
  // Photos are bounded, and refused pictures expire; pictures in messages are as many as messages.
  media: { perUserDay: "limit" },
  hash_bank_entries: { of: "media", each: 1 },
  search_documents: { perUserMax: 1 },

  swipe_pairs: { perUserDay: "limit" },
  beliefs: { perUserMax: 1 },
  last_swipes: { perUserMax: 1 },
  likes_inbox: { perUserDay: perDay(quotas.like) + perDay(quotas.superlike) },
  quota_counters: { days: 2, step: "quotaCounters" },
  quota_refunds: { days: 1, step: "quotaRefunds" },
  daily_rounds: { perUserMax: 1 },
  daily_picks: { days: 1, step: "dailyPicks" },
  daily_pairs: { days: 30, step: "dailyPairs" },
  boosts: { days: 30, step: "boosts" },
  boost_views: { days: 30, step: "boosts" },
  matches: { perUserDay: perDay(quotas.like) + perDay(quotas.superlike) },

  conversations: { of: "matches", each: 1 },
  members: { of: "conversations", each: 2 },
  messages: { perUserDay: "limit" },
  reactions: { of: "messages", each: 2 * 5 },
  user_heads: { perUserMax: 1 },
  // One row an object of the user, at its newest revision.
  user_log: { perUserDay: "limit" },

  // Of messages that wait for their verdict, and of edits that do.
  held_messages: { untilDone: "the verdict" },
  held_edits: { untilDone: "the verdict" },
  passes_to_learn: { untilDone: "the matching queue" },
  // A row for each restore of a backup, and for each user and restore.
  epochs: { rowsMax: 9_999 },
  user_epochs: { perUserMax: 9_999 },
  heartbeats: { rowsMax: 1_000 },

  blocks: { perUserDay: perDay({ cap: limits.block.max, windowSec: limits.block.windowSec }) },
  reports: { perUserDay: "limit" },
  evidence: { days: 0, step: "evidence" },
  decisions: { perUserDay: "limit" },

  notification_prefs: { perUserMax: 1 },
  // One unread notice for each subject; read ones expire.
  notifications: { days: 30, step: "readNotifications" },
  local_outbox: { rowsMax: 20_000 },

  metric_days: { days: 3650, step: "metricDays" },
  active_days: { days: 400, step: "activeDays" },
  milestones: { perUserMax: 4 },

  outbox: { untilDone: "the relay, within milliseconds" },
  inbox: { days: 21, step: "inboxMarks" },
  // A row for each file of migrations/, whose names have four digits.
  schema_migration: { rowsMax: 9_999 },
  schema_checksum: { rowsMax: 9_999 },
  schedules: { rowsMax: Object.keys(schedules).length },
  idempotency_keys: { days: 2, step: "idempotencyKeys" },
} as const satisfies Record<string, Retention>;
