import { testIds } from "../ids/testIds.fixture.ts";
import { UserId } from "@pendo/contract/ids";
import { beforeAll, describe, expect, test } from "vitest";
import type { ProfileDocument, ProfileQuery, Search } from "./search.ts";

/** An empty search to test; `admit` makes users exist, where the engine cares. */
export interface SearchSubject {
  readonly search: Search;
  readonly admit: (userIds: readonly UserId[]) => Promise<void>;
}

const berlin = { lat: 52.52, lon: 13.405 };
const potsdam = { lat: 52.39, lon: 13.06 };
const tokyo = { lat: 35.68, lon: 139.69 };

function profile(name: string, more: Partial<ProfileDocument> = {}): ProfileDocument {
  return {
    userId: UserId.parse(testIds.next()),
    name,
    bio: "",
    prompts: "",
    interests: [],
    gender: "woman",
    birthDate: "1995-06-15",
    intent: "relationship",
    ...berlin,
    ...more,
  };
}

const people = {
  ada: profile("Ada", { bio: "Loves rock-climbing and don't-ask-me coffee", interests: ["Climbing", "Coffee"] }),
  zoe: profile("Zoë", { prompts: "My ideal Sunday: climbing hills with Ada", interests: ["Hiking"], birthDate: "1990-01-01", ...potsdam }),
  max: profile("Max", { gender: "man", bio: "Café owner", intent: "casual", birthDate: "2000-12-31" }),
  yuki: profile("雪 Yuki", { gender: "nonbinary", intent: null, bio: "東京 ramen", ...tokyo, interests: ["CLIMBING"] }),
  nowhere: profile("Nils", { gender: "man", lat: null, lon: null, bio: "rocky 1e5 b2b O'Brien a&b :* !" }),
};
type Person = keyof typeof people;

export function searchBehaviour(name: string, subject: () => SearchSubject): void {
  async function found(query: Partial<ProfileQuery>): Promise<Person[]> {
    const { userIds } = await subject().search.find({ text: "", limit: 50, ...query });
    const known = Object.entries(people).filter(([, person]) => userIds.includes(person.userId));
    expect(known).toHaveLength(userIds.length);
    return known.map(([who]) => who as Person).toSorted();
  }

  describe(`search on ${name}`, () => {
    beforeAll(async () => {
      const { search, admit } = subject();
      await admit(Object.values(people).map((person) => person.userId));
      await search.index(Object.values(people));
      await search.refresh();
    });

    test.each<[string, Person[]]>([
      ["", ["ada", "max", "nowhere", "yuki", "zoe"]],
      ["   ", ["ada", "max", "nowhere", "yuki", "zoe"]],
      ["climbing", ["ada", "yuki", "zoe"]],
      ["CLIMB", ["ada", "yuki", "zoe"]],
      ["climb coffee", []],
      ["climbing coff", ["ada"]],
      ["coffee climb", ["ada"]],
      ["ada", ["ada", "zoe"]],
      ["zoe", ["zoe"]],
      ["ZOË", ["zoe"]],
      ["cafe", ["max"]],
      ["cafés", []],
      ["rock", ["ada", "nowhere"]],
      ["rock climbing", ["ada"]],
      ["rock-climbing", ["ada"]],
      ["雪", ["yuki"]],
      ["東京 ra", ["yuki"]],
      ["1e5", ["nowhere"]],
      ["b2b", ["nowhere"]],
      ["o'brien", ["nowhere"]],
      ["Sunday hills", ["zoe"]],
      ["sun hills", []],
      ["AND", ["ada"]],
    ])("%j finds exactly %j", async (text, expected) => {
      expect(await found({ text })).toEqual(expected);
    });

    test.each(["!!!", "'", "\\", ":*", "&", "'; drop table users; --", "(", "\u{1f680}", "*", "a".repeat(500)])(
      "the text %j means nothing to the engine and finds nobody",
      async (text) => {
        expect(await found({ text })).toEqual([]);
      },
    );

    testFilters(found);
    testChanges(subject, found);
    testPages(subject);

    test("ping answers", async () => {
      await expect(subject().search.ping()).resolves.toBeUndefined();
    });
  });
}

type Find = (query: Partial<ProfileQuery>) => Promise<Person[]>;

