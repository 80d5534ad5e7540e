import { testIds } from "../ids/testIds.fixture.ts";
import { UserId } from "@pendo/contract/ids";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { Fault } from "../../fault.ts";
import { movableClock, type MovableClock } from "../clock/clock.ts";
import { testDb } from "@pendo/local/db/testDb";
import { fallbackSearch } from "./fallback.ts";
import { openSearch } from "./opensearch.ts";
import { postgresSearch } from "./postgres.ts";
import { searchBehaviour } from "./search.behaviour.ts";
import type { ProfileDocument, Search } from "./search.ts";

const db = testDb();
const secondary = postgresSearch({ db });
const userId = UserId.parse(testIds.next());
const born = { gender: "woman", birthDate: "1990-01-01", intent: null };
const ada: ProfileDocument = { userId, name: "Fallback", bio: "", prompts: "", interests: [], lat: null, lon: null, ...born };
const query = { text: "fallback", limit: 10 };

async function admit(userIds: readonly UserId[]): Promise<void> {
  const at = new Date();
  await db`insert into users ${db(userIds.map((id) => ({ id, createdAt: at, lastActiveAt: at })))} on conflict do nothing`;
}

let broken: boolean;
let calls: string[];
let fallbacks: unknown[];
let clock: MovableClock;
let search: Search;

/** A primary that can be broken, and that answers nobody, so that it can be told from the secondary. */
function primary(): Search {
  async function call(name: string): Promise<void> {
    calls.push(name);
    if (broken) throw new Fault("store.unavailable");
  }
  const find: Search["find"] = async ({ after }) => {
    await call("find");
    if (after === "bad") throw new Fault("input.invalid");
    return { userIds: [], next: null };
  };
  return { index: () => call("index"), remove: () => call("remove"), refresh: () => call("refresh"), ping: () => call("ping"), find };
}

describe("search with a fallback", () => {
  beforeEach(async () => {
    [broken, calls, fallbacks, clock] = [false, [], [], movableClock()];
    search = fallbackSearch({ primary: primary(), secondary, clock, onFallback: (error) => void fallbacks.push(error) });
    await admit([userId]);
    await secondary.index([ada]);
  });

  test("the primary answers as long as it can", async () => {
    expect((await search.find(query)).userIds).toEqual([]);
    expect(fallbacks).toEqual([]);
  });

  test("a search that the primary fails is answered by the secondary, and counted", async () => {
    broken = true;
    expect((await search.find(query)).userIds).toEqual([userId]);
    expect(fallbacks).toEqual([new Fault("store.unavailable")]);
  });

  test("after three failures in a row the primary rests for ten seconds; then one search of many tries it again", async () => {
    broken = true;
    for (let time = 0; time < 5; time += 1) expect((await search.find(query)).userIds).toEqual([userId]);
    expect(calls).toHaveLength(3);
    expect(fallbacks.slice(3)).toEqual([null, null]);
    clock.advance(10_100);
    const many = await Promise.all(Array.from({ length: 10 }, () => search.find(query)));
    expect(many.every((hits) => hits.userIds.length === 1)).toBe(true);
    expect(calls).toHaveLength(4);
    broken = false;
    clock.advance(10_100);
    await search.find(query);
    await search.find(query);
    expect(calls).toHaveLength(6);
  });

  test("failures with successes between them don't open the breaker", async () => {
    for (let time = 0; time < 12; time += 1) {
      broken = time % 3 !== 2;
      await search.find(query);
    }
    expect(calls).toHaveLength(12);
  });

  test("a bad position is the caller's fault: no fallback, no failure", async () => {
    for (let time = 0; time < 5; time += 1) {
      await expect(search.find({ ...query, after: "bad" })).rejects.toMatchObject({ code: "input.invalid" });
    }
    expect(calls).toHaveLength(5);
    expect(fallbacks).toEqual([]);
  });

  test("a write that the primary misses is in the secondary and throws, so that the queue brings it again", async () => {
    broken = true;
    await expect(search.index([{ ...ada, name: "Rewritten" }])).rejects.toMatchObject({ code: "store.unavailable" });
    expect((await secondary.find({ text: "rewritten", limit: 10 })).userIds).toEqual([userId]);
    await expect(search.remove([userId])).rejects.toMatchObject({ code: "store.unavailable" });
    expect((await secondary.find({ text: "rewritten", limit: 10 })).userIds).toEqual([]);
  });

  test("writes go to the primary too, and it need not be up for search to be ready", async () => {
    await search.index([ada]);
    await search.remove([userId]);
    await search.refresh();
    expect(calls).toEqual(["index", "remove", "refresh"]);
    broken = true;
    await search.ping();
  });

  afterAll(() => secondary.remove([userId]));
});

/** Writes pass, reads find the cluster gone: the whole behaviour must come from PostgreSQL. */
const gone = openSearch({ url: "http://127.0.0.1:1", index: "people", findTimeoutMs: 500 });
const pass = async () => {};
const degraded = fallbackSearch({
  primary: { ...gone, index: pass, remove: pass, refresh: pass },
  secondary,
  clock: movableClock(),
  onFallback: () => {},
});
searchBehaviour("PostgreSQL while OpenSearch is gone", () => ({ search: degraded, admit }));
