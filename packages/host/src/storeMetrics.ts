import type { PgBossBus } from "@pendo/core/ports/bus/pgBoss";
import type { Db } from "@pendo/core/ports/db/db";
import { connectionCounts, outboxState } from "./console/console.sql.ts";
import type { KeptEngine } from "./engine/keptEngine.ts";
import { labels, labelled, metric } from "./prometheusText.ts";

export interface StoreMetricsOptions {
  readonly db: Db;
  readonly bus: Pick<PgBossBus, "depths">;
  readonly engine: Pick<KeptEngine, "meters" | "isReady">;
  readonly openSockets: () => number;
}

/** What is looked up at each scrape: queues, outbox, connections, sockets, engine. Of a database that is away it says only that. */
export async function storeMetrics({ db, bus, engine, openSockets }: StoreMetricsOptions): Promise<string> {
  const [stores, ofEngine] = await Promise.all([databaseText(db, bus).catch(() => ""), engine.meters()]);
  return [
    metric("pendo_database_up", "gauge", "1 while PostgreSQL answers.", [["", stores === "" ? 0 : 1]]),
    metric("pendo_sockets_open", "gauge", "Open sockets.", [["", openSockets()]]),
    // The engine says itself whether it is ready, while it says anything.
    ofEngine ?? metric("pendo_engine_ready", "gauge", "1 once everything was replayed.", [["", 0]]),
    stores,
  ].join("");
}

async function databaseText(db: Db, bus: Pick<PgBossBus, "depths">): Promise<string> {
  const [depths, outbox, connections] = await Promise.all([bus.depths(), outboxState(db), connectionCounts(db)]);
  const byQueue = (name: string, help: string, of: (depth: (typeof depths)[number]) => number): string =>
    metric(
      name,
      "gauge",
      help,
      labelled(
        "queue",
        depths.map((depth) => [depth.queue, of(depth)]),
      ),
    );
  return [
    byQueue("pendo_queue_waiting_messages", "Messages that wait, retries included.", ({ waiting }) => waiting),
    byQueue("pendo_queue_in_flight_messages", "Messages that a consumer works on.", ({ inFlight }) => inFlight),
    byQueue("pendo_queue_dead_letters", "Messages that were given up.", ({ dead }) => dead),
    byQueue("pendo_queue_oldest_message_age_seconds", "Age of the oldest message that waits; 0 where none does.", ({ oldestSec }) =>
      Math.max(0, oldestSec ?? 0),
    ),
    metric("pendo_outbox_events", "gauge", "Events that are committed and not yet in their queues.", [["", outbox.count]]),
    metric("pendo_outbox_oldest_event_age_seconds", "gauge", "Age of the oldest of them; 0 where there is none.", [
      ["", Math.max(0, outbox.oldestSec ?? 0)],
    ]),
    metric(
      "pendo_database_connections",
      "gauge",
      "Connections to PostgreSQL, by pool and state.",
      connections.map(({ pool, state, count }) => [labels({ pool, state }), count]),
    ),
  ].join("");
}
