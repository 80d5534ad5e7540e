import { type EventName, events } from "@pendo/contract/events";
import { UserId } from "@pendo/contract/ids";
import { type MetricName, metricNames } from "@pendo/contract/metrics";
import { type QueueName, queues as queueTable } from "@pendo/contract/queues";
import { type StaffRole, staffRoles } from "@pendo/contract/route";
import * as z from "zod";
import { activeBetween, dayCounts } from "../analytics/analytics.sql.ts";
import { Fault } from "../fault.ts";
import type { DeadLetter, QueueDepth } from "../ports/bus/deadLetters.ts";
import type { Uses } from "../ports/ports.ts";
import { scrub } from "../scrub.ts";
import { markRevoked } from "../rules/revoked.ts";
import * as sessions from "../sessions/sessions.ts";
import { hasAdmin, lockAdmins, lockUser, writeRoles } from "./admin.sql.ts";

const DAY_MS = 86_400_000;
const DAYS_MAX = 400;
const DAYS_DEFAULT = 30;

type Counts = Record<MetricName, number>;

export interface Metrics {
  /** YYYY-MM-DD, in UTC; both days are included. */
  readonly from: string;
  readonly to: string;
  readonly days: ({ day: string } & Counts)[];
  readonly totals: Counts;
  readonly live: { queues: QueueDepth[] };
}

/**
 * What happened on each day, the last 30 unless told, with totals, and how full the queues are. Days without anything are there, with zeros.
 * @throws {Fault} `input.invalid`: the days end before they begin, or are more than 400
 */
export async function getMetrics(
  { db, deadLetters, clock }: Uses<"db" | "deadLetters">,
  wanted: { from?: string | undefined; to?: string | undefined },
): Promise<Metrics> {
  const to = wanted.to ?? dayOf(clock.now());
  const from = wanted.from ?? dayOf(new Date(Date.parse(to) - (DAYS_DEFAULT - 1) * DAY_MS));
  const count = Math.round((Date.parse(to) - Date.parse(from)) / DAY_MS) + 1;
  if (count < 1) throw new Fault("input.invalid", { fields: { "/to": "is before from" } });
  if (count > DAYS_MAX) throw new Fault("input.invalid", { fields: { "/from": `is more than ${DAYS_MAX} days before to` } });
  const [rows, activeUsers, depths] = await Promise.all([
    dayCounts(db, { from, to }),
    activeBetween(db, { from, to }),
    deadLetters.depths(),
  ]);
  const days = Array.from({ length: count }, (_, i) => ({ day: dayOf(new Date(Date.parse(from) + i * DAY_MS)), ...zeros() }));
  const byDay = new Map(days.map((one) => [one.day, one]));
  const totals = zeros();
  for (const { day, name, value } of rows) {
    const one = byDay.get(day);
    // A name that is no longer counted may still have rows.
    if (!one || !(name in totals)) continue;
    one[name] += value;
    totals[name] += value;
  }
  return { from, to, days, totals: { ...totals, activeUsers }, live: { queues: depths } };
}

/** How full every queue is. */
export async function listQueues({ deadLetters }: Uses<"deadLetters">): Promise<{ items: QueueDepth[] }> {
  return { items: await deadLetters.depths() };
}

export interface DeadLetterItem {
  /** The id of the dead letter itself. */
  readonly id: string;
  /** Null, like the other fields of the event, if the job holds none. */
  readonly eventId: string | null;
  /** Also a type that this release does not know. */
  readonly type: string | null;
  readonly occurredAt: string | null;
  readonly actorId: UserId | null;
  readonly trace: string | null;
  /** Of an event that this release knows; empty otherwise. */
  readonly data: Record<string, unknown>;
  /** What a message holds that is no event of this release. */
  readonly raw: { readonly bytes: number; readonly start: string } | null;
  readonly attempts: number;
  readonly reason: string | null;
}

/**
 * The messages that a queue's consumer could not do, whatever they hold.
 * @throws {Fault} `queue.notFound`: no queue has this name
 */
