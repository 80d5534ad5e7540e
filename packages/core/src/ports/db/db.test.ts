import postgres from "postgres";
import { setTimeout as sleep } from "node:timers/promises";
import { beforeAll, expect, test } from "vitest";
import { connect } from "./connect.ts";
import type { Db } from "./db.ts";
import { testDb, testDbName, testDbUrl } from "@pendo/local/db/testDb";

const db = testDb();

beforeAll(async () => {
  await db`create table note (note_id bigint primary key, made_at timestamptz, made_on date, body jsonb, tags text[])`;
});

/** A client of its own to the same database, so that what is done to it leaves the others alone. */
async function withClient<T>(options: Parameters<typeof connect>[1], work: (client: Db) => Promise<T>): Promise<T> {
  const client = connect(testDbUrl(testDbName(db)), options);
  try {
    return await work(client);
  } finally {
    await client.end({ timeout: 1 });
  }
}

const codeOf = (error: unknown) => (error as { code?: string }).code;

test("a transaction that throws leaves nothing behind", async () => {
  const failed = db.begin(async (tx) => {
    await tx`insert into note (note_id) values (1)`;
    throw new Error("changed my mind");
  });
  await expect(failed).rejects.toThrow("changed my mind");
  expect(await db`select 1 from note where note_id = 1`).toHaveLength(0);
});

test("a transaction that ends well is seen by everybody, and a failed savepoint takes only its own part back", async () => {
  await db.begin(async (tx) => {
    await tx`insert into note (note_id) values (2)`;
    await tx.savepoint((inner) => inner`insert into note (note_id) values (2)`).catch(() => undefined);
    await tx`insert into note (note_id) values (3)`;
  });
  expect(await db`select note_id from note where note_id in (2, 3) order by note_id`).toEqual([{ noteId: 2 }, { noteId: 3 }]);
});

test("columns come in camelCase, and rows are written back from it", async () => {
  await db`insert into note ${db({ noteId: 10, tags: ["a", "b"] })}`;
  await db`update note set ${db({ madeAt: new Date(5) })} where note_id = 10`;
  expect(await db`select note_id, made_at, tags from note where note_id = 10`).toEqual([
    { noteId: 10, madeAt: new Date(5), tags: ["a", "b"] },
  ]);
});

test("jsonb comes back exactly as it was given, its keys untouched", async () => {
  const body = { snake_key: { inner_key: [1, { deep_key: null }] }, camelKey: "ü", list: [] };
  await db`insert into note (note_id, body) values (11, ${db.json(body)})`;
  expect(await db`select body, jsonb_typeof(body) as kind from note where note_id = 11`).toEqual([{ body, kind: "object" }]);
});

test("a time keeps its milliseconds whatever zone it was written in", async () => {
  const at = new Date("2026-03-29T01:30:00.123Z");
  const [row] = await db`select ${at}::timestamptz as same, '2026-03-29 03:30:00.123+02'::timestamptz as other, date '2026-03-29' as day`;
  expect(row).toEqual({ same: at, other: at, day: new Date("2026-03-29T00:00:00.000Z") });
});

test("a bigint is a number, alone and in arrays, and one beyond a number's reach is an error rather than a lie", async () => {
  expect(await db`select count(*) as n, array[1::bigint, 2] as list, ${2 ** 53 - 1}::bigint as most`).toEqual([
    { n: expect.any(Number) as number, list: [1, 2], most: 2 ** 53 - 1 },
  ]);
  await expect(db`select 9007199254740993::bigint as n`).rejects.toThrow("does not fit a number");
  expect(await db`select 1 as n`).toEqual([{ n: 1 }]);
});

test("an array is one parameter", async () => {
  await db`insert into note (note_id) values (20), (21), (22) on conflict do nothing`;
  expect(await db`select note_id from note where note_id = any(${[20, 22]}) order by 1`).toEqual([{ noteId: 20 }, { noteId: 22 }]);
  expect(await db`select note_id from note where note_id = any(${[] as number[]})`).toHaveLength(0);
});

