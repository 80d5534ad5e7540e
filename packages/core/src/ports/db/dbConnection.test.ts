import net from "node:net";
import { setTimeout as after } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { connect } from "./connect.ts";
import type { Db } from "./db.ts";
import { testDb, testDbName, testDbUrl } from "@pendo/local/db/testDb";

const db = testDb();

/** Stands between a client and the test server. It can cut all connections, or stop forwarding while they stay open. */
interface Middleman {
  readonly url: string;
  isMute: boolean;
  readonly open: () => number;
  cut(): void;
}

let middleman: Middleman & { close(): void };
beforeAll(async () => {
  await db`create table note (n int primary key)`;
  const target = new URL(testDbUrl(testDbName(db)));
  const sockets = new Set<net.Socket>();
  const server = net.createServer((near) => {
    const far = net.connect(`${target.searchParams.get("host")}/.s.PGSQL.${target.port}`);
    sockets.add(near);
    near.on("data", (chunk) => void (middleman.isMute || far.write(chunk)));
    far.on("data", (chunk) => void (middleman.isMute || near.write(chunk)));
    near.on("close", () => {
      sockets.delete(near);
      far.destroy();
    });
    far.on("close", () => void (middleman.isMute || near.destroy()));
    for (const socket of [near, far]) socket.on("error", () => {});
  });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as net.AddressInfo;
  middleman = {
    url: `postgres://pendo@127.0.0.1:${port}${target.pathname}`,
    isMute: false,
    open: () => sockets.size,
    cut: () => sockets.forEach((socket) => socket.destroy()),
    close: () => server.close(),
  };
});
afterAll(() => middleman.close());

async function withClient<T>(options: Parameters<typeof connect>[1], work: (client: Db) => Promise<T>): Promise<T> {
  const client = connect(middleman.url, options);
  try {
    return await work(client);
  } finally {
    middleman.isMute = false;
    await client.end({ timeout: 1 });
  }
}

const codeOf = (promise: PromiseLike<unknown>): PromiseLike<unknown> =>
  promise.then(
    () => "done",
    (error: unknown) => (error as { code?: string }).code,
  );

test("a query that gets no answer fails 5 s after its limit, and the next one uses another connection", async () => {
  await withClient({ max: 1, statementTimeoutMs: 200 }, async (client) => {
    await client`select 1`;
    middleman.isMute = true;
    const startedMs = performance.now();

    expect(await Promise.race([codeOf(client`select 2`), after(20_000, "stuck")])).toBe("CONNECTION_TIMEOUT");

    expect(performance.now() - startedMs).toBeGreaterThan(5_000);
    middleman.isMute = false;
    expect(await client`select 3 as n`).toEqual([{ n: 3 }]);
  });
});

test("a cursor that was read in a loop leaves the limit of later queries as it was", async () => {
  await withClient({ max: 1, statementTimeoutMs: 200 }, async (client) => {
    const seen: unknown[] = [];
    await client.begin(async (tx) => {
      for await (const rows of tx`select generate_series(1, 3) as n`.cursor(1)) seen.push(rows[0]?.["n"]);
    });
    middleman.isMute = true;

    expect(await Promise.race([codeOf(client`select 2`), after(20_000, "stuck")])).toBe("CONNECTION_TIMEOUT");

    expect(seen).toEqual([1, 2, 3]);
  });
});

test("whatever is under way when all connections break settles, and every connection works again", async () => {
  await withClient({ max: 3 }, async (client) => {
    const outcomes: PromiseLike<unknown>[] = [];
    const ask = (n: number): PromiseLike<unknown> =>
      codeOf(client`select ${n}::int as n`.then(([row]) => (row?.["n"] === n ? "own row" : Promise.reject(new Error("a foreign row")))));
    for (let n = 0; n < 60; n++) {
      outcomes.push(ask(n), ask(-n));
      outcomes.push(codeOf(client.begin((tx) => Promise.all([tx`select ${n}::int`, tx`select pg_sleep(0.01)`, tx`select 1`]))));
      // Also in the moment between a query and its first byte on the wire.
      if (n % 10 === 9) {
        await client`select 1`.catch(() => {});
        outcomes.push(ask(n));
        middleman.cut();
      }
    }

    const settled = await Promise.race([Promise.all(outcomes), after(30_000, "stuck")]);

    const expected = new Set<unknown>(["done", "CONNECTION_CLOSED", "ECONNRESET", "EPIPE"]);
    expect([...(settled as unknown[])].filter((outcome) => !expected.has(outcome))).toEqual([]);
    const again = await Promise.all([1, 2, 3].map((n) => client`select pg_sleep(0.1), ${n}::int as n`));
    expect(again.map(([row]) => row?.["n"])).toEqual([1, 2, 3]);
  });
});

