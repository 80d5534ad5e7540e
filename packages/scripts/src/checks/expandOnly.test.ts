import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { migrationsDir } from "@pendo/core/ports/db/migrate";
import { expect, test } from "vitest";
import { contractions, isContract } from "./expandOnly.ts";

/** The last of those that were there before anybody ran two versions at once. */
const FIRST_BOUND = 11;
const files = readdirSync(migrationsDir).filter((file) => file.endsWith(".sql"));

test("every migration has a number of its own, and a name", () => {
  expect(files.filter((file) => !/^\d{4}_\w+\.sql$/.test(file))).toEqual([]);
  expect(new Set(files.map((file) => file.slice(0, 4))).size).toBe(files.length);
});

test("from 0011 on, a migration only expands the schema, unless its name says that it contracts", () => {
  const bound = files.filter((file) => Number(file.slice(0, 4)) >= FIRST_BOUND && !isContract(file));
  const found = bound.flatMap((file) => contractions(readFileSync(join(migrationsDir, file), "utf8")).map((one) => ({ file, ...one })));
  expect(found).toEqual([]);
});

test("the released files that contract are seen", () => {
  const found = contractions(readFileSync(join(migrationsDir, "0010_notificationKinds.sql"), "utf8"));
  expect(found.map(({ because }) => because)).toEqual(["refuses rows that the code before writes"]);
  // And the schema as a whole is no contraction of itself.
  expect(contractions(readFileSync(join(migrationsDir, "0001_accounts.sql"), "utf8"))).toEqual([]);
});

test("a name says that a migration contracts", () => {
  expect(isContract("0012_contract_oldSwipes.sql")).toBe(true);
  expect(["0012_contracts.sql", "0012_oldSwipes_contract.sql", "contract_0012.sql"].filter(isContract)).toEqual([]);
});

test.each([
  "drop table users",
  "DROP INDEX users_email",
  "drop function f()",
  "alter table users drop column name",
  "alter table users drop name",
  "alter table if exists only public.users add column a int, drop constraint b",
  "alter table users drop constraint users_checked",
  "alter table users drop constraint users_pkey",
  "alter table users rename to people",
  "alter table users rename column name to title",
  "alter index users_email rename to other",
  "alter type mood rename value 'ok' to 'fine'",
  "alter table users alter column age type bigint",
  "alter table users alter age set data type bigint using age::bigint",
  "alter table users alter column name set not null",
  "alter table users alter column name drop default",
  "alter table users add column name text not null",
  "alter table users add name text not null",
  "alter table users add column id2 uuid primary key",
  "alter table users add column code int unique default 1",
  "alter table users add column a int, add column b int not null",
  "alter table users add constraint positive check (age > 0)",
  "alter table users add check (age > 0)",
  "alter table users add foreign key (a) references b (id)",
  "alter table users set schema other",
  "alter table users enable row level security",
  "create unique index users_name on users (name)",
  "create unique index on users (name)",
  "truncate users",
  "delete from users where id is null",
  "revoke select on users from pendo",
  "do $$ begin execute 'drop table users'; end $$",
  "create table a (id int); drop table users;",
  "/* only ; a comment */ alter\n  table users\n -- another;\n drop column name",
  "insert into prompts values ('it''s; fine', $$ ; $$); drop table users",
])("planted: %s", (sql) => {
  expect(contractions(sql)).toHaveLength(1);
});

test.each([
  "create table waves (id uuid primary key, at timestamptz not null, unique (at))",
  "create table waves (id int); alter table waves add constraint c check (id > 0); create unique index on waves (id); alter table waves alter id type bigint",
  "alter table users add column name text",
  "alter table users add column name text not null default ''",
  "alter table users add column full_name text generated always as (name || '!') stored not null",
  "alter table users alter column name set default 'x'",
  "alter table users alter column name set statistics 1000",
  "alter table users add column price numeric(10, 2) default 0.00 not null",
  "alter table users set (fillfactor = 70)",
  "alter table users drop constraint users_status_check",
  "alter table users drop constraint users_team_id_fkey",
  "alter type mood add value if not exists 'calm'",
  "create index users_name on users (name)",
  "create or replace function f() returns int language sql as $$ select 1; delete from users $$",
  "insert into prompts (id, text) values ('drop', 'alter table users drop column name;')",
  "update users set name = '' where name is null",
  "comment on table users is 'delete; drop'",
  "-- drop table users;\n/* delete from users; */",
])("allowed: %s", (sql) => {
  expect(contractions(sql)).toEqual([]);
});
