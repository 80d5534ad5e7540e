import { expect, test } from "vitest";
import type { Tx } from "./db.ts";
import { testDb } from "@pendo/local/db/testDb";

const db = testDb({ max: 6 });

/** Resolves for everybody once so many have come, and at once for whoever comes later. */
function meeting(size: number): () => Promise<void> {
  let come = 0;
  let open = (): void => {};
  const opened = new Promise<void>((resolve) => (open = resolve));
  return () => {
    come += 1;
    if (come >= size) open();
    return opened;
  };
}

test("two transactions that wait for each other both end well, and each is done once", async () => {
  await db`create table counted (id int primary key, value int not null)`;
  await db`insert into counted values (1, 0), (2, 0)`;
  const bothHoldOne = meeting(2);
  let attempts = 0;
  const add = (first: number, second: number) =>
    db.begin(async (tx: Tx) => {
      attempts += 1;
      await tx`update counted set value = value + 1 where id = ${first}`;
      await bothHoldOne();
      await tx`update counted set value = value + 1 where id = ${second}`;
      return first;
    });
  expect(await Promise.all([add(1, 2), add(2, 1)])).toEqual([1, 2]);
  expect(await db`select value from counted order by id`).toEqual([{ value: 2 }, { value: 2 }]);
  // One more each time the other was slow to take the lock.
  expect(attempts).toBeGreaterThanOrEqual(3);
});

test("transactions that could not follow one another are begun again, with their options", async () => {
  await db`create table serial (id int primary key, value int not null)`;
  await db`insert into serial values (1, 0)`;
  const bothHaveRead = meeting(2);
  const increase = () =>
    db.begin("isolation level serializable", async (tx: Tx) => {
      const [row] = await tx<{ value: number }[]>`select value from serial where id = 1`;
      await bothHaveRead();
      await tx`update serial set value = ${(row?.value ?? 0) + 1} where id = 1`;
    });
  await Promise.all([increase(), increase()]);
  expect(await db`select value from serial`).toEqual([{ value: 2 }]);
});

test("a transaction that is overtaken each time gives up; any other failure is not tried again", async () => {
  const failing = async (code: string) => {
    let attempts = 0;
    const failed = db.begin(async (tx) => {
      attempts += 1;
      await tx.unsafe(`do $$ begin raise exception 'as asked' using errcode = '${code}'; end $$`);
    });
    await expect(failed).rejects.toMatchObject({ code });
    return attempts;
  };
  expect(await failing("40P01")).toBe(4);
  expect(await failing("23505")).toBe(1);
});
