import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { migrate, MigrationError, migrationsDir } from "./migrate.ts";
import { testDb, testDbName, testDbUrl } from "@pendo/local/db/testDb";

const admin = testDb();
let dir: string;
let database: string;
let url: string;
let count = 0;

beforeEach(async () => {
  dir = mkdtempSync(path.join(os.tmpdir(), "pendo-migrate-"));
  write("0001_first.sql", "create table first (id int);\ninsert into first values (1);\n");
  write(
    "0002_second.sql",
    "-- Braces, quotes and semicolons in a text stay text: {it}'s; $1\ncreate table second (id text default '{a};');\n",
  );
  database = `${testDbName(admin)}_${++count}`;
  await admin`create database ${admin(database)}`;
  url = testDbUrl(database);
});

afterEach(async () => {
  rmSync(dir, { recursive: true, force: true });
  await admin`drop database ${admin(database)} with (force)`;
});

const write = (name: string, sql: string) => writeFileSync(path.join(dir, name), sql);

test("migrate applies the files in order, says which, and has nothing to do the second time", async () => {
  expect(await migrate({ url, dir })).toEqual(["0001_first", "0002_second"]);
  expect(await migrate({ url, dir })).toEqual([]);
  write("0003_third.sql", "alter table first add column name text");
  expect(await migrate({ url, dir })).toEqual(["0003_third"]);
});

test("five processes that start at once apply each file once", async () => {
  const applied = await Promise.all([1, 2, 3, 4, 5].map(() => migrate({ url, dir })));
  expect(applied.flat().sort()).toEqual(["0001_first", "0002_second"]);
});

test("a file changed after it was applied is refused by its name, and nothing new is applied", async () => {
  await migrate({ url, dir });
  write("0001_first.sql", "create table first (id bigint);\n");
  write("0003_third.sql", "create table third (id int)");
  const refused = migrate({ url, dir });
  await expect(refused).rejects.toThrow(MigrationError);
  await expect(refused).rejects.toThrow(/^The migration 0001_first\.sql was changed after it had been applied\.[^\n]*$/);
  write("0001_first.sql", "create table first (id int);\r\ninsert into first values (1);\r\n");
  expect(await migrate({ url, dir })).toEqual(["0003_third"]);
});

test("a file that fails is named, and takes the ones before it back", async () => {
  write("0003_third.sql", "create table third (id int); select 1 / 0");
  await expect(migrate({ url, dir })).rejects.toThrow("0003_third.sql failed: division by zero");
  write("0003_third.sql", "create table third (id int)");
  expect(await migrate({ url, dir })).toEqual(["0001_first", "0002_second", "0003_third"]);
});

test("a file put in before ones that were applied is refused, with the name that it should have", async () => {
  await migrate({ url, dir });
  write("0001_before.sql", "create table before (id int)");

  const again = migrate({ url, dir });

  await expect(again).rejects.toThrow(MigrationError);
  await expect(again).rejects.toThrow(
    "The migration 0001_before.sql has a number before 0002_second.sql, which is applied already. Rename it to 0003_before.sql.",
  );
});

test("an older Pendo starts on a newer schema", async () => {
  write("0003_third.sql", "create table third (id int)");
  await migrate({ url, dir });
  rmSync(path.join(dir, "0003_third.sql"));
  expect(await migrate({ url, dir })).toEqual([]);
});

test("files that are not SQL are passed over", async () => {
  write("README.md", "# no");
  write(".0004_hidden.sql.swp", "no");
  expect(await migrate({ url, dir })).toEqual(["0001_first", "0002_second"]);
});

test("Pendo's own schema applies to an empty database", async () => {
  cpSync(migrationsDir, dir, { recursive: true });
  rmSync(path.join(dir, "0001_first.sql"));
  rmSync(path.join(dir, "0002_second.sql"));
  expect((await migrate({ url, dir })).length).toBeGreaterThan(5);
});
