import type { Envelope, EventsTo, SwipeAction } from "@pendo/contract/events";
import type { UserId } from "@pendo/contract/ids";
import type { MetricName } from "@pendo/contract/metrics";
import type { Tx } from "../ports/db/db.ts";
import type { Uses } from "../ports/ports.ts";
import * as sql from "./analytics.sql.ts";

type Fact = Envelope<EventsTo<"analytics">>;

const ofAction: Record<SwipeAction, MetricName> = { like: "likes", superlike: "superlikes", pass: "passes" };

/**
 * Counts a batch of facts, each once, however often and in whatever batches it is delivered; answers what this delivery added, of all days
 * together. A handful of statements, whatever the size of the
 * batch; locks are always taken in the same order: marks, active days, milestones, counts.
 */
export async function record({ db, clock }: Uses<"db">, facts: readonly Fact[]): Promise<Counted> {
  return await db.begin(async (tx) => {
    const first = await sql.firstTimes(
      tx,
      facts.map(({ id }) => id),
      clock.now(),
    );
    const fresh = await ofUsers(
      tx,
      facts.filter(({ id }) => first.delete(id)),
    );
    if (fresh.length === 0) return {};
    const active = fresh.flatMap((fact) => (fact.actor ? [{ userId: fact.actor, day: dayOf(fact) }] : []));
    const reached = [...fresh.flatMap(milestonesOf), ...(await profilesCompleted(tx, fresh))];
    const counts = [
      ...fresh.flatMap((fact) => namesOf(fact).map((name) => ({ day: dayOf(fact), name, value: 1 }))),
      ...(active.length > 0 ? await sql.markActive(tx, active) : []),
      ...(reached.length > 0 ? await sql.reach(tx, reached) : []),
    ];
    if (counts.length > 0) await sql.add(tx, counts);
    return totals(counts);
  });
}

/** The events without those in which an account of the synthetic canary takes part. */
async function ofUsers(tx: Tx, facts: readonly Fact[]): Promise<Fact[]> {
  const canaries = await sql.canaries(tx, [...new Set(facts.flatMap(idsIn))]);
  return facts.filter((fact) => !idsIn(fact).some((id) => canaries.has(id)));
}

/** Every id that an event names: of users, and of other things. */
function idsIn({ actor, data }: Fact): string[] {
  return [actor, ...Object.values(data).flat()].filter((value): value is string => typeof value === "string" && UUID.test(value));
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

export type Counted = Readonly<Partial<Record<MetricName, number>>>;

function totals(counts: readonly sql.DayCount[]): Counted {
  const sums: Partial<Record<MetricName, number>> = {};
  for (const { name, value } of counts) sums[name] = (sums[name] ?? 0) + value;
  return sums;
}

/** The day, in UTC, that a fact belongs to. */
function dayOf(fact: Fact): string {
  return new Date(fact.occurredAt).toISOString().slice(0, 10);
}

function namesOf(fact: Fact): MetricName[] {
  switch (fact.type) {
    case "user.registered":
      return ["registrations"];
    case "swipe.recorded":
      return ["swipes", ofAction[fact.data.action]];
    case "swipe.rewound":
      return ["rewinds"];
    case "match.created":
      return ["matches"];
    case "match.ended":
      return ["matchesEnded"];
    case "message.created":
      return ["messages"];
    case "report.created":
      return ["reports"];
    case "user.blocked":
      return ["blocks"];
    case "moderation.decided":
      return ["decisions"];
    case "session.started":
    case "session.refreshReused":
    case "profile.updated":
    case "media.moderated":
      return [];
  }
}

function milestonesOf(fact: Fact): sql.Reached[] {
  const day = dayOf(fact);
  if (fact.type === "swipe.recorded") return [{ userId: fact.data.swiperId, day, name: "firstSwipes" }];
  if (fact.type === "match.created") return fact.data.userIds.map((userId) => ({ userId, day, name: "firstMatches" }));
  return fact.type === "message.created" ? [{ userId: fact.data.senderId, day, name: "firstMessages" }] : [];
}

/** Whether a profile is complete depends on verdicts and places; so it is looked at whenever its owner did something that may follow on that. */
async function profilesCompleted(tx: Parameters<typeof sql.withProfile>[0], facts: readonly Fact[]): Promise<sql.Reached[]> {
  const looked = facts.flatMap((fact): { userId: UserId; day: string }[] => {
    const day = dayOf(fact);
    if (fact.type === "profile.updated" || fact.type === "media.moderated" || fact.type === "session.started")
      return [{ userId: fact.data.userId, day }];
    return fact.type === "swipe.recorded" ? [{ userId: fact.data.swiperId, day }] : [];
  });
  if (looked.length === 0) return [];
  const complete = await sql.withProfile(tx, [...new Set(looked.map(({ userId }) => userId))]);
  return looked.filter(({ userId }) => complete.has(userId)).map(({ userId, day }) => ({ userId, day, name: "profilesCompleted" }));
}
