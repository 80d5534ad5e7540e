import { expect, test } from "vitest";
import { connect } from "@pendo/core/ports/db/connect";
import { testDb, testDbName, testDbUrl } from "./testDb.ts";

const db = testDb();

test("testDb gives a database with the whole schema and no rows", async () => {
  const tables = await db<{ name: string }[]>`select table_name as name from information_schema.tables where table_schema = 'public'`;
  expect(tables.length).toBeGreaterThan(5);
  const [rows] = await db`select count(*) from outbox`;
  expect(rows).toEqual({ count: 0 });
});

test("testDb stands for the client in every form: tagged, fragments, transactions, json", async () => {
  await db`create table shape (id int primary key, body jsonb)`;
  await db.begin(async (tx) => {
    await tx`insert into shape ${tx([{ id: 1, body: db.json({ a_b: 1 }) }])}`;
  });
  expect(await db`select * from ${db("shape")}`).toEqual([{ id: 1, body: { a_b: 1 } }]);
});

test("a second client reaches the same database by its URL", async () => {
  const second = connect(testDbUrl(testDbName(db)), { max: 1 });
  expect(await second`select current_database() as name`).toEqual([{ name: testDbName(db) }]);
  await second.end();
});
