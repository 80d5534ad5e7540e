import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, expect, test } from "vitest";
import { connect } from "./connect.ts";
import { keepPostgres } from "./keptPostgres.ts";
import { serversOf } from "./leftoverServer.ts";

let home: string;
beforeEach(() => void (home = mkdtempSync(path.join(os.tmpdir(), "pendo-pg-"))));
afterEach(() => rmSync(home, { recursive: true, force: true }));

test("a server killed five times under load comes back, and loses no row that was confirmed", async () => {
  const dataDir = path.join(home, "postgres");
  const news: boolean[] = [];
  const server = await keepPostgres({ dataDir, mode: "durable", onFall: ({ isBack }) => void news.push(isBack) });
  const db = connect(server.url(), { max: 5 });
  await db`create table ledger (n int primary key)`;
  const confirmed: number[] = [];
  let next = 0;
  let isOver = false;
  const writers = Array.from({ length: 8 }, async () => {
    while (!isOver) {
      const n = next++;
      await db`insert into ledger values (${n})`.then(
        () => confirmed.push(n),
        () => sleep(10),
      );
    }
  });
  for (let kill = 1; kill <= 5; kill++) {
    await sleep(150);
    const before = confirmed.length;
    process.kill(server.pid(), "SIGKILL");
    await expect.poll(() => news.length, { timeout: 10_000 }).toBe(kill);
    await expect.poll(() => confirmed.length, { timeout: 10_000 }).toBeGreaterThan(before + 20);
  }
  isOver = true;
  await Promise.all(writers);
  const kept = new Set((await db<{ n: number }[]>`select n from ledger`).map(({ n }) => n));
  expect(confirmed.filter((n) => !kept.has(n))).toEqual([]);
  expect(news).toEqual([true, true, true, true, true]);
  await db.end({ timeout: 1 });
  await server.stop();
  expect(serversOf(dataDir)).toEqual([]);
}, 60_000);

test("a kept server that is stopped stays stopped, even right after a fall", async () => {
  const dataDir = path.join(home, "postgres");
  const server = await keepPostgres({ dataDir, mode: "test" });
  process.kill(server.pid(), "SIGKILL");
  await server.stop();
  await sleep(300);
  expect(serversOf(dataDir)).toEqual([]);
});
