import type { Envelope, EventData, EventName } from "@pendo/contract/events";
import type { EventId } from "@pendo/contract/ids";
import type { Clock } from "../clock/clock.ts";
import type { Queryable, Tx } from "../db/db.ts";
import type { Ids } from "../ids/ids.ts";
import type { About, Bus, NewEvent } from "./bus.ts";

/** How many events one statement writes: larger lists are written by several. */
const STATEMENT_EVENTS_MAX = 5_000;

/** The half of every bus that writes: rows in the caller's own transaction. */
export function outboxWriter({ clock, ids }: { clock: Clock; ids: Ids }): Pick<Bus, "emit" | "emitAll"> {
  const enveloped = ({ name, data, actor, traceparent }: NewEvent) =>
    ({
      id: ids.next<EventId>(),
      type: name,
      version: 1,
      occurredAt: clock.now().toISOString(),
      actor: actor ?? null,
      traceparent: traceparent ?? null,
      data,
    }) as Envelope;
  return {
    emit: async <E extends EventName>(tx: Tx, name: E, data: EventData<E>, about: About = {}) => {
      const envelope = enveloped({ ...about, name, data } as NewEvent);
      await tx`insert into outbox (id, type, envelope) values (${envelope.id}, ${name}, ${tx.json(envelope as never)})`;
      return envelope.id;
    },
    emitAll: async (tx, events) => {
      const envelopes = events.map(enveloped);
      for (let from = 0; from < envelopes.length; from += STATEMENT_EVENTS_MAX)
        await insertEnvelopes(tx, envelopes.slice(from, from + STATEMENT_EVENTS_MAX));
      return envelopes.map(({ id }) => id);
    },
  };
}

// The rows travel as one JSON value: a parameter for each would be more than a statement takes.
async function insertEnvelopes(sql: Queryable, envelopes: readonly Envelope[]): Promise<void> {
  const rows = envelopes.map((envelope) => ({ id: envelope.id, type: envelope.type, envelope }));
  await sql`
    insert into outbox (id, type, envelope)
    select r.id, r.type, r.envelope from jsonb_to_recordset(${sql.json(rows as never)}) as r (id uuid, type text, envelope jsonb)`;
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
  if (facts.length > 0) await insertEnvelopes(tx, facts);
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