export async function listDeadLetters(
  { deadLetters: port }: Uses<"deadLetters">,
  { name, limit }: { readonly name: string; readonly limit: number },
): Promise<{ items: DeadLetterItem[] }> {
  const letters = await port.deadLetters(queueOf(name), limit);
  return { items: letters.map(presentDeadLetter) };
}

/**
 * Removes a dead letter.
 * @throws {Fault} `queue.notFound`: no queue has this name
 * @throws {Fault} `deadLetter.notFound`: the queue has no such dead letter, or not any more
 */
export async function removeDeadLetter(
  { deadLetters: port }: Uses<"deadLetters">,
  { name, id }: { readonly name: string; readonly id: string },
): Promise<void> {
  if (!(await port.remove(queueOf(name), id))) throw new Fault("deadLetter.notFound");
}

const TRACEPARENT = /^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/;
const EnvelopeShape = z.object({
  id: z.string().max(64).nullable().catch(null),
  type: z.string().max(64).nullable().catch(null),
  occurredAt: z.iso.datetime().nullable().catch(null),
  actor: UserId.nullable().catch(null),
  traceparent: z.string().regex(TRACEPARENT).nullable().catch(null),
  data: z.record(z.string(), z.unknown()).catch({}),
});
const NO_EVENT = { id: null, type: null, occurredAt: null, actor: null, traceparent: null, data: {} };

function presentDeadLetter({ id, text, attempts, reason }: DeadLetter): DeadLetterItem {
  const { id: eventId, actor: actorId, traceparent, data, type, occurredAt } = EnvelopeShape.safeParse(parsedOrNull(text)).data ?? NO_EVENT;
  const event = { eventId, type, occurredAt, actorId };
  const trace = traceparent?.split("-")[1] ?? null;
  const isKnown = type !== null && Object.hasOwn(events, type) && events[type as EventName].data.safeParse(data).success;
  if (isKnown) return { id, ...event, trace, data, raw: null, attempts, reason };
  // What this release does not know may hold anything.
  const raw = { bytes: Buffer.byteLength(text), start: scrub(text) };
  return { id, ...event, trace, data: {}, raw, attempts, reason };
}

function parsedOrNull(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    // No JSON: it is shown as text.
    return null;
  }
}

/**
 * Sends dead letters back to their queue; answers how many.
 * @throws {Fault} `queue.notFound`: no queue has this name
 */
export async function redrive(
  { deadLetters: port }: Uses<"deadLetters">,
  { name, limit }: { readonly name: string; readonly limit: number },
): Promise<{ movedCount: number }> {
  return { movedCount: await port.redrive(queueOf(name), limit) };
}

/**
 * Gives a user these staff roles, and no others, from now on. Taking one ends all sessions of the user.
 * @throws {Fault} `user.notFound`: no account has this id
 * @throws {Fault} `auth.forbidden`: an admin would take the role `admin` from themselves, or no admin would be left
 */
export async function replaceRoles(
  ports: Uses<"db" | "bus" | "cache">,
  { me, userId, roles }: { readonly me: UserId; readonly userId: UserId; readonly roles: readonly StaffRole[] },
): Promise<{ userId: UserId; roles: StaffRole[] }> {
  if (me === userId && !roles.includes("admin")) throw new Fault("auth.forbidden");
  const wanted = staffRoles.filter((role) => roles.includes(role));
  const ended = await ports.db.begin(async (tx) => {
    await lockAdmins(tx);
    if (!(await lockUser(tx, userId))) throw new Fault("user.notFound");
    const taken = await writeRoles(tx, { userId, roles: wanted, grantedBy: me, at: ports.clock.now() });
    if (taken.includes("admin") && !(await hasAdmin(tx))) throw new Fault("auth.forbidden");
    return taken.length > 0 ? await sessions.endAll(ports, tx, { userId, reason: "revoked" }) : [];
  });
  await markRevoked(ports.cache, ended, "revoked");
  return { userId, roles: wanted };
}

function queueOf(name: string): QueueName {
  if (!Object.hasOwn(queueTable, name)) throw new Fault("queue.notFound");
  return name as QueueName;
}

function zeros(): Counts {
  return Object.fromEntries(metricNames.map((name) => [name, 0])) as Counts;
}

function dayOf(at: Date): string {
  return at.toISOString().slice(0, 10);
}
