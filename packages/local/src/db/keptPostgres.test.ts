import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, expect, test } from "vitest";
import { connect } from "@pendo/core/ports/db/connect";
import { keepPostgres } from "./keptPostgres.ts";
import { serversOf } from "./leftoverServer.ts";

let home: string;
beforeEach(() => void (home = mkdtempSync(path.join(os.tmpdir(), "pendo-pg-"))));
afterEach(() => rmSync(home, { recursive: true, force: true }));

test("a server killed five times under load comes back, every query settles, and no confirmed row is lost", async () => {
  const dataDir = path.join(home, "postgres");
  const news: boolean[] = [];
  const server = await keepPostgres({ dataDir, mode: "durable", onFall: ({ isBack }) => void news.push(isBack) });
  const db = connect(server.url(), { max: 5, statementTimeoutMs, connectTimeoutSec: 5 });
  await db`create table ledger (n int primary key)`;
  const writers = Array.from({ length: 8 }, () => ({ confirmed: [] as number[], slowestMs: 0 }));
  let next = 0;
  let isOver = false;
  const working = writers.map(async (writer) => {
    while (!isOver) {
      const n = next++;
      const startedMs = performance.now();
      const isConfirmed = await db`insert into ledger values (${n})`.then(
        () => true,
        () => false,
      );
      writer.slowestMs = Math.max(writer.slowestMs, performance.now() - startedMs);
      if (isConfirmed) writer.confirmed.push(n);
      else await sleep(10);
    }
  });

  for (let kill = 1; kill <= 5; kill++) {
    const before = writers.map(({ confirmed }) => confirmed.length);
    await untilAll(writers, ({ confirmed }, i) => confirmed.length > (before[i] ?? 0));
    process.kill(server.pid(), "SIGKILL");
    await expect.poll(() => news.filter(Boolean).length).toBe(kill);
    const back = writers.map(({ confirmed }) => confirmed.length);
    // Twice as many as connections: a connection that stayed stuck would keep at least one writer waiting.
    await untilAll(writers, ({ confirmed }, i) => confirmed.length > (back[i] ?? 0) + 1);
  }
  isOver = true;
  await Promise.all(working);

  const kept = new Set((await db<{ n: number }[]>`select n from ledger`).map(({ n }) => n));
  expect(writers.flatMap(({ confirmed }) => confirmed).filter((n) => !kept.has(n))).toEqual([]);
  // Waiting for a connection, opening it, the server's own limit, and the time after which a silent server is given up.
  expect(Math.max(...writers.map(({ slowestMs }) => slowestMs))).toBeLessThan(5_000 + 5_000 + statementTimeoutMs + 5_000);
  await db.end({ timeout: 1 });
  await server.stop();
  expect(serversOf(dataDir)).toEqual([]);
});

const statementTimeoutMs = 15_000;

async function untilAll<T>(all: readonly T[], holds: (one: T, i: number) => boolean): Promise<void> {
  await expect.poll(() => all.every(holds), { interval: 10 }).toBe(true);
}

test("a kept server that is stopped stays stopped, even right after a fall", async () => {
  const dataDir = path.join(home, "postgres");
  const server = await keepPostgres({ dataDir, mode: "test" });
  process.kill(server.pid(), "SIGKILL");
  await server.stop();
  await sleep(300);
  expect(serversOf(dataDir)).toEqual([]);
});