test("arrays of every type go there and back, with nulls, quotes and lists inside", async () => {
  const texts = ['a "b"', "c\\d", "{e,f}", "NULL", "", " ", "ü\n"];
  const at = new Date("2026-01-01T00:00:00.000Z");
  const [row] = await db`select ${texts}::text[] as texts, ${db.array([at])} as times, ${db.array([true, false])} as flags,
    ${[1, null, 3]}::int[] as holes, array[[1,2],[3,4]] as nested, ${["0190a0e0-0000-7000-8000-000000000000"]}::uuid[] as ids,
    array['{"a": [1, "x,y"]}']::jsonb[] as docs, '{}'::bigint[] as none, '[0:1]={5,6}'::bigint[] as bounds, array[1.5]::float8[] as reals`;
  expect(row).toEqual({
    ...{
      texts,
      times: [at],
      flags: [true, false],
      holes: [1, null, 3],
      nested: [
        [1, 2],
        [3, 4],
      ],
    },
    ...{ ids: ["0190a0e0-0000-7000-8000-000000000000"], docs: [{ a: [1, "x,y"] }], none: [], bounds: [5, 6], reals: [1.5] },
  });
});

test("undefined as a parameter is refused", async () => {
  await expect(db`select ${undefined as unknown as string} as x`.execute()).rejects.toThrow("UNDEFINED_VALUE");
});

test("a violated constraint is an error with its code and its name", async () => {
  await db`insert into note (note_id) values (30)`;
  const error = await db`insert into note (note_id) values (30)`.catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(postgres.PostgresError);
  expect(error).toMatchObject({ code: "23505", constraint_name: "note_pkey" });
});

test("a query that runs longer than its limit fails, and the connection goes on", async () => {
  await withClient({ max: 1, statementTimeoutMs: 50 }, async (client) => {
    const error = await client`select pg_sleep(5)`.catch((thrown: unknown) => thrown);
    expect(codeOf(error)).toBe("57014");
    expect(await client`select 1 as n`).toEqual([{ n: 1 }]);
  });
});

test("a transaction whose client went silent is ended and lets go of its locks", async () => {
  await db`insert into note (note_id) values (40)`;
  await withClient({ max: 1, idleInTransactionTimeoutMs: 100 }, async (client) => {
    const silent = client.begin(async (tx) => {
      await tx`select 1 from note where note_id = 40 for update`;
      await sleep(1_000);
      await tx`select 1`;
    });
    const outcome = silent.catch((thrown: unknown) => thrown);
    await sleep(300);
    expect(await db`select 1 from note where note_id = 40 for update nowait`).toHaveLength(1);
    expect(await outcome).toBeInstanceOf(Error);
    expect(await client`select 1 as n`).toEqual([{ n: 1 }]);
  });
});

test("after its connections were lost a client answers the next query", async () => {
  await withClient({ max: 3, name: "victim" }, async (client) => {
    await Promise.all([1, 2, 3].map(() => client.begin((tx) => tx`select pg_sleep(0.05)`)));
    const [{ ended } = { ended: 0 }] = await db<{ ended: number }[]>`
      select count(pg_terminate_backend(pid)) as ended from pg_stat_activity
      where application_name = 'victim' and datname = current_database()`;
    expect(ended).toBe(3);
    await sleep(50);
    expect(await client`select 1 as n`).toEqual([{ n: 1 }]);
  });
});

test("a query whose connection breaks while it runs fails at once", async () => {
  await withClient({ max: 1, name: "broken" }, async (client) => {
    const running = client`select pg_sleep(10)`.catch((thrown: unknown) => thrown);
    const end = async () =>
      await db`select pg_terminate_backend(pid) as ended from pg_stat_activity where application_name = 'broken' and state = 'active'`;
    await expect.poll(end).toEqual([{ ended: true }]);
    expect(codeOf(await running)).toMatch(/57P01|CONNECTION_CLOSED/);
    expect(await client`select 1 as n`).toEqual([{ n: 1 }]);
  });
});

test("a transaction whose connection breaks fails, and never as if it had been committed", async () => {
  await withClient({ max: 1, name: "brokenTx" }, async (client) => {
    const work = client.begin(async (tx) => {
      await tx`insert into note (note_id) values (50)`;
      await db`select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'brokenTx'`;
      await sleep(50);
      await tx`insert into note (note_id) values (51)`;
    });
    await expect(work).rejects.toThrow(/connection/i);
    expect(await db`select 1 from note where note_id in (50, 51)`).toHaveLength(0);
    expect(await client`select 1 as n`).toEqual([{ n: 1 }]);
  });
});

test("a server that is not there is an error within the connect timeout", async () => {
  const client = connect("postgres://pendo@127.0.0.1:1/none", { max: 1, connectTimeoutSec: 1 });
  const error = await client`select 1`.catch((thrown: unknown) => thrown);
  expect(codeOf(error)).toBe("ECONNREFUSED");
  await client.end({ timeout: 0 });
});