function testFilters(found: Find): void {
  test.each<[string, Partial<ProfileQuery>, Person[]]>([
    ["one gender", { genders: ["man"] }, ["max", "nowhere"]],
    ["several genders", { genders: ["woman", "nonbinary"] }, ["ada", "yuki", "zoe"]],
    ["no gender chosen: any", { genders: [] }, ["ada", "max", "nowhere", "yuki", "zoe"]],
    ["intents; who has none is not found", { intents: ["relationship", "casual"] }, ["ada", "max", "nowhere", "zoe"]],
    ["any of the interests, in any case", { interests: ["climbing", "hiking"] }, ["ada", "yuki", "zoe"]],
    ["an interest as a whole, not a part of it", { interests: ["climb"] }, []],
    ["born after a day, that day excluded", { bornAfter: "1995-06-15" }, ["max"]],
    ["born after the day before", { bornAfter: "1995-06-14" }, ["ada", "max", "nowhere", "yuki"]],
    ["born before a day, that day included", { bornBefore: "1990-01-01" }, ["zoe"]],
    ["born before a day earlier", { bornBefore: "1989-12-31" }, []],
    ["near, where nobody without a place is found", { near: { ...berlin, radiusKm: 5 } }, ["ada", "max"]],
    ["near, the neighbouring town (28 km) included", { near: { ...berlin, radiusKm: 40 } }, ["ada", "max", "zoe"]],
    ["near means a circle and not a box around it", { near: { ...berlin, radiusKm: 26 } }, ["ada", "max"]],
    ["near, across the date line", { near: { lat: 35, lon: -175, radiusKm: 5000 } }, ["yuki"]],
    [
      "text and all filters together",
      {
        text: "climb",
        genders: ["woman"],
        intents: ["relationship"],
        bornAfter: "1989-12-31",
        bornBefore: "1994-01-01",
        near: { ...berlin, radiusKm: 40 },
      },
      ["zoe"],
    ],
  ])("filters: %s", async (_, query, expected) => {
    expect(await found(query)).toEqual(expected);
  });
}

function testChanges(subject: () => SearchSubject, found: Find): void {
  test("a document that is indexed again replaces the one before; of two in one batch the later counts", async () => {
    const { search } = subject();
    await search.index([
      { ...people.max, bio: "first draft" },
      { ...people.max, bio: "gardener" },
    ]);
    await search.refresh();
    expect(await found({ text: "draft" })).toEqual([]);
    expect(await found({ text: "cafe" })).toEqual([]);
    expect(await found({ text: "gardener" })).toEqual(["max"]);
    await search.index([people.max]);
    await search.refresh();
  });

  test("who is removed is not found; removing again, nobody, or a stranger is fine", async () => {
    const { search } = subject();
    await search.remove([people.zoe.userId]);
    await search.remove([people.zoe.userId, UserId.parse(testIds.next())]);
    await search.remove([]);
    await search.index([]);
    await search.refresh();
    expect(await found({ text: "climbing" })).toEqual(["ada", "yuki"]);
    await search.index([people.zoe]);
    await search.refresh();
    expect(await found({ text: "climbing" })).toEqual(["ada", "yuki", "zoe"]);
  });
}

function testPages(subject: () => SearchSubject): void {
  test("pages run through everybody once, names first, while other documents come and go", async () => {
    const { search, admit } = subject();
    const crowd = Array.from({ length: 57 }, (_, at) =>
      profile(at % 5 === 0 ? "Robin" : "Sam", { userId: UserId.parse(testIds.next()), bio: `crowd robin ${at}`, gender: "crowd" }),
    );
    await admit(crowd.map((person) => person.userId));
    await search.index(crowd);
    await search.refresh();
    const seen: UserId[] = [];
    let after: string | undefined;
    for (let pages = 0; pages < 20; pages += 1) {
      const hits = await search.find({ text: "robin", genders: ["crowd"], limit: 10, ...(after === undefined ? {} : { after }) });
      expect(hits.userIds.length).toBe(hits.next === null ? 7 : 10);
      seen.push(...hits.userIds);
      if (hits.next === null) break;
      after = hits.next;
      // Somebody who is read already changes, which moves all scores that a worse order would hang on.
      const [moved] = crowd.filter((person) => person.userId === seen[0]);
      await search.index(moved ? [{ ...moved, bio: `${moved.bio} robin robin robin` }] : []);
      await search.refresh();
    }
    const newestFirst = crowd.toSorted((one, other) => (one.userId < other.userId ? 1 : -1));
    const inName = newestFirst.filter((person) => person.name === "Robin");
    const others = newestFirst.filter((person) => person.name !== "Robin");
    expect(seen).toEqual([...inName, ...others].map((person) => person.userId));
    await search.remove(crowd.map((person) => person.userId));
    await search.refresh();
  });

  test("a page that is exactly full has no next one", async () => {
    const { search } = subject();
    expect((await search.find({ text: "climbing", limit: 3 })).next).toBeNull();
    expect((await search.find({ text: "climbing", limit: 2 })).next).not.toBeNull();
  });

  test.each(["", "x", "WzIsIngiXQ", "W10"])("the position %j, which no page gave out, is input.invalid", async (after) => {
    await expect(subject().search.find({ text: "", limit: 10, after })).rejects.toMatchObject({ code: "input.invalid" });
  });
}
