import type { Envelope, EventData, EventName } from "@pendo/contract/events";
import type { EventId } from "@pendo/contract/ids";
import type { Clock } from "../clock/clock.ts";
import type { Queryable, Tx } from "../db/db.ts";
import type { Ids } from "../ids/ids.ts";
import type { About, Bus } from "./bus.ts";

/** The half of every bus that writes: a row in the caller's own transaction. */
export function outboxWriter({ clock, ids }: { clock: Clock; ids: Ids }): Bus["emit"] {
  return async <E extends EventName>(tx: Tx, name: E, data: EventData<E>, about: About = {}) => {
    const id = ids.next<EventId>();
    const envelope = {
      id,
      type: name,
      version: 1,
      occurredAt: clock.now().toISOString(),
      actor: about.actor ?? null,
      traceparent: about.traceparent ?? null,
      data,
    };
    await tx`insert into outbox (id, type, envelope) values (${id}, ${name}, ${tx.json(envelope)})`;
    return id;
  };
}

/**
 * Takes up to `max` events out of the outbox, the oldest of those after `after`. They are deleted if and only if the transaction commits; other
 * relays skip them meanwhile. Events of a type that only another release knows stay for that release, and hold up no others.
 */
export async function takeFacts(tx: Queryable, max: number, after: EventId | null = null): Promise<Envelope[]> {
  const types = await knownTypes();
  const rows = await tx<{ envelope: Envelope }[]>`
    delete from outbox where id in (
      select id from outbox where type = any(${types}::text[]) and ${after ? tx`id > ${after}` : tx`true`}
      order by id limit ${max} for update skip locked)
    returning envelope`;
  return rows.map((row) => row.envelope);
}

const UNKNOWN_COUNT_MAX = 100_000;

/** How many events of the outbox have a type that this release does not know, up to 100,000. */
export async function countUnknown(db: Queryable): Promise<number> {
  const types = await knownTypes();
  const [row] = await db<{ count: number }[]>`
    select count(*)::int as count from (
      select from outbox where type <> all(${types}::text[]) limit ${UNKNOWN_COUNT_MAX}) as unknown_events`;
  return row?.count ?? 0;
}

// Loaded at the first relay: a function that only emits needs no schemas of events.
async function knownTypes(): Promise<string[]> {
  return [...(await import("./byQueue.ts")).eventTypes];
}

/** Puts facts back that were taken and could not leave: they are tried again, as the facts they were. */
export async function returnFacts(tx: Queryable, facts: readonly Envelope[]): Promise<void> {
  if (facts.length === 0) return;
  const rows = facts.map((fact) => ({ id: fact.id, type: fact.type, envelope: fact }));
  await tx`
    insert into outbox (id, type, envelope)
    select r.id, r.type, r.envelope from jsonb_to_recordset(${tx.json(rows as never)}) as r (id uuid, type text, envelope jsonb)`;
}

/**
 * Runs `work` for as long as it finds something, one run at a time: whoever asks during a run is answered by that run or the one that follows it.
 * So thousands of commits a second share a few relays.
 */
export function shared(work: () => Promise<number>): () => Promise<number> {
  let running: Promise<number> | undefined;
  let next: Promise<number> | undefined;
  return () => {
    if (!running) return (running = work().finally(() => (running = undefined)));
    // The run under way may have read before our commit, so we wait for one that starts later.
    next ??= running.then(ignore, ignore).then(() => {
      next = undefined;
      return (running = work().finally(() => (running = undefined)));
    });
    return next;
  };
}

const ignore = (): void => {};
