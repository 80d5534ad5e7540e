import { setTimeout as after } from "node:timers/promises";
import { expect, test } from "vitest";
import { testDb, testDbName, testDbUrl } from "@pendo/local/db/testDb";
import { connect } from "./connect.ts";
import type { Db } from "./db.ts";
import { openDbConnection, type DbConnection } from "./dbConnection.ts";
import type { Statement } from "./statement.ts";

const db = testDb();
const url = (): string => testDbUrl(testDbName(db));

async function withClient<T>(max: number, work: (client: Db) => Promise<T>): Promise<T> {
  const client = connect(url(), { max });
  try {
    return await work(client);
  } finally {
    await client.end({ timeout: 1 });
  }
}

async function withConnection<T>(statementMsMax: number, work: (run: (text: string) => Promise<unknown>) => Promise<T>): Promise<T> {
  const { searchParams, port } = new URL(url());
  const to = { path: `${searchParams.get("host")}/.s.PGSQL.${port}` };
  const client = connect(url());
  const connection: DbConnection = openDbConnection({
    address: { to, tls: undefined, timeoutMs: 5_000 },
    settings: client.options as never,
    statementMsMax,
    onLost: () => {},
  });
  const run = async (text: string): Promise<unknown> => {
    const statement = client.unsafe(text) as unknown as Statement;
    statement.handler = (given) => connection.send(given);
    return await statement;
  };
  try {
    return await work(run);
  } finally {
    await connection.end();
    await client.end();
  }
}

const range = (length: number): number[] => Array.from({ length }, (_, n) => n);

test("statements that are sent together share a third of the connections", async () => {
  await withClient(6, async (client) => {
    const rows = await Promise.all(range(40).map((n) => client`select pg_backend_pid() as pid, ${n}::int as n`));

    expect(rows.map(([row]) => row?.["n"])).toEqual(range(40));
    // Two, or a few more where this process was kept waiting between them.
    expect(new Set(rows.map(([row]) => row?.["pid"])).size).toBeLessThan(6);
  });
});

test("a slow statement does not hold up what is sent after it", async () => {
  await withClient(2, async (client) => {
    // The end of the client ends it.
    const slow = client`select pg_sleep(14)`.catch(() => "ended");
    await after(50);

    expect(await Promise.race([client`select 1 as n`, slow])).toEqual([{ n: 1 }]);
  });
});

test("a transaction gets the only connection while statements never stop", async () => {
  await withClient(1, async (client) => {
    let isOver = false;
    const short = async (): Promise<unknown> => await client`select pg_sleep(0.02)`;
    // Each sends its next before the last is over, so that there is always one under way.
    const streams = range(5).map(async () => {
      let last = short();
      while (!isOver) {
        const next = short();
        await last;
        last = next;
      }
      await last;
    });
    await after(20);

    const transaction = client.begin((tx) => tx`select 2 as n`);
    const outcome = await Promise.race([transaction, after(5_000, "starved")]);

    isOver = true;
    await Promise.all(streams);
    expect(outcome).toEqual([{ n: 2 }]);
  });
});

test("the time of a statement begins when the one before it is over", async () => {
  await withConnection(400, async (run) => {
    const results = await Promise.allSettled(range(8).map(() => run("select pg_sleep(0.1)")));

    expect(results.map(({ status }) => status)).toEqual(range(8).map(() => "fulfilled"));
    await expect(run("select pg_sleep(1)")).rejects.toMatchObject({ code: "CONNECTION_TIMEOUT" });
  });
});

