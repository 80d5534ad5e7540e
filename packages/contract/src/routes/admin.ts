import * as z from "zod";
import { HashBankEntry, Phash } from "../hashBank.ts";
import { UserId } from "../ids.ts";
import { metricNames } from "../metrics.ts";
import { wholeNumberText } from "../number.ts";
import { page, pageInput } from "../page.ts";
import { queues as queueTable, type QueueName } from "../queues.ts";
import { route, staffRoles } from "../route.ts";
import { StaffRoleName } from "../staff.ts";
import { Day, DayInput, Time } from "../time.ts";

const Counts = z.object(Object.fromEntries(metricNames.map((name) => [name, z.int()])) as Record<(typeof metricNames)[number], z.ZodInt>);
const QueueEnum = z.enum(Object.keys(queueTable) as [QueueName, ...QueueName[]]);
const Depth = z.object({
  queue: QueueEnum,
  waiting: z.int(),
  inFlight: z.int(),
  dead: z.int(),
  /** Age of the oldest waiting job. Null if the queue's store does not know it. */
  oldestSec: z.number().nullable(),
});
// A string, not the enum: an unknown queue is `queue.notFound`, not `input.invalid`.
const QueueParam = z.string().min(1).max(64);

export const getMetrics = route({
  at: "GET /v1/admin/metrics",
  summary: "Get the business metrics by day",
  description: "Days are in UTC. The totals and the present depth of every queue come with them.",
  auth: "analyst",
  input: z.strictObject({ from: DayInput.optional(), to: DayInput.optional() }),
  output: z.object({
    from: Day,
    to: Day,
    days: z.array(z.object({ day: Day, ...Counts.shape })),
    /** `activeUsers` counts a user once, on however many days the user was active. */
    totals: Counts,
    live: z.object({ queues: z.array(Depth) }),
  }),
  fails: [],
  limit: "staff",
  needs: ["db", "deadLetters"],
});

export const listQueues = route({
  at: "GET /v1/admin/queues",
  summary: "List the queues with their depth and their dead letters",
  auth: "admin",
  input: z.strictObject({}),
  output: z.object({ items: z.array(Depth) }),
  fails: [],
  limit: "staff",
  needs: ["deadLetters"],
});

export const listDeadLetters = route({
  at: "GET /v1/admin/queues/{name}/dead-letters",
  summary: "List the dead letters of a queue",
  description: "A dead letter is a job that its consumer failed to process.",
  auth: "admin",
  input: z.strictObject({ name: QueueParam, limit: wholeNumberText(1, 100).default(25) }),
  output: z.object({
    items: z.array(
      z.object({
        /** The id of the dead letter itself. It exists even if the job holds no event. */
        id: z.string(),
        /** The id of the event; null if the job holds none. `type` may come from another release. */
        eventId: z.string().nullable(),
        type: z.string().nullable(),
        occurredAt: Time.nullable(),
        actorId: UserId.nullable(),
        /** The trace of the request that caused the event. Its log lines have the same trace. */
        trace: z.string().nullable(),
        /** The ids that the event holds. Empty if this release does not know the event. */
        data: z.record(z.string(), z.unknown()),
        /** For a job that this release does not know: its size and its beginning, without personal data. */
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
  at: "DELETE /v1/admin/queues/{name}/dead-letters/{deadLetterId}",
  summary: "Remove a dead letter",
  auth: "admin",
  input: z.strictObject({ name: QueueParam, deadLetterId: z.string().min(1).max(128) }),
  output: z.void(),
  status: 204,
  fails: ["queue.notFound", "deadLetter.notFound"],
  limit: "staff",
  needs: ["deadLetters"],
});

export const redrive = route({
  at: "POST /v1/admin/queues/{name}/redrive",
  summary: "Send dead letters back to their queue, oldest first",
  auth: "admin",
  input: z.strictObject({ name: QueueParam, limit: z.int().min(1).max(1000).default(100) }),
  output: z.object({ movedCount: z.int() }),
  fails: ["queue.notFound"],
  limit: "staff",
  idempotent: true,
  needs: ["deadLetters"],
});

export const replaceRoles = route({
  at: "PUT /v1/admin/staff/{userId}/roles",
  summary: "Replace the staff roles of a user",
  description: "A user who loses a role is signed out everywhere. You can't take `admin` from yourself.",
  auth: "admin",
  input: z.strictObject({ userId: UserId, roles: z.array(StaffRoleName).max(staffRoles.length) }),
  output: z.object({ userId: UserId, roles: z.array(StaffRoleName) }),
  fails: ["user.notFound"],
  limit: "staff",
  needs: ["db", "bus", "cache"],
});

// A string, not an enum: an unknown bank is `hashBank.notFound`, not `input.invalid`.
const BankParam = z.string().min(1).max(64);

export const listHashBankEntries = route({
  at: "GET /v1/admin/hash-banks/{name}/entries",
  summary: "List the entries of a hash bank, newest first",
  description: "The bank of pictures is called `pictures`.",
  auth: "moderator",
  input: z.strictObject({ name: BankParam, ...pageInput(100, 50) }),
  output: page(HashBankEntry),
  fails: ["hashBank.notFound"],
  limit: "staff",
  needs: ["db"],
});

export const removeHashBankEntry = route({
  at: "DELETE /v1/admin/hash-banks/{name}/entries/{phash}",
  summary: "Remove an entry from a hash bank",
  description: "The entry refuses no picture from then on.",
  auth: "moderator",
  input: z.strictObject({ name: BankParam, phash: Phash }),
  output: z.void(),
  status: 204,
  fails: ["hashBank.notFound"],
  limit: "staff",
  needs: ["db"],
});
