import type { SQSClient, SQSClientConfig } from "@aws-sdk/client-sqs";
import type { EventId } from "@pendo/contract/ids";
import { Fault } from "../../fault.ts";
import type { Clock } from "../clock/clock.ts";
import type { Db } from "../db/db.ts";
import type { Ids } from "../ids/ids.ts";
import type { Bus } from "./bus.ts";
import { outboxWriter, returnFacts, shared, takeFacts } from "./outbox.ts";
import type { countsOf, QueueUrls } from "./sqsMessages.ts";
import type { sendFacts, Unsent } from "./sqsSend.ts";

export interface SqsBusOptions {
  readonly db: Db;
  readonly queueUrls: QueueUrls;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly client?: SQSClientConfig;
  /** The longest the sends of one round may take, the SDK's retries included; what is unsent then stays in the outbox. 3 s unless told. */
  readonly sendMs?: number;
  /** What went wrong in `relaySoon`, whose caller has succeeded already. */
  readonly onError?: (error: unknown) => void;
}

const RELAY_BATCH_MAX = 100;
// A request that finds a backlog moves some of it and leaves the rest to the sweep: its caller is waiting.
const SOON_MS = 1_000;

/**
 * Facts leave the outbox for SQS. A fact is deleted in the transaction that commits after all of its queues have taken it; one that a queue
 * did not take stays, and is then sent to all of its queues again. So nothing is lost, and anything may come twice.
 */
export function sqsBus(options: SqsBusOptions): Bus {
  const { db, queueUrls, onError = () => {} } = options;
  let loading: Promise<Sender> | undefined;
  // Half of what a function loads is the SDK, and a request that emits nothing needs none of it: it is loaded for the first fact.
  const sender = (): Promise<Sender> => (loading ??= loadSender(options.client));
  const walk = (budgetMs: number): Promise<number> => relayAll({ sender, db, queueUrls, sendMs: options.sendMs ?? 3_000 }, budgetMs);
  const relay = shared(() => walk(Infinity));
  const soon = shared(() => walk(SOON_MS));
  const writer = outboxWriter(options);
  // The sender is ready by the time that the transaction has committed. Should that fail, the relay says so.
  const loadAhead = (): void => void sender().catch(() => (loading = undefined));
  return {
    emit: (...event) => {
      loadAhead();
      return writer.emit(...event);
    },
    emitAll: (...events) => {
      loadAhead();
      return writer.emitAll(...events);
    },
    relay,
    relaySoon: async () => {
      // A function freezes after its answer, so the facts leave before it. They are committed: what fails here is the sweep's to mend.
      await soon().catch(onError);
    },
    ping: async () => {
      const { client, ...messages } = await sender();
      await messages.countsOf(client, queueUrls.realtime.url);
    },
  };
}

interface Sender {
  readonly client: SQSClient;
  readonly sendFacts: typeof sendFacts;
  readonly countsOf: typeof countsOf;
}

async function loadSender(config: SQSClientConfig | undefined): Promise<Sender> {
  const [sending, messages] = await Promise.all([import("./sqsSend.ts"), import("./sqsMessages.ts")]);
  return { client: sending.sqsClient(config), sendFacts: sending.sendFacts, countsOf: messages.countsOf };
}

interface Relay {
  readonly sender: () => Promise<Sender>;
  readonly db: Db;
  readonly queueUrls: QueueUrls;
  readonly sendMs: number;
}

/** Walks the outbox once, oldest first. What can't be sent is stepped over, so that one broken queue does not hold up the others. */
async function relayAll(relay: Relay, budgetMs: number): Promise<number> {
  const startedMs = performance.now();
  let moved = 0;
  let stuck = 0;
  let worst: Unsent | undefined;
  for (let after: EventId | null = null; ;) {
    const round = await relayRound(relay, after);
    moved += round.moved;
    stuck += round.taken - round.moved;
    // What does not pass by itself is what a person must hear of.
    const lasting = round.unsent.find((one) => !one.passes);
    worst = worst?.passes === false ? worst : (lasting ?? worst ?? round.unsent[0]);
    after = round.last;
    if (round.taken < RELAY_BATCH_MAX || performance.now() - startedMs > budgetMs) break;
    // Nothing left, and nothing is refused: SQS is away, and further rounds would only wait for it.
    if (round.moved === 0 && !lasting) break;
  }
  if (!worst) return moved;
  const cause = new Error(`${stuck} facts stay in the outbox; ${worst.queue} did not take one: ${worst.reason}`, { cause: worst.cause });
  throw worst.passes ? new Fault("store.unavailable", { cause }) : cause;
}

interface Round {
  readonly taken: number;
  readonly moved: number;
  readonly last: EventId | null;
  readonly unsent: readonly Unsent[];
}

async function relayRound({ sender, db, queueUrls, sendMs }: Relay, after: EventId | null): Promise<Round> {
  return await db.begin(async (tx) => {
    const facts = await takeFacts(tx, RELAY_BATCH_MAX, after);
    const send = async (): Promise<Unsent[]> => {
      const { client, ...sending } = await sender();
      return await sending.sendFacts(client, queueUrls, facts, AbortSignal.timeout(sendMs));
    };
    const unsent = facts.length > 0 ? await send() : [];
    const staying = new Set(unsent.map((one) => one.factId));
    await returnFacts(
      tx,
      facts.filter((fact) => staying.has(fact.id)),
    );
    // PostgreSQL returns deleted rows in no order.
    const last = facts.reduce<EventId | null>((newest, { id }) => (newest === null || id > newest ? id : newest), after);
    return { taken: facts.length, moved: facts.length - staying.size, last, unsent };
  });
}
