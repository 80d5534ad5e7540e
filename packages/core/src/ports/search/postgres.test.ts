import { testIds } from "../ids/testIds.fixture.ts";
import { UserId } from "@pendo/contract/ids";
import { expect, test } from "vitest";
import { testDb } from "@pendo/local/db/testDb";
import { postgresSearch } from "./postgres.ts";
import { searchBehaviour } from "./search.behaviour.ts";
import type { ProfileDocument } from "./search.ts";

const db = testDb();
const search = postgresSearch({ db });
const at = new Date();

async function admit(userIds: readonly UserId[]): Promise<void> {
  await db`insert into users ${db(userIds.map((id) => ({ id, createdAt: at, lastActiveAt: at })))}`;
}

searchBehaviour("PostgreSQL", () => ({ search, admit }));

function document(userId: UserId): ProfileDocument {
  const born = { birthDate: "1990-01-01", gender: "woman", intent: null };
  return { userId, name: "Eve", bio: "stranger", prompts: "", interests: [], lat: null, lon: null, ...born };
}

test("a document of a user who was purged meanwhile is dropped, the others of its batch are kept", async () => {
  const [purged, kept] = [UserId.parse(testIds.next()), UserId.parse(testIds.next())];
  await admit([kept]);
  await search.index([document(purged), document(kept)]);
  expect((await search.find({ text: "stranger", limit: 10 })).userIds).toEqual([kept]);
});

test("a word longer than the index takes is cut between two characters, and found", async () => {
  const userId = UserId.parse(testIds.next());
  await admit([userId]);
  const long = `${"a".repeat(63)}\u{20000}${"b".repeat(20)}`;
  await search.index([{ ...document(userId), bio: long }]);
  expect((await search.find({ text: long, limit: 10 })).userIds).toEqual([userId]);
});

test("batches that meet in opposite order, and removals among them, don't lock each other out", async () => {
  const users = Array.from({ length: 200 }, () => UserId.parse(testIds.next()));
  await admit(users);
  const documents = users.map(document);
  const backwards = documents.toReversed();
  const meeting = Promise.all(
    Array.from({ length: 8 }, (_, turn) => {
      if (turn % 4 === 3) return search.remove(turn % 8 === 3 ? users : users.toReversed());
      return search.index(turn % 2 ? documents : backwards);
    }),
  );
  await expect(meeting).resolves.toHaveLength(8);
});

test("words, interests and places are found through their indexes", async () => {
  const users = Array.from({ length: 3000 }, () => UserId.parse(testIds.next()));
  await admit(users);
  await search.index(
    users.map((userId, place) => ({
      ...document(userId),
      bio: `word${place}`,
      interests: [`interest${place}`],
      lat: (place % 170) - 85,
      lon: (place % 350) - 175,
    })),
  );
  await db`vacuum analyze search_documents`;
  const plan = async (condition: string) =>
    JSON.stringify(await db.unsafe(`explain select user_id from search_documents where ${condition}`));
  expect(await plan(`words @@ '''word12''' ::tsquery`)).toContain("search_documents_words");
  expect(await plan(`interests && '{interest12}'`)).toContain("search_documents_interests");
  expect(await plan(`earth_box(ll_to_earth(52, 13), 5000) @> ll_to_earth(lat, lon)`)).toContain("search_documents_near");
});
