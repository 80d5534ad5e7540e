import { testIds } from "../ports/ids/testIds.fixture.ts";
import { createHmac } from "node:crypto";
import type { ClientMessageId, UserId } from "@pendo/contract/ids";
import { expect, test } from "vitest";
import { couple, type Couple } from "../conversations/couple.fixture.ts";
import * as messages from "../messages/messages.ts";
import * as reactions from "../messages/reactions.ts";
import type { Db, Tx } from "../ports/db/db.ts";
import { testDb } from "@pendo/local/db/testDb";
import { testPorts } from "@pendo/local/testPorts";
import * as epochs from "./epochs.ts";
import * as sql from "./epochs.sql.ts";
import { sync } from "./sync.ts";

const db = testDb();
const ports = testPorts(db);

const say = ({ db: where = db, pair, text = "hello" }: { db?: Db; pair: Couple; text?: string }) =>
  messages.send(
    { ...ports, db: where },
    { conversationId: pair.conversationId, senderId: pair.a, clientMessageId: testIds.next() as ClientMessageId, kind: "text", text },
  );
const cursorOf = async (userId: UserId, { db: where = db, limit = 100 } = {}) =>
  (await sync({ ...ports, db: where }, { userId, limit })).cursor;
const restart = (where = db) => epochs.begin({ ...ports, db: where });
const invalid = { code: "sync.cursorInvalid" };

/** A transaction as a database: what it begins is a savepoint. */
const over = (tx: Tx): Db =>
  new Proxy(tx, {
    get: (target, name) => (name === "begin" ? target.savepoint.bind(target) : (Reflect.get(target, name) as unknown)),
  }) as unknown as Db;

/** Copies the running database, lets it go on to a future, and puts the copy back. Answers what the future answered. */
async function losing<T>(future: (db: Db) => Promise<T>): Promise<T> {
  const lost = new Error("The copy is put back.");
  let answer: T | undefined;
  await db
    .begin(async (tx) => {
      answer = await future(over(tx));
      throw lost;
    })
    .catch((thrown: unknown) => {
      if (thrown !== lost) throw thrown;
    });
  await restart();
  return answer as T;
}

// First of all, in the epoch that the migration began.
test("a cursor of the release before is valid up to where the log was when this one first began an epoch", async () => {
  const pair = await couple(ports);
  await say({ pair });
  const old = (rev: number): string => {
    const seal = createHmac("sha256", ports.secrets.key("cursor")).update(`sync:${pair.b}:${rev}`).digest().subarray(0, 16);
    return `${rev.toString(36)}.${seal.toString("base64url")}`;
  };
  expect((await sync(ports, { userId: pair.b, cursor: old(1), limit: 100 })).changes).not.toEqual([]);
  await restart();
  for (let round = 0; round < 3; round++) {
    await say({ pair });
    await expect(sync(ports, { userId: pair.b, cursor: old(2), limit: 100 })).resolves.toBeDefined();
    await expect(sync(ports, { userId: pair.b, cursor: old(3), limit: 100 })).rejects.toMatchObject(invalid);
  }
});

test("a cursor issued after a live copy is refused once the copy is restored, also when the log has overtaken it", async () => {
  const pair = await couple(ports);
  await say({ pair });
  const lost = await losing(async (future) => {
    await say({ db: future, pair });
    const running = await cursorOf(pair.b, { db: future });
    await restart(future);
    const restarted = await cursorOf(pair.b, { db: future });
    await say({ db: future, pair });
    return [running, restarted, await cursorOf(pair.b, { db: future })];
  });

  for (let round = 0; round < 6; round++) {
    for (const cursor of lost) await expect(sync(ports, { userId: pair.b, cursor, limit: 100 })).rejects.toMatchObject(invalid);
    await say({ pair });
    if (round % 2 === 1) await restart();
  }
});

test("a page's cursor issued after a live copy is refused, although the copy has its revision: an object may have moved past it", async () => {
  const pair = await couple(ports);
  const early = await say({ pair });
  await say({ pair });
  const lost = await losing(async (future) => {
    const pointer = { conversationId: pair.conversationId, messageId: early.id, userId: pair.b };
    await reactions.add({ ...ports, db: future }, { ...pointer, emoji: "🎉" });
    return await cursorOf(pair.b, { db: future, limit: 2 });
  });
  await expect(sync(ports, { userId: pair.b, cursor: lost, limit: 100 })).rejects.toMatchObject(invalid);
});

test("a cursor issued before a copy stays valid once it is restored, and gives what came after it", async () => {
  const pair = await couple(ports);
  await say({ pair });
  const kept = await cursorOf(pair.b);
  await losing(async (future) => {
    await say({ db: future, pair, text: "of the lost future" });
    await restart(future);
    await say({ db: future, pair, text: "of the lost future" });
  });
  await say({ pair, text: "of the new one" });

  const { changes } = await sync(ports, { userId: pair.b, cursor: kept, limit: 100 });
  expect(changes.flatMap((change) => (change.kind === "message" && "message" in change ? [change.message.text] : []))).toEqual([
    "of the new one",
  ]);
});

test("a plain restart invalidates no cursor, however many there are", async () => {
  const pair = await couple(ports);
  const cursors = [];
  for (let round = 0; round < 8; round++) {
    cursors.push(await cursorOf(pair.b), await cursorOf(pair.b, { limit: 1 }));
    await restart();
    if (round % 2 === 0) await say({ pair });
    if (round % 3 === 0) await restart();
  }
  for (const cursor of cursors) await expect(sync(ports, { userId: pair.b, cursor, limit: 100 })).resolves.toBeDefined();
});

test("only the newest epochs are kept; a cursor of a forgotten one is refused", async () => {
  const pair = await couple(ports);
  const forgotten = await cursorOf(pair.b);
  for (let round = 0; round < 3; round++) {
    await restart();
    await say({ pair });
  }
  const kept = await cursorOf(pair.b);
  await sql.begin(db, { id: ports.ids.next(), at: ports.clock.now(), keep: 3 });
  await say({ pair });

  expect(await db`select count(*)::int as n from epochs`).toEqual([{ n: 3 }]);
  expect(await db`select count(*)::int as n from user_epochs where user_id = ${pair.b}`).toEqual([{ n: 3 }]);
  await expect(sync(ports, { userId: pair.b, cursor: kept, limit: 100 })).resolves.toBeDefined();
  await expect(sync(ports, { userId: pair.b, cursor: forgotten, limit: 100 })).rejects.toMatchObject(invalid);
});