test("a transaction that goes on after its connection was lost fails, and none of its statements run elsewhere", async () => {
  await withClient({ max: 1 }, async (client) => {
    const { promise: isOver, resolve: over } = Promise.withResolvers<void>();
    const failed = client.begin(async (tx) => {
      await tx`insert into note values (1)`;
      middleman.cut();
      await isOver;
      await Promise.allSettled([tx`insert into note values (2)`, tx.unsafe("insert into note values (3)")]);
    });

    expect(await codeOf(failed)).toMatch(/CONNECTION_CLOSED|ECONNRESET/);
    await client`insert into note values (4)`;
    over();
    await after(100);

    expect(await client`select n from note where n between 1 and 4`).toEqual([{ n: 4 }]);
  });
});

test("a statement that its transaction did not await fails once the transaction is over", async () => {
  await withClient({ max: 1 }, async (client) => {
    let late: PromiseLike<unknown> | undefined;
    await client.begin(async (tx) => void (late = after(50).then(() => tx`insert into note values (10)`)));

    expect(await codeOf(late as PromiseLike<unknown>)).toBe("CONNECTION_ENDED");

    expect(await client`select n from note where n = 10`).toEqual([]);
  });
});

test("a connection on which the driver failed is not used again", async () => {
  await withClient({ max: 1 }, async (client) => {
    const pidOf = async (): Promise<unknown> => (await client`select pg_backend_pid() as pid`)[0]?.["pid"];
    const before = await pidOf();

    await expect(client`select 9007199254740993::bigint`).rejects.toThrow("does not fit a number");
    expect(await pidOf()).not.toBe(before);

    const second = await pidOf();
    await expect(client`select 1 / 0`).rejects.toMatchObject({ code: "22012" });
    expect(await pidOf()).toBe(second);
  });
});

test("a connection whose server has become a standby is not used again", async () => {
  await withClient({ max: 1 }, async (client) => {
    const pidOf = async (): Promise<unknown> => (await client`select pg_backend_pid() as pid`)[0]?.["pid"];
    const before = await pidOf();
    const refused = client.begin("read only", (tx) => tx`insert into note values (20)`);

    await expect(refused).rejects.toMatchObject({ code: "25006" });

    expect(await pidOf()).not.toBe(before);
  });
});

test("who finds all connections taken for too long fails, and is not kept", async () => {
  await withClient({ max: 1, connectTimeoutSec: 0.2 }, async (client) => {
    await client`select 1`;
    const taken = client.begin((tx) => tx`select pg_sleep(1)`);

    expect(await codeOf(client`select 2`)).toBe("CONNECTIONS_BUSY");

    await taken;
    expect(await client`select 3 as n`).toEqual([{ n: 3 }]);
  });
});

test("connections that nobody uses are ended after their time, and all of them at the end", async () => {
  await withClient({ max: 3, idleTimeoutSec: 0.2 }, async (client) => {
    // Three transactions that end together hold three connections.
    const arrivals = [1, 2, 3].map(() => Promise.withResolvers<void>());
    const allIn = Promise.all(arrivals.map(({ promise }) => promise));
    const open = await Promise.all(
      arrivals.map(({ resolve }) =>
        client.begin(async (tx) => {
          await tx`select 1`;
          resolve();
          await allIn;
          return middleman.open();
        }),
      ),
    );
    expect(open).toEqual([3, 3, 3]);

    await expect.poll(() => middleman.open()).toBe(0);

    const last = codeOf(client`select pg_sleep(0.2)`);
    await after(50);
    await client.end();
    expect(await last).toBe("done");
    expect(await codeOf(client`select 1`)).toBe("CONNECTION_ENDED");
    await expect.poll(() => middleman.open()).toBe(0);
  });
});
