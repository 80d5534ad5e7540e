import { testIds } from "../ids/testIds.fixture.ts";
import { randomBytes } from "node:crypto";
import { UserId } from "@pendo/contract/ids";
import { Client } from "@opensearch-project/opensearch";
import { afterAll, describe, expect, test } from "vitest";
import { testDb } from "@pendo/local/db/testDb";
import { movableClock } from "../clock/clock.ts";
import { fallbackSearch } from "./fallback.ts";
import { openSearch } from "./opensearch.ts";
import { postgresSearch } from "./postgres.ts";
import { searchBehaviour } from "./search.behaviour.ts";
import type { ProfileDocument } from "./search.ts";

const url = process.env["OPENSEARCH_URL"] ?? "";
if (url === "") {
  process.stderr.write(
    '\n!!! OPENSEARCH_URL is not set: search did NOT run on a real OpenSearch. `npm run opensearch -- --command "npm test"` starts one. !!!\n\n',
  );
}

const where = url === "" ? "NO OpenSearch (OPENSEARCH_URL is not set)" : "a real OpenSearch";
const db = testDb();
const name = () => `test-${randomBytes(6).toString("hex")}`;
const nobody = async () => {};

describe.skipIf(url === "")(`on ${where}`, () => {
  const client = new Client({ node: url === "" ? "http://127.0.0.1:1" : url });
  afterAll(async () => {
    await client.indices.delete({ index: "test-*" });
    await client.indices.deleteIndexTemplate({ name: "test-*" });
    await client.close();
  });

  const alone = openSearch({ url, index: name() });
  searchBehaviour("OpenSearch", () => ({ search: alone, admit: nobody }));

  const both = fallbackSearch({
    primary: openSearch({ url, index: name() }),
    secondary: postgresSearch({ db }),
    clock: movableClock(),
    onFallback: fail,
  });
  searchBehaviour("OpenSearch before PostgreSQL", () => ({ search: both, admit }));

  testIndex(client);
  testSameAnswers();
});

function fail(error: unknown): never {
  throw new Error("the primary did not answer", { cause: error });
}

async function admit(userIds: readonly UserId[]): Promise<void> {
  const at = new Date();
  await db`insert into users ${db(userIds.map((id) => ({ id, createdAt: at, lastActiveAt: at })))}`;
}

function person(place: number): ProfileDocument {
  const lists = [["hiking"], ["film", "tea"], []];
  return {
    userId: UserId.parse(testIds.next()),
    name: ["Ada", "Bo", "Cy"][place % 3] ?? "",
    bio: `${["red", "green"][place % 2]} word${place % 7}`,
    prompts: "ada tea",
    interests: lists[place % 3] ?? [],
    gender: ["woman", "man"][place % 2] ?? "",
    birthDate: `${1980 + (place % 25)}-05-05`,
    intent: null,
    lat: 50 + (place % 10) / 10,
    lon: 10 + (place % 13) / 10,
  };
}

function testIndex(client: Client): void {
  test("the index is made once by many at the same time, with our mapping", async () => {
    const index = name();
    const searches = Array.from({ length: 6 }, () => openSearch({ url, index }));
    await Promise.all(searches.map((search, place) => search.index([person(place)])));
    await searches[0]?.refresh();
    expect((await searches[1]?.find({ text: "word", limit: 10 }))?.userIds).toHaveLength(6);
    const { body } = await client.indices.getMapping({ index });
    expect(body[index]?.mappings).toMatchObject({
      dynamic: "strict",
      properties: { place: { type: "geo_point" }, gender: { type: "keyword" } },
    });
  });

  test("an index that is missing is store.unavailable to readers and not an empty answer", async () => {
    const search = openSearch({ url, index: name() });
    await expect(search.find({ text: "", limit: 10 })).rejects.toMatchObject({ code: "store.unavailable" });
  });

  test("an index that is deleted under us comes back with its mapping at the next write", async () => {
    const index = name();
    const search = openSearch({ url, index });
    await search.index([person(1)]);
    await client.indices.delete({ index });
    await search.index([person(2)]);
    const { body } = await client.indices.getMapping({ index });
    expect(body[index]?.mappings).toMatchObject({ dynamic: "strict" });
  });

  test("a document that the engine refuses throws after the others were written", async () => {
    const search = openSearch({ url, index: name() });
    const good = person(3);
    await expect(search.index([{ ...person(4), birthDate: "someday" }, good])).rejects.toThrow("OpenSearch refused 1 of 2 documents");
    await search.refresh();
    expect((await search.find({ text: "", limit: 10 })).userIds).toEqual([good.userId]);
  });
}

function testSameAnswers(): void {
  test("OpenSearch and PostgreSQL answer the same people in the same order, and one continues the other's pages", async () => {
    const [primary, secondary] = [openSearch({ url, index: name() }), postgresSearch({ db })];
    const crowd = Array.from({ length: 300 }, (_, place) => person(place));
    await db`delete from search_documents`;
    await admit(crowd.map((each) => each.userId));
    for (const search of [primary, secondary]) {
      await search.index(crowd);
      await search.refresh();
    }
    const born = { bornAfter: "1985-01-01", bornBefore: "1999-01-01" };
    const queries = [
      { text: "ada" },
      { text: "red w" },
      { text: "tea ad", genders: ["man"] },
      { text: "", interests: ["tea"], ...born },
      { text: "green", near: { lat: 50.3, lon: 10.5, radiusKm: 40 } },
    ];
    for (const query of queries) {
      const pages: string[][] = [[], []];
      for (const turn of [0, 1]) {
        let after: string | null | undefined;
        for (let number = 0; after !== null; number += 1) {
          const search = (number + turn) % 2 ? secondary : primary;
          const hits = await search.find({ ...query, limit: 9, ...(after === undefined ? {} : { after }) });
          pages[turn]?.push(...hits.userIds);
          after = hits.next;
        }
      }
      expect(pages[0]?.length).toBeGreaterThan(9);
      expect(pages[0]).toEqual(pages[1]);
    }
  });
}
