import type { IncomingMessage } from "node:http";
import { isIP } from "node:net";
import { addressIn, rangesOf } from "@pendo/core/network/address";
import { networksOf } from "@pendo/core/network/network";
import { fc } from "@pendo/engine/fastCheck.fixture";
import { describe, expect, test } from "vitest";
import { httpEvent, sourceOf, targetOf } from "./httpEvent.ts";

const request = (about: { url?: string; headers?: Record<string, string>; peer?: string; port?: number } = {}) =>
  ({
    url: about.url ?? "/",
    headers: about.headers ?? {},
    httpVersion: "1.1",
    method: "GET",
    socket: { remoteAddress: about.peer ?? "203.0.113.9", remotePort: about.port ?? 50_000 },
  }) as unknown as IncomingMessage;
const queryOf = (query: string) =>
  httpEvent(request(), { path: "/v1/x", query }, { routeKey: "GET /v1/x", pathParameters: {} }, Buffer.alloc(0), {
    requestId: "id",
    source: "203.0.113.9",
  }).queryStringParameters;

test("the query is what a form would say: repeated names joined by commas, + a space, escapes decoded once", () => {
  expect(queryOf("a=1&a=2&b=x+y&c=%2541&d&e=&f=%00&g=%ff&a=3")).toEqual({
    a: "1,2,3",
    b: "x y",
    c: "%41",
    d: "",
    e: "",
    f: "\0",
    g: "\ufffd",
  });
  expect(queryOf("")).toBeUndefined();
});

test("names that objects have by themselves are parameters like any other", () => {
  const query = queryOf("__proto__=1&constructor=2&toString=3&__proto__=4") ?? {};
  expect(Object.entries(query)).toEqual([
    ["__proto__", "1,4"],
    ["constructor", "2"],
    ["toString", "3"],
  ]);
  expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
});

test("the target is taken as it was sent, and the address of a proxy's request is left away", () => {
  expect(targetOf(request({ url: "/v1/a/../b?x=1?y" }))).toEqual({ path: "/v1/a/../b", query: "x=1?y" });
  expect(targetOf(request({ url: "http://pendo.example:80/v1/a?x" }))).toEqual({ path: "/v1/a", query: "x" });
  expect(targetOf(request({ url: "HTTPS://pendo.example" }))).toEqual({ path: "/", query: "" });
  expect(targetOf(request({ url: "http://pendo.example?x" }))).toEqual({ path: "/", query: "x" });
  expect(targetOf(request({ url: "//evil.example/v1" }))).toEqual({ path: "//evil.example/v1", query: "" });
});

describe("who calls", () => {
  const isTrusted = rangesOf(["127.0.0.0/8", "::1", "10.0.0.0/8"]);
  const via = (peer: string, forwarded?: string, trusted = isTrusted) =>
    sourceOf(request({ peer, ...(forwarded !== undefined && { headers: { "x-forwarded-for": forwarded } }) }), trusted);

  test("without trusted proxies it is the peer, whatever is forwarded", () => {
    for (const peer of ["203.0.113.9", "127.0.0.1", "10.0.0.1"]) expect(via(peer, "198.51.100.1", rangesOf([]))).toBe(peer);
    expect(via("203.0.113.9", "198.51.100.1")).toBe("203.0.113.9");
    expect(via("::ffff:203.0.113.9")).toBe("203.0.113.9");
  });

  test.each([
    ["192.0.2.66, 198.51.100.1", "198.51.100.1"],
    ["198.51.100.1, 10.1.1.1, 127.0.0.1", "198.51.100.1"],
    ["1.2.3.4:5678", "1.2.3.4"],
    ["junk, 1.2.3.4:5678", "1.2.3.4"],
    ["[2001:db8::1]:443", "2001:db8::1"],
    ["2001:db8::1", "2001:db8::1"],
    ["::ffff:198.51.100.1", "198.51.100.1"],
    ["10.9.9.9, 10.1.1.1", "10.9.9.9"],
  ])("behind trusted proxies %j is the rightmost address that is no proxy's", (forwarded, source) => {
    for (const peer of ["127.0.0.1", "127.8.8.8", "::1", "::ffff:127.0.0.1", "10.0.0.1"]) expect(via(peer, forwarded)).toBe(source);
  });

  test("an entry that is no address ends the walk, and the last trusted proxy before it is counted", () => {
    for (const junk of [
      ...["", " ", ",", "unknown", "_hidden", "3325256705", "198.051.100.001", "0xC6.51.100.7", "198.51.100", "9".repeat(5000)],
      ...["198.51.100.1,", "198.51.100.1, garbage", "198.51.100.1, unknown", "198.51.100.1 198.51.100.2", "1.2.3.4:", "[2001:db8::1"],
    ]) {
      expect(via("127.0.0.1", junk)).toBe("127.0.0.1");
      expect(via("127.0.0.1", `${junk}, 10.1.1.1`)).toBe("10.1.1.1");
    }
  });
});

/** Parts of the headers that proxies and attackers write. */
const entry = fc.oneof(
  fc.ipV4(),
  fc.ipV6(),
  fc.ipV4().map((address) => `${address}:${address.length}`),
  fc.constantFrom(
    "10.1.1.1",
    "127.0.0.1",
    "::1",
    "unknown",
    "_x",
    "",
    " ",
    "3325256705",
    "198.051.100.001",
    "[::1",
    "1.2.3",
    "fe80::1%eth0",
  ),
  fc.string({ unit: "binary-ascii", maxLength: 50 }),
);

test("whatever X-Forwarded-For says, a network is counted, and requests with the same junk count as one", async () => {
  const isTrusted = rangesOf(["127.0.0.0/8", "10.0.0.0/8"]);
  await fc.assert(
    fc.asyncProperty(fc.array(entry, { maxLength: 30 }), fc.string({ maxLength: 50 }), async (entries, last) => {
      const from = (port: number, forwarded: string) =>
        sourceOf(request({ headers: { "x-forwarded-for": forwarded }, peer: "127.0.0.1", port }), isTrusted);
      const source = from(50_000, entries.join(","));
      const [{ name }] = await networksOf(source);

      expect(isIP(source)).not.toBe(0);
      expect(name).not.toBe("");
      expect(from(50_001, entries.join(","))).toBe(source);
      // What varies in an entry that is no address gives no new count.
      if (!last.split(",").some((text) => addressIn(text) !== null)) expect(from(50_002, `${entries.join(",")},${last}`)).toBe("127.0.0.1");
    }),
    { numRuns: 2000 },
  );
});
