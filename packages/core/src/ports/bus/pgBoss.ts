import type { Envelope } from "@pendo/contract/events";
import { type QueueName, queues } from "@pendo/contract/queues";
import { PgBoss } from "pg-boss";
import type { Clock } from "../clock/clock.ts";
import type { Db, Tx } from "../db/db.ts";
import type { Ids } from "../ids/ids.ts";
import { byQueue, delaySecOf } from "./byQueue.ts";
import type { Bus, Consumer, Delivery } from "./bus.ts";
import type { DeadLetter, DeadLetters, QueueDepth } from "./deadLetters.ts";
import { outboxWriter, shared, takeFacts } from "./outbox.ts";

export interface PgBossBus extends Bus, Consumer, DeadLetters {
  /**
   * Gives back the messages of a consumer that was killed, at once rather than when their time is over. A message whose handler had started has
   * failed one attempt; one that was only fetched has lost none. For a start at which nothing else consumes. Returns how many there were.
   */
  recover(): Promise<number>;
  /** How many messages are worked on, are due, or wait for a retry. Those whose event asked for a delay are not counted before their time. */
  unfinished(): Promise<number>;
  stop(): Promise<void>;
}

export interface PgBossOptions {
  readonly db: Db;
  /** Where the same database is: `pg-boss` keeps connections of its own. */
  readonly connectionString: string;
  readonly clock: Clock;
  readonly ids: Ids;
  /** The wait before a second attempt; it doubles with each further one. 1 s unless told; 0 tries again at once. */
  readonly retryDelaySec?: number;
  readonly onError?: (error: unknown) => void;
}

const RELAY_BATCH_MAX = 500;
const queueNames = Object.keys(queues) as QueueName[];
const deadName = (queue: QueueName): string => `${queue}.dead`;

/** A durable bus on PostgreSQL alone: facts move from the outbox to `pg-boss` queues in one transaction, so relaying itself neither loses nor doubles. */
export async function pgBossBus(options: PgBossOptions): Promise<PgBossBus> {
  const { db, onError = () => {} } = options;
  const boss = new PgBoss({
    connectionString: options.connectionString,
    schema: "queue",
    max: 4,
    supervise: true,
    schedule: false,
    application_name: "pendo-queues",
  });
  boss.on("error", onError);
  await boss.start();
  await declareQueues(boss, options.retryDelaySec ?? 1);

  const listeners = new Set<(queue: QueueName) => void>();
  const relay = shared(async () => {
    let moved = 0;
    for (;;) {
      const { count, reached } = await relayBatch(boss, db);
      moved += count;
      for (const queue of reached) for (const tell of listeners) tell(queue);
      if (count < RELAY_BATCH_MAX) return moved;
    }
  });

  return {
    ...outboxWriter(options),
    relay,
    relaySoon: async () => void relay().catch(onError),
    ...administration(boss, db, listeners),
    ...consumption(boss, db, listeners),
    ping: async () => void (await db`select 1 from queue.version`),
    recover: () => recover(boss, db),
    unfinished: async () => {
      const [row] = await db<[{ count: number }]>`
        select count(*)::int as count from queue.job
        where name = any(${queueNames as string[]}) and (state in ('retry', 'active') or (state = 'created' and start_after <= now()))`;
      return row.count;
    },
    stop: () => boss.stop({ graceful: false }),
  };
}

async function declareQueues(boss: PgBoss, retryDelay: number): Promise<void> {
  const known = new Set((await boss.getQueues()).map((queue) => queue.name));
  for (const queue of queueNames) {
    const { attemptsMax, timeoutSec } = queues[queue];
    // Dead letters wait for a person: a fortnight, as long as SQS keeps them.
    if (!known.has(deadName(queue))) await boss.createQueue(deadName(queue), { retentionSeconds: 14 * 86_400, retryLimit: 0 });
    const settings = {
      retryLimit: attemptsMax - 1,
      retryDelay,
      ...(retryDelay > 0 ? { retryBackoff: true, retryDelayMax: 60 } : { retryBackoff: false }),
      // Six times the handler's time, as the visibility timeout of a queue on SQS.
      expireInSeconds: timeoutSec * 6,
      deleteAfterSeconds: 60,
      deadLetter: deadName(queue),
    };
    await (known.has(queue) ? boss.updateQueue(queue, settings) : boss.createQueue(queue, settings));
  }
}

async function relayBatch(boss: PgBoss, db: Db): Promise<{ count: number; reached: QueueName[] }> {
  return await db.begin(async (tx) => {
    const facts = await takeFacts(tx, RELAY_BATCH_MAX);
    const sentTo = byQueue(facts);
    // A job's id is its fact's, so a fact is in a queue once.
    await Promise.all(
      [...sentTo].map(([queue, sent]) =>
        boss.insert(
          queue,
          sent.map((fact) => ({ id: fact.id, data: fact, startAfter: delaySecOf(fact) })),
          { db: through(tx) },
        ),
      ),
    );
    return { count: facts.length, reached: [...sentTo.keys()] };
  });
}

