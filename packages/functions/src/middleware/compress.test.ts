import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { route } from "@pendo/contract/route";
import { testDb } from "@pendo/local/db/testDb";
import { testPorts } from "@pendo/local/testPorts";
import { expect, test } from "vitest";
import * as z from "zod";
import { acceptedCoding } from "./compress.ts";
import { httpFunction } from "./http.ts";
import { call, keepingObserver } from "./testEvents.ts";

const db = testDb();
const ports = testPorts(db);
const text = "Ada wrote to Zoë. ".repeat(500);
const base = { summary: "A test", auth: "public", input: z.strictObject({}), fails: [], limit: "public", needs: [] } as const;
const specs = {
  large: route({ ...base, at: "GET /large", output: z.object({ text: z.string() }) }),
  small: route({ ...base, at: "GET /small", output: z.object({ text: z.string() }) }),
  cached: route({ ...base, at: "GET /cached", output: z.object({ text: z.string() }), cache: { maxAgeSec: 9, scope: "public" } }),
};
const serve = httpFunction(
  "things",
  specs,
  { large: async () => ({ text }), small: async () => ({ text: "short" }), cached: async () => ({ text }) },
  { ports, clock: ports.clock, ids: ports.ids, observer: keepingObserver() },
);
const get = (at: "GET /large" | "GET /small" | "GET /cached", accept?: string, more: Record<string, string> = {}) =>
  call(serve, at, { headers: { ...(accept !== undefined && { "accept-encoding": accept }), ...more } });

test.each([
  ["gzip, deflate, br", "br", brotliDecompressSync],
  ["gzip", "gzip", gunzipSync],
  ["gzip;q=1.0, br;q=0.1", "gzip", gunzipSync],
] as const)("a client that accepts %s gets %s", async (accept, coding, decompress) => {
  const answer = await get("GET /large", accept);

  expect(answer).toMatchObject({ status: 200, isBase64: true, headers: { "content-encoding": coding, vary: "accept-encoding" } });
  const bytes = Buffer.from(answer.text, "base64");
  expect(JSON.parse(decompress(bytes).toString("utf8"))).toEqual({ text });
  expect(bytes.length).toBeLessThan(text.length / 20);
});

test.each([undefined, "", "identity", "deflate", "br;q=0, gzip;q=0", "*;q=0"])(
  "a client that accepts %j gets the bare text",
  async (accept) => {
    const answer = await get("GET /large", accept);

    expect([answer.isBase64, answer.headers["content-encoding"], answer.headers["vary"]]).toEqual([false, undefined, "accept-encoding"]);
    expect(answer.json()).toEqual({ text });
  },
);

test("what is small is not compressed", async () => {
  expect((await get("GET /small", "br")).json()).toEqual({ text: "short" });
});

test("a tag is good for every coding: 304 answers it, compressed or not", async () => {
  const [bare, compressed] = [await get("GET /cached"), await get("GET /cached", "br")];
  const etag = compressed.headers["etag"] ?? "";

  expect(etag).toMatch(/^W\/"/);
  expect(bare.headers["etag"]).toBe(etag);
  for (const accept of ["br", "identity"])
    expect(await get("GET /cached", accept, { "if-none-match": etag })).toMatchObject({ status: 304, text: "", headers: { etag } });
});

test.each([
  ["*", "br"],
  ["x-gzip", "gzip"],
  ["br;q=0.5, *", "gzip"],
  ["identity, gzip;q=0.5", null],
  ["br;q=nonsense", null],
  [" GZIP ; q=0.8 ", "gzip"],
])("of %j the coding is %j", (header, coding) => {
  expect(acceptedCoding(header)).toBe(coding);
});
