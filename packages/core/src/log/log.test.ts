import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { UserId } from "@pendo/contract/ids";
import { testDb } from "@pendo/local/db/testDb";
import { testPorts } from "@pendo/local/testPorts";
import { expect, test } from "vitest";
import { couple } from "../conversations/couple.fixture.ts";
import { addCrowd } from "../swipes/people.fixture.ts";
import { append, appendWithMatches } from "./log.sql.ts";

const db = testDb();
const ports = testPorts(db);
const at = ports.clock.now();

const logOf = (userId: UserId) => db<{ kind: string; ref: string; rev: number }[]>`
  select kind, ref, rev from user_log where user_id = ${userId} order by rev`;
const headOf = async (userId: UserId) => (await db`select rev, likes_count from user_heads where user_id = ${userId}`)[0];
const newUser = async (): Promise<UserId> => (await addCrowd(db, 1))[0] as UserId;

test("several entries of a user in one call get revisions in their order, and the head moves by their number", async () => {
  const [userId, other] = [await newUser(), await newUser()];
  const refs = Array.from({ length: 4 }, () => ports.ids.next<UserId>());
  // The order of the call is not that of the ids.
  const [first, second, third] = [refs[3]!, refs[0]!, refs[2]!];

  await db.begin((tx) => append(tx, [{ userId, kind: "match", ref: first }], at));
  await db.begin((tx) =>
    append(
      tx,
      [
        { userId, kind: "like", ref: third, likes: 1 },
        { userId: other, kind: "like", ref: first, likes: 1 },
        { userId, kind: "notification", ref: second },
      ],
      at,
    ),
  );

  expect(await logOf(userId)).toEqual([
    { kind: "match", ref: first, rev: 1 },
    { kind: "like", ref: third, rev: 2 },
    { kind: "notification", ref: second, rev: 3 },
  ]);
  expect(await headOf(userId)).toEqual({ rev: 3, likesCount: 1 });
  expect(await headOf(other)).toEqual({ rev: 1, likesCount: 1 });
});

test("a count falls with its entry, beside one that changes none", async () => {
  const userId = await newUser();
  const [liker, notification] = [ports.ids.next<UserId>(), ports.ids.next<UserId>()];
  await db.begin((tx) => append(tx, [{ userId, kind: "like", ref: liker, likes: 1 }], at));

  await db.begin((tx) =>
    append(
      tx,
      [
        { userId, kind: "like", ref: liker, likes: -1 },
        { userId, kind: "notification", ref: notification },
      ],
      at,
    ),
  );

  expect(await headOf(userId)).toEqual({ rev: 3, likesCount: 0 });
});

test("two matched users whose cards change at once have an entry for each of the two cards", async () => {
  const { a, b } = await couple(ports);
  const before = [await headOf(a), await headOf(b)].map((head) => Number(head?.["rev"] ?? 0));

  await db.begin((tx) =>
    appendWithMatches(
      tx,
      [a, b].map((userId) => ({ userId, kind: "profile", ref: userId })),
      at,
    ),
  );

  for (const [i, userId] of [a, b].entries()) {
    const cards = (await logOf(userId)).filter(({ kind }) => kind === "profile");
    expect(cards.map(({ ref }) => ref).toSorted()).toEqual([a, b].toSorted());
    expect(cards.map(({ rev }) => rev)).toEqual([before[i]! + 1, before[i]! + 2]);
  }
});

test("no statement outside this directory moves a head or writes to a log", () => {
  const root = join(import.meta.dirname, "..");
  const files = readdirSync(root, { recursive: true, encoding: "utf8" }).filter(
    (file) => file.endsWith(".ts") && !/\.(test|fixture)\.ts$/.test(file),
  );

  const writing = files.filter((file) => /insert into user_log|user_heads\.rev/.test(readFileSync(join(root, file), "utf8")));

  expect(writing).toEqual(["log/log.sql.ts"]);
});