async function recover(boss: PgBoss, db: Db): Promise<number> {
  const given = (await Promise.all(queueNames.map((queue) => returnFetched(db, queue, 0)))).reduce((sum, count) => sum + count, 0);
  const begun = await db<{ name: string; id: string }[]>`
    select name, id from queue.job where state = 'active' and name = any(${queueNames as string[]}::text[])`;
  for (const [queue, jobs] of Map.groupBy(begun, ({ name }) => name)) {
    await boss.fail(
      queue,
      jobs.map(({ id }) => id),
      { reason: CONSUMER_ENDED },
    );
  }
  return given + begun.length;
}

const CONSUMER_ENDED = "its consumer ended in the middle of it";

/**
 * Gives back what was fetched and not begun within some seconds: the answer to the fetch was lost, or its consumer was. `pg-boss` counts an
 * attempt when it hands a message out that has been started before, so one that was never started must not look as if it had been.
 */
async function returnFetched(db: Db, queue: QueueName, ageSec: number): Promise<number> {
  const { count } = await db`
    update queue.job set state = 'created', started_on = null, heartbeat_on = null
    where name = ${queue} and state = 'active' and not coalesce(output ? 'begun', false)
      and started_on <= now() - ${ageSec} * interval '1 second'`;
  return count;
}

/** Begins what is still ours. The mark goes when the message is completed or fails, since both replace the output of a job. */
async function markBegun(db: Db, queue: QueueName, ids: readonly string[]): Promise<string[]> {
  const rows = await db<{ id: string }[]>`
    update queue.job set output = coalesce(output, '{}') || '{"begun": true}'
    where name = ${queue} and id = any(${[...ids]}::uuid[]) and state = 'active' and not coalesce(output ? 'begun', false)
    returning id`;
  return rows.map(({ id }) => id);
}

/** Lets `pg-boss` write inside a transaction of ours. */
function through(tx: Tx): { executeSql(text: string, values?: unknown[]): Promise<{ rows: unknown[] }> } {
  return { executeSql: async (text, values) => ({ rows: await tx.unsafe(text, values as never) }) };
}

/** A handler starts right after its message was fetched, so a message that did not begin for so long is not going to. */
const FETCHED_SEC_MAX = 30;

function consumption(boss: PgBoss, db: Db, listeners: Set<(queue: QueueName) => void>): Consumer {
  const lookedMs = new Map<QueueName, number>();
  const returnLost = async (queue: QueueName): Promise<void> => {
    if (performance.now() - (lookedMs.get(queue) ?? -Infinity) < FETCHED_SEC_MAX * 1_000) return;
    lookedMs.set(queue, performance.now());
    await returnFetched(db, queue, FETCHED_SEC_MAX);
  };
  return {
    async fetch(queue, max) {
      await returnLost(queue);
      const jobs = await boss.fetch<Envelope>(queue, { batchSize: max, includeMetadata: true });
      return jobs.map((job): Delivery => ({
        id: job.id,
        body: job.data,
        attempt: job.retryCount + 1,
        sentAt: job.createdOn,
        isSuspect: reasonOf(job.output) === CONSUMER_ENDED,
      }));
    },
    begin: async (queue, ids) => (ids.length > 0 ? await markBegun(db, queue, ids) : []),
    async complete(queue, ids) {
      // Done is gone: who did a fact stands in the inbox, and a table of finished jobs would have to be swept while requests wait.
      if (ids.length > 0) await boss.deleteJob(queue, [...ids]);
    },
    async fail(queue, ids, reason) {
      if (ids.length > 0) await boss.fail(queue, [...ids], { reason });
    },
    onArrival(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}

function administration(boss: PgBoss, db: Db, listeners: Set<(queue: QueueName) => void>): DeadLetters {
  return {
    async depths() {
      // The library's own statistics are up to a minute old; a person who looks at a queue wants to see it as it is.
      const counts = await db<{ name: string; waiting: number; inFlight: number; oldestSec: number | null }[]>`
        select name,
               count(*) filter (where state < 'active')::int as waiting,
               count(*) filter (where state = 'active')::int as in_flight,
               extract(epoch from now() - min(start_after) filter (where state < 'active'))::float8 as oldest_sec
          from queue.job where state < 'completed' group by name`;
      const of = new Map(counts.map((row) => [row.name, row]));
      return queueNames.map((queue): QueueDepth => {
        const { waiting = 0, inFlight = 0, oldestSec = null } = of.get(queue) ?? {};
        return { queue, waiting, inFlight, dead: of.get(deadName(queue))?.waiting ?? 0, oldestSec };
      });
    },
    async deadLetters(queue, limit) {
      const jobs = await boss.findJobs<object>(deadName(queue), { queued: true, limit });
      return jobs.map((job): DeadLetter => ({
        id: job.id,
        text: JSON.stringify(job.data),
        attempts: queues[queue].attemptsMax,
        reason: reasonOf(job.sourceOutput),
      }));
    },
    async redrive(queue, limit) {
      const moved = await boss.redrive(deadName(queue), { limit });
      for (const tell of listeners) tell(queue);
      return moved;
    },
    async remove(queue, id) {
      const removed = await db`delete from queue.job where name = ${deadName(queue)} and id::text = ${id} returning 1`;
      return removed.count > 0;
    },
  };
}

function reasonOf(output: unknown): string | null {
  return typeof output === "object" && output !== null && "reason" in output ? String(output.reason) : null;
}
