import * as z from "zod";
import { HashBankEntry, Phash } from "../hashBank.ts";
import { UserId } from "../ids.ts";
import { metricNames } from "../metrics.ts";
import { wholeNumberText } from "../number.ts";
import { page, pageInput } from "../page.ts";
import { queues as queueTable, type QueueName } from "../queues.ts";
import { route, staffRoles } from "../route.ts";
import { Day, DayInput, Time } from "../time.ts";

const Counts = z.object(Object.fromEntries(metricNames.map((name) => [name, z.int()])) as Record<(typeof metricNames)[number], z.ZodInt>);
const QueueEnum = z.enum(Object.keys(queueTable) as [QueueName, ...QueueName[]]);
const Depth = z.object({
  queue: QueueEnum,
  waiting: z.int(),
  inFlight: z.int(),
  dead: z.int(),
  /** Age of the oldest waiting message, where the store knows it. */
  oldestSec: z.number().nullable(),
});
// Not the enum: an unknown queue is not found, rather than malformed.
const QueueParam = z.string().min(1).max(64);

export const metrics = route({
  at: "GET /v1/admin/metrics",
  summary: "The business by day (UTC), with its totals, and how full the queues are now",
  auth: "analyst",
  input: z.strictObject({ from: DayInput.optional(), to: DayInput.optional() }),
  output: z.object({
    from: Day,
    to: Day,
    days: z.array(z.object({ day: Day, ...Counts.shape })),
    /** `activeUsers` counts each person once in the whole time. */
    totals: Counts,
    live: z.object({ queues: z.array(Depth) }),
  }),
  fails: [],
  limit: "staff",
  needs: ["db", "deadLetters"],
});

export const queues = route({
  at: "GET /v1/admin/queues",
  summary: "How full every queue is, dead letters included",
  auth: "admin",
  input: z.strictObject({}),
  output: z.object({ items: z.array(Depth) }),
  fails: [],
  limit: "staff",
  needs: ["deadLetters"],
});

export const deadLetters = route({
  at: "GET /v1/admin/queues/{name}/dead-letters",
  summary: "List the messages that a queue's consumer could not do",
  auth: "admin",
  input: z.strictObject({ name: QueueParam, limit: wholeNumberText(1, 100).default(25) }),
  output: z.object({
    items: z.array(
      z.object({
        /** Names the message, also where it holds no event. */
        letterId: z.string(),
        /** Of the event in it; null where it holds none. The type may be one of another release. */
        id: z.string().nullable(),
        type: z.string().nullable(),
        occurredAt: Time.nullable(),
        actor: UserId.nullable(),
        /** The trace of the request that caused the event: its lines in the log carry the same. */
        trace: z.string().nullable(),
        /** Ids, as the event has them. Empty where this release does not know the event. */
        data: z.record(z.string(), z.unknown()),
        /** Of what this release does not know: its size, and how it begins, without what may belong to a user. */
        raw: z.object({ bytes: z.int(), start: z.string() }).nullable(),
        attempts: z.int(),
        reason: z.string().nullable(),
      }),
    ),
  }),
  fails: ["queue.notFound"],
  limit: "staff",
  needs: ["deadLetters"],
});

export const removeDeadLetter = route({
  at: "DELETE /v1/admin/queues/{name}/dead-letters/{id}",
  summary: "Throw one dead letter away",
  auth: "admin",
  input: z.strictObject({ name: QueueParam, id: z.string().min(1).max(128) }),
  output: z.void(),
  status: 204,
  fails: ["queue.notFound", "deadLetter.notFound"],
  limit: "staff",
  needs: ["deadLetters"],
});

export const redrive = route({
  at: "POST /v1/admin/queues/{name}/redrive",
  summary: "Sends dead letters back to their queue, oldest first",
  auth: "admin",
  input: z.strictObject({ name: QueueParam, limit: z.int().min(1).max(1000).default(100) }),
  output: z.object({ movedCount: z.int() }),
  fails: ["queue.notFound"],
  limit: "staff",
  idempotent: true,
  needs: ["deadLetters"],
});

export const setRoles = route({
  at: "PUT /v1/admin/staff/{userId}/roles",
  summary: "The roles somebody has, and no others; taking one signs them out everywhere, and nobody takes `admin` from themselves",
  auth: "admin",
  input: z.strictObject({ userId: UserId, roles: z.array(z.enum(staffRoles)).max(staffRoles.length) }),
  output: z.object({ userId: UserId, roles: z.array(z.enum(staffRoles)) }),
  fails: ["user.notFound"],
  limit: "staff",
  needs: ["db", "bus", "cache"],
});

// Not an enum: an unknown bank is not found, rather than malformed.
const BankParam = z.string().min(1).max(64);

export const hashBankEntries = route({
  at: "GET /v1/admin/hash-banks/{name}/entries",
  summary: "List the entries of a hash bank, newest first; the bank of pictures is called `pictures`",
  auth: "moderator",
  input: z.strictObject({ name: BankParam, ...pageInput(100, 50) }),
  output: page(HashBankEntry),
  fails: ["hashBank.notFound"],
  limit: "staff",
  needs: ["db"],
});

export const removeHashBankEntry = route({
  at: "DELETE /v1/admin/hash-banks/{name}/entries/{phash}",
  summary: "Remove an entry from a hash bank; it refuses no picture from then on",
  auth: "moderator",
  input: z.strictObject({ name: BankParam, phash: Phash }),
  output: z.void(),
  status: 204,
  fails: ["hashBank.notFound"],
  limit: "staff",
  needs: ["db"],
});
