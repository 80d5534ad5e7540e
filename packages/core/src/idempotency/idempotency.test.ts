import { createHash } from "node:crypto";
import type { ReportId, UserId } from "@pendo/contract/ids";
import { beforeEach, expect, test } from "vitest";
import { person } from "../conversations/couple.fixture.ts";
import { Fault } from "../fault.ts";
import type { Db } from "../ports/db/db.ts";
import { testDb } from "@pendo/local/db/testDb";
import { testPorts } from "@pendo/local/testPorts";
import * as reports from "../reports/reports.ts";
import { once } from "./idempotency.ts";

const db = testDb();
const ports = testPorts(db);

let reporterId: UserId;
let userId: UserId;
beforeEach(async () => {
  [reporterId, userId] = [await person(ports), await person(ports)];
  await db`update profiles set discoverable = true where user_id = ${userId}`;
});

const requestOf = (key: string) => ({ userId: reporterId, key, requestHash: createHash("sha256").update("one").digest() });
const refusal = (error: unknown) => (error instanceof Fault ? { status: 404, headers: {}, body: error.code } : undefined);

/** Reports the user, through the database that it is given. */
async function report(through: Db) {
  const { id } = await reports.create({ ...ports, db: through }, { reporterId, userId, reason: "spam", note: "" });
  return { status: 201, headers: {}, body: id };
}

const reportsMade = async () =>
  (await db<{ id: ReportId }[]>`select id from reports where reporter_id = ${reporterId}`).map(({ id }) => id);
const eventsMade = async () => (await db`select 1 from outbox where envelope->>'actor' = ${reporterId}`).length;

test("a crash between the effect and its answer leaves neither, and the repeated request has one effect", async () => {
  // The connection ends when the answer is stored, as it does when the process is killed there.
  await db.unsafe(`
    create function end_connection() returns trigger language plpgsql as $$ begin perform pg_terminate_backend(pg_backend_pid()); return new; end $$;
    create trigger crash before insert or update on idempotency_keys for each row execute function end_connection()`);
  await expect(once(ports, requestOf("the-crashed-key"), { carryOut: report, refusal })).rejects.toThrow(/connection|terminat/i);
  await db.unsafe("drop trigger crash on idempotency_keys; drop function end_connection()");

  const outcome = await once(ports, requestOf("the-crashed-key"), { carryOut: report, refusal });
  const repeated = await once(ports, requestOf("the-crashed-key"), { carryOut: report, refusal });

  expect(outcome.kind).toBe("carriedOut");
  expect(await reportsMade()).toHaveLength(1);
  expect(await eventsMade()).toBe(1);
  expect(repeated).toEqual({ kind: "replayed", answer: outcome.kind === "carriedOut" && outcome.answer });
});

test("a refusal is kept, and what was written before it is not", async () => {
  const carryOut = async (through: Db) => {
    await report(through);
    throw new Fault("user.notFound");
  };

  const outcome = await once(ports, requestOf("the-refused-key"), { carryOut, refusal });
  const repeated = await once(ports, requestOf("the-refused-key"), { carryOut: report, refusal });

  expect(outcome.kind).toBe("refused");
  expect(repeated).toEqual({ kind: "replayed", answer: { status: 404, headers: {}, body: "user.notFound" } });
  expect(await reportsMade()).toEqual([]);
});

test("an error that may pass keeps nothing, and the next try is carried out", async () => {
  const carryOut = async (through: Db) => {
    await report(through);
    throw new Error("away");
  };

  await expect(once(ports, requestOf("the-failed-key"), { carryOut, refusal })).rejects.toThrow("away");
  expect(await reportsMade()).toEqual([]);

  expect((await once(ports, requestOf("the-failed-key"), { carryOut: report, refusal })).kind).toBe("carriedOut");
});

test("of thirty requests with one key at once, one has an effect", async () => {
  const settled = await Promise.allSettled(
    Array.from({ length: 30 }, () => once(ports, requestOf("the-shared-key"), { carryOut: report, refusal })),
  );

  const outcomes = settled.map((one) => (one.status === "fulfilled" ? one.value.kind : (one.reason as Fault).code));
  expect(outcomes.filter((outcome) => outcome === "carriedOut")).toHaveLength(1);
  expect(outcomes.every((outcome) => ["carriedOut", "replayed", "idempotency.inProgress"].includes(outcome))).toBe(true);
  expect(await reportsMade()).toHaveLength(1);
});

test("of thirty repetitions at once after the first answer, all get that answer", async () => {
  const first = await once(ports, requestOf("the-finished-key"), { carryOut: report, refusal });

  const repeated = await Promise.all(
    Array.from({ length: 30 }, () => once(ports, requestOf("the-finished-key"), { carryOut: report, refusal })),
  );

  expect(repeated).toEqual(repeated.map(() => ({ kind: "replayed", answer: first.kind === "carriedOut" && first.answer })));
});