// Written by the driver, each of them would fail another user's statement, and then be given that user's rows.
test.each<[string, unknown, object]>([
  ["undefined", undefined, { code: "UNDEFINED_VALUE" }],
  ["a time that is none", new Date(Number.NaN), { code: "22007" }],
  ["text for a time", "soon", { code: "22007" }],
  ["JSON that cannot be written", "circular", { message: expect.stringContaining("circular") as unknown }],
])("%s as a value fails its own statement, and no other gets a foreign row", async (_, value, failure) => {
  await withClient(1, async (client) => {
    const circular: unknown[] = [];
    circular.push(circular);
    const send = async (): Promise<unknown> =>
      await (value === "circular"
        ? client`select ${client.json(circular as never)} as made`
        : client`select ${value as never}::timestamptz as made`);
    // So that the driver knows the statement, and writes its values at once.
    await client`select ${new Date(0)}::timestamptz as made`;
    await client`select ${client.json([])} as made`;

    const numbers = (): Promise<unknown[]> =>
      Promise.all(range(30).map(async (n) => (await client`select ${n}::int as n`)[0]?.["n"])).catch((error: unknown) => [error]);
    const before = numbers();
    const failed = send().catch((error: unknown) => error);
    const later = numbers();

    expect(await failed).toMatchObject(failure);
    expect([...(await before), ...(await later)]).toEqual([...range(30), ...range(30)]);
  });
});

test("a statement whose table changed fails as if its connection were lost, and no other gets its rows", async () => {
  await db`create table changed (id int, a text)`;
  await db`insert into changed values (1, 'one')`;
  await withClient(1, async (client) => {
    const ask = async (k: number): Promise<unknown> => (await client`select ${k}::int as id, 'other' as a`)[0]?.["id"];
    await client`select * from changed where id = ${1}`;
    await ask(0);
    await db`alter table changed alter column a type varchar(50)`;

    const outdated = client`select * from changed where id = ${1}`.then(
      (rows) => [...rows],
      (error: unknown) => (error as { code?: string }).code,
    );
    const others: Promise<unknown>[] = [];
    for (let k = 2; k < 60; k++) {
      others.push(ask(k));
      await new Promise(setImmediate);
    }

    expect(await outdated).toBe("CONNECTION_CLOSED");
    expect(await Promise.all(others)).toEqual(range(58).map((k) => k + 2));
    expect(await client`select * from changed where id = ${1}`).toEqual([{ id: 1, a: "one" }]);
  });
});

test.each<[string, (client: Db) => unknown]>([
  ["a promise that was not awaited", () => Promise.resolve(1)],
  [
    "a list that holds itself",
    () => {
      const list: unknown[] = [];
      list.push(list);
      return list;
    },
  ],
  ["a list of parts with null among them", (client) => [client`and true`, null]],
  ["bytes beyond what the driver can write", () => Buffer.alloc(300_000_000)],
])("%s as a value settles, and no other statement fails", async (_, make) => {
  await withClient(1, async (client) => {
    const numbers = (): Promise<unknown[]> =>
      Promise.all(range(30).map(async (n) => (await client`select ${n}::int as n`)[0]?.["n"])).catch((error: unknown) => [error]);
    const before = numbers();
    const odd = (async () => await client`select 1 where true ${make(client) as never}`)().then(
      () => "settled",
      () => "settled",
    );
    const later = numbers();

    expect(await odd).toBe("settled");
    expect([...(await before), ...(await later)]).toEqual([...range(30), ...range(30)]);
  });
});

test("to cancel a statement does nothing, since it could reach that of another user", async () => {
  await withClient(1, async (client) => {
    const slow = client`select pg_sleep(0.2), 0 as n`.execute();
    const next = [client`select 1 as n`.execute(), client`select 2 as n`.execute(), client`select 3 as n`.execute()];
    next[0]?.cancel();
    slow.cancel();

    const rows = await Promise.all([slow, ...next]);

    expect(rows.map(([row]) => row?.["n"])).toEqual([0, 1, 2, 3]);
  });
});

test("where the driver fails one of several statements of a transaction, none of them gets another's rows", async () => {
  await withClient(1, async (client) => {
    const seen: unknown[] = [];
    const failed = client.begin(async (tx) => {
      await tx`select ${0}::int as n`;
      const all = [tx`select 1 as n`, tx`select ${undefined as never}::int as n`, tx`select 3 as n`];
      for (const one of await Promise.allSettled(all)) if (one.status === "fulfilled") seen.push(one.value[0]?.["n"]);
    });

    await expect(failed).rejects.toThrow("Undefined values are not allowed");

    expect(seen).toEqual([]);
    expect(await client`select 4 as n`).toEqual([{ n: 4 }]);
  });
});
