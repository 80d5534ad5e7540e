import type { Envelope } from "@pendo/contract/events";
import type { UserId } from "@pendo/contract/ids";
import { type QueueName, queues } from "@pendo/contract/queues";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import type { Db } from "../db/db.ts";
import { testIds as ids } from "../ids/testIds.fixture.ts";
import type { Bus, Consumer, Delivery } from "./bus.ts";
import type { DeadLetters } from "./deadLetters.ts";
import { firstTime } from "./inbox.ts";
import { countUnknown } from "./outbox.ts";

/** A bus to test, whose failed messages come again at once. `another` is a bus of another process on the same stores. */
export interface BusSubject {
  readonly bus: Bus & Consumer;
  readonly deadLetters: DeadLetters;
  readonly another: () => Promise<Bus>;
  readonly stop: () => Promise<void>;
}

const someone = (): UserId => ids.next();

/** What every bus promises. */
export function busBehaviour(name: string, db: Db, open: () => Promise<BusSubject>): void {
  describe(`bus on ${name}`, () => {
    let subject: BusSubject;
    let bus: Bus & Consumer;
    let deadLetters: DeadLetters;
    beforeAll(async () => {
      subject = await open();
      ({ bus, deadLetters } = subject);
    });
    afterAll(() => subject.stop());

    const emitLow = (count: number): Promise<unknown> =>
      Promise.all(Array.from({ length: count }, () => db.begin((tx) => bus.emit(tx, "deck.low", { userId: someone() }))));
    const idsOf = (deliveries: readonly Delivery[]): string[] => deliveries.map((delivery) => delivery.id);
    const left = async (): Promise<number> => (await db<{ count: number }[]>`select count(*)::int as count from outbox`)[0]!.count;
    const depth = async (queue: QueueName) => (await deadLetters.depths()).find((one) => one.queue === queue)!;

    /** Gives every message of a queue to a consumer until none comes any more; one that throws has failed. */
    async function consume(queue: QueueName, work: (fact: Envelope, attempt: number) => Promise<void> | void): Promise<void> {
      for (;;) {
        const deliveries = await bus.fetch(queue, 10);
        if (deliveries.length === 0) return;
        expect(await bus.begin(queue, idsOf(deliveries))).toHaveLength(deliveries.length);
        const outcomes = await Promise.allSettled(deliveries.map(async ({ body, attempt }) => await work(body, attempt)));
        const [done, failed] = (["fulfilled", "rejected"] as const).map((status) =>
          deliveries.filter((_, i) => outcomes[i]?.status === status),
        );
        await bus.complete(queue, idsOf(done!));
        await bus.fail(queue, idsOf(failed!), "no luck");
      }
    }

    test("a fact reaches each of its queues as it was emitted, and is taken once", async () => {
      const userId = someone();
      const traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
      const id = await db.begin((tx) => bus.emit(tx, "user.registered", { userId }, { actor: userId, traceparent }));
      expect(await bus.relay()).toBe(1);
      for (const queue of ["email", "analytics"] as const) {
        const [delivery, ...others] = await bus.fetch(queue, 10);
        expect(others).toEqual([]);
        expect(delivery).toMatchObject({
          attempt: 1,
          body: { id, type: "user.registered", version: 1, actor: userId, traceparent, data: { userId } },
        });
        expect(Math.abs(Date.now() - delivery!.sentAt.getTime())).toBeLessThan(60_000);
        await bus.complete(queue, [delivery!.id]);
        expect(await bus.fetch(queue, 10)).toEqual([]);
      }
      expect(await left()).toBe(0);
    });

    test("a fact of a transaction that rolls back is never delivered", async () => {
      const failing = db.begin(async (tx) => {
        await bus.emit(tx, "deck.low", { userId: someone() });
        throw new Error("rolled back");
      });
      await expect(failing).rejects.toThrow("rolled back");
      expect(await bus.relay()).toBe(0);
      expect(await bus.fetch("matching", 10)).toEqual([]);
    });

    test("events that are emitted together reach their queues in their order, each with its own id, actor and trace", async () => {
      const [one, other] = [someone(), someone()];
      const traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

      const emitted = await db.begin((tx) =>
        bus.emitAll(tx, [
          { name: "deck.low", data: { userId: one }, actor: one, traceparent },
          { name: "user.registered", data: { userId: other } },
          { name: "deck.low", data: { userId: other } },
        ]),
      );

      expect(new Set(emitted).size).toBe(3);
      expect(emitted.toSorted()).toEqual(emitted);
      expect(await bus.relay()).toBe(3);
      const got: Envelope[] = [];
      for (const queue of ["matching", "email", "analytics"] as const) await consume(queue, (event) => void got.push(event));
      const byId = Map.groupBy(got, ({ id }) => id);
      expect(byId.get(emitted[0]!)).toMatchObject([{ type: "deck.low", version: 1, actor: one, traceparent, data: { userId: one } }]);
      expect(byId.get(emitted[1]!)?.length).toBe(2);
      expect(byId.get(emitted[2]!)).toMatchObject([{ type: "deck.low", actor: null, traceparent: null, data: { userId: other } }]);
    });

    test("more events than a statement has parameters are written together, and an empty list writes none", async () => {
      onTestFinished(async () => void (await db`delete from outbox`));
      // Three parameters for each would be more than the 65,534 of a statement.
      const count = 22_000;

      const none = await db.begin((tx) => bus.emitAll(tx, []));
      const emitted = await db.begin((tx) =>
        bus.emitAll(
          tx,
          Array.from({ length: count }, () => ({ name: "deck.low", data: { userId: someone() } })),
        ),
      );

      const stored = await db<{ id: string }[]>`select id from outbox order by id`;
      expect(none).toEqual([]);
      expect(stored.map(({ id }) => id)).toEqual(emitted);
    });

    test("events of a type that only another release knows stay for it, are counted, and hold up no others", async () => {
      onTestFinished(async () => void (await db`delete from outbox`));
      // More of them than any batch, all older than what comes after.
      await db`
        insert into outbox (id, type, envelope)
        select id, 'cheque.bounced', jsonb_build_object('id', id, 'type', 'cheque.bounced', 'version', 1, 'data', '{}'::jsonb)
        from unnest(${Array.from({ length: 600 }, () => ids.next())}::uuid[]) as id`;
      await emitLow(3);

      expect(await bus.relay()).toBe(3);
      expect(await bus.relay()).toBe(0);

      let seen = 0;
      await consume("matching", () => void (seen += 1));
      expect(seen).toBe(3);
      expect([await countUnknown(db), await left()]).toEqual([600, 600]);
      // The release is back.
      await db`update outbox set type = 'deck.low', envelope = envelope || '{"type": "deck.low"}'`;
      expect(await bus.relay()).toBe(600);
      await bus.complete("matching", idsOf(await bus.fetch("matching", 600)));
      expect([await countUnknown(db), await left()]).toEqual([0, 0]);
    });

    test("relays that run at once, in several processes, move every fact once", async () => {
      await emitLow(300);
      const others = await Promise.all([subject.another(), subject.another()]);
      const moved = await Promise.all([bus, ...others].flatMap((one) => [one.relay(), one.relay()]));
      expect(Math.max(...moved)).toBeGreaterThan(0);
      const seen: string[] = [];
      await consume("matching", (fact) => void seen.push(fact.id));
      expect(seen).toHaveLength(300);
      expect(new Set(seen).size).toBe(300);
      expect(await left()).toBe(0);
    });

    test("what a process had committed when it was killed leaves with the relay of another", async () => {
      await emitLow(3);
      expect(await bus.fetch("matching", 10)).toEqual([]);
      await (await subject.another()).relay();
      let seen = 0;
      await consume("matching", () => void (seen += 1));
      expect(seen).toBe(3);
    });

    test("a message that keeps failing ends in the dead letters after its attempts, while the others are done", async () => {
      await emitLow(20);
      const poison = await db.begin((tx) => bus.emit(tx, "deck.low", { userId: someone() }));
      await bus.relay();
      const attempts: number[] = [];
      const done: string[] = [];
      await consume("matching", (fact, attempt) => {
        if (fact.id !== poison) return void done.push(fact.id);
        attempts.push(attempt);
        throw new Error("poison");
      });
      expect(attempts).toEqual(Array.from({ length: queues.matching.attemptsMax }, (_, i) => i + 1));
      expect(new Set(done).size).toBe(20);
      expect(await depth("matching")).toMatchObject({ waiting: 0, inFlight: 0, dead: 1 });
      // Looking loses nothing, so it may be done again.
      for (let look = 0; look < 2; look += 1) {
        const [letter, ...others] = await deadLetters.deadLetters("matching", 10);
        expect(others).toEqual([]);
        expect(letter).toMatchObject({ id: expect.any(String) as string, attempts: queues.matching.attemptsMax });
        expect(JSON.parse(letter!.text)).toMatchObject({ id: poison, type: "deck.low" });
      }
      expect(await deadLetters.deadLetters("email", 10)).toEqual([]);
    });

    test("a redrive brings every dead letter back, with all its attempts before it", async () => {
      expect(await deadLetters.redrive("matching", 10)).toBe(1);
      expect(await depth("matching")).toMatchObject({ waiting: 1, dead: 0 });
      const [again] = await bus.fetch("matching", 1);
      expect(again?.attempt).toBe(1);
      await bus.complete("matching", [again!.id]);
      expect(await deadLetters.redrive("matching", 10)).toBe(0);
    });

    test("a dead letter is thrown away by its id, and no other with it", async () => {
      await emitLow(2);
      await bus.relay();
      await consume("matching", () => Promise.reject(new Error("poison")));
      const [one, other] = await deadLetters.deadLetters("matching", 10);

      expect(await deadLetters.remove("matching", one!.id)).toBe(true);
      expect(await deadLetters.remove("matching", one!.id)).toBe(false);

      expect(await deadLetters.deadLetters("matching", 10)).toMatchObject([{ id: other!.id }]);
      expect(await deadLetters.remove("matching", other!.id)).toBe(true);
      expect((await depth("matching")).dead).toBe(0);
    });

    test("a redrive of what was done has no second effect", async () => {
      let effects = 0;
      const crashing = async (fact: Envelope): Promise<void> => {
        await db.begin(async (tx) => {
          if (await firstTime(tx, "matching", fact.id, new Date())) effects += 1;
        });
        throw new Error("killed before it could be acknowledged");
      };
      await emitLow(12);
      await bus.relay();
      await consume("matching", crashing);
      expect(effects).toBe(12);
      expect((await depth("matching")).dead).toBe(12);
      expect(await deadLetters.redrive("matching", 5)).toBe(5);
      expect(await deadLetters.redrive("matching", 100)).toBe(7);
      await consume("matching", (fact) => crashing(fact).catch(() => {}));
      expect(effects).toBe(12);
      expect(await depth("matching")).toMatchObject({ waiting: 0, inFlight: 0, dead: 0 });
    });

    test("messages under way are counted, and hidden from other consumers", async () => {
      await emitLow(2);
      await bus.relay();
      expect(await depth("matching")).toMatchObject({ waiting: 2, inFlight: 0 });
      const deliveries = await bus.fetch("matching", 10);
      expect(await depth("matching")).toMatchObject({ waiting: 0, inFlight: 2 });
      expect(await bus.fetch("matching", 10)).toEqual([]);
      await bus.complete("matching", idsOf(deliveries));
    });

    test("large facts leave, however few of them a batch can hold", async () => {
      const padding = "x".repeat(100 * 1024);
      for (let i = 0; i < 12; i += 1)
        await db.begin((tx) => bus.emit(tx, "deck.low", { userId: someone(), padding } as { userId: UserId }));
      expect(await bus.relay()).toBe(12);
      let bytes = 0;
      await consume("matching", (fact) => void (bytes += (fact.data as unknown as { padding: string }).padding.length));
      expect(bytes).toBe(12 * padding.length);
    });

    test("a fetch may ask for more than one call of the store brings", async () => {
      await emitLow(25);
      await bus.relay();
      const deliveries = await bus.fetch("matching", 25);
      expect(deliveries).toHaveLength(25);
      await bus.complete("matching", idsOf(deliveries));
    });

    test("a fact whose queues keep it back for a while is not given out before", async () => {
      await db.begin((tx) => bus.emit(tx, "push.held", { userId: someone(), notificationId: ids.next() }));
      expect(await bus.relay()).toBe(1);
      expect(await bus.fetch("push", 10)).toEqual([]);
    });

    test("relaySoon moves what was committed", async () => {
      await emitLow(2);
      await bus.relaySoon();
      await expect.poll(left).toBe(0);
      await consume("matching", () => {});
    });

    test("ping answers where the stores do", async () => {
      await expect(bus.ping()).resolves.toBeUndefined();
    });
  });
}
