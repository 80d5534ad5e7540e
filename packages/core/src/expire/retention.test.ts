import { expect, test } from "vitest";
import { testDb } from "@pendo/local/db/testDb";
import { testPorts } from "@pendo/local/testPorts";
import { newUser } from "../profiles/person.fixture.ts";
import { expire } from "./expire.ts";
import { type Retention, retention } from "./retention.ts";

const db = testDb();
const ports = testPorts(db);
const rules = Object.entries(retention) as [string, Retention][];
const DAY_MS = 86_400_000;
const daysAgo = (days: number): Date => new Date(ports.clock.now().getTime() - days * DAY_MS);

test("every table has a bound or an expiry", async () => {
  const tables = await db<{ name: string }[]>`
    select table_name as name from information_schema.tables
    where table_schema = 'public' and table_type = 'BASE TABLE' order by 1`;

  expect(Object.keys(retention).toSorted()).toEqual(tables.map(({ name }) => name));
});

test("a table that goes with another belongs to one that is bounded, and an expiry is a step of the job", async () => {
  const steps = Object.keys(await expire(ports));

  for (const [table, rule] of rules) {
    if ("of" in rule) expect([table, Object.keys(retention)]).toEqual([table, expect.arrayContaining([rule.of])]);
    if ("step" in rule) expect([table, steps]).toEqual([table, expect.arrayContaining([rule.step])]);
  }
});

test("rows of a user go with the account", async () => {
  const referring = await db<{ name: string }[]>`
    select distinct conrelid::regclass::text as name from pg_constraint where contype = 'f' and confdeltype = 'c'`;
  const cascades = new Set([...referring.map(({ name }) => name), "users"]);

  const kept = rules.filter(([, rule]) => "perUserMax" in rule || "perUserDay" in rule).map(([table]) => table);
  expect(kept.filter((table) => !cascades.has(table))).toEqual([]);
});

test("sessions that ended a month ago, and days of activity after 400 days, are deleted; living ones stay", async () => {
  const userId = await newUser(ports);
  const session = async (used: number, revoked?: number): Promise<string> => {
    const id = ports.ids.next<string>();
    await db`
      insert into sessions (id, user_id, created_at, last_used_at, revoked_at)
      values (${id}, ${userId}, ${daysAgo(used)}, ${daysAgo(used)}, ${revoked === undefined ? null : daysAgo(revoked)})`;
    return id;
  };
  const kept = [await session(0), await session(59), await session(31, 29)];
  await session(61);
  await session(40, 31);
  for (const days of [399, 401]) await db`insert into active_days (day, user_id) values (${daysAgo(days)}::date, ${userId})`;
  await db`insert into metric_days (day, name, value) values (${daysAgo(3651)}::date, 'likes', 1), (${daysAgo(3649)}::date, 'likes', 1)`;

  expect(await expire(ports)).toMatchObject({ sessions: 2, activeDays: 1, metricDays: 1 });

  const left = await db<{ id: string }[]>`select id from sessions where user_id = ${userId}`;
  expect(left.map(({ id }) => id).toSorted()).toEqual(kept.toSorted());
});
