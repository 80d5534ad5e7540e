import { expect, test } from "vitest";
import { testDb } from "@pendo/local/db/testDb";

const db = testDb();

/** The foreign keys without an index that begins with their columns: deleting a row that they refer to reads their whole table. */
async function withoutIndex(): Promise<string[]> {
  // A partial index serves where it leaves out nothing but rows without the key.
  const rows = await db<{ name: string }[]>`
    select format('%s (%s)', c.conrelid::regclass, string_agg(a.attname, ', ' order by k.place)) as name
    from pg_constraint c
    cross join unnest(c.conkey) with ordinality as k (attnum, place)
    join pg_attribute a on a.attrelid = c.conrelid and a.attnum = k.attnum
    where c.contype = 'f' and c.connamespace in (select oid from pg_namespace where nspname in ('public', current_schema()))
      and not exists (
        select from pg_index i
        where i.indrelid = c.conrelid and i.indisvalid and (i.indkey::int2[])[0:cardinality(c.conkey) - 1] @> c.conkey
          and (i.indpred is null or (cardinality(c.conkey) = 1 and pg_get_expr(i.indpred, i.indrelid) = format('(%I IS NOT NULL)', a.attname))))
    group by c.oid, c.conrelid order by 1`;
  return rows.map(({ name }) => name);
}

test("each foreign key of each table has an index", async () => {
  expect(await withoutIndex()).toEqual([]);
});

test("a foreign key without an index, or with one that leaves rows out, is found", async () => {
  await db`create table planted (one uuid references users (id), other uuid references users (id), third uuid references users (id))`;
  await db`create index on planted (one) where other is not null`;
  await db`create index on planted (third) where third is not null`;

  const found = await withoutIndex();
  await db`drop table planted`;

  expect(found).toEqual(["planted (one)", "planted (other)"]);
});
