import { limits } from "@pendo/contract/limits";
import { route } from "@pendo/contract/route";
import { Fault } from "@pendo/core/fault";
import { testDb } from "@pendo/local/db/testDb";
import { testPorts } from "@pendo/local/testPorts";
import { describe, expect, test } from "vitest";
import * as z from "zod";
import { httpFunction } from "./http.ts";
import { call, keepingObserver, signedIn } from "./testEvents.ts";

const ports = testPorts(testDb());
const open = route({
  at: "GET /v1/open",
  summary: "A test",
  auth: "public",
  input: z.strictObject({}),
  output: z.object({}),
  fails: [],
  limit: "search",
  needs: [],
});
const own = route({ ...open, at: "GET /v1/own", auth: "user", limit: "write" });
const runtime = { ports, clock: ports.clock, ids: ports.ids, observer: keepingObserver() };
const refuse = async () => {
  throw new Fault("auth.required");
};
const serve = httpFunction("things", { open, own }, { open: async () => ({}), own: refuse }, runtime);

describe("limits per address", () => {
  const allowed = async (addresses: readonly string[]): Promise<number> => {
    const answers = await Promise.all(addresses.map((ip) => call(serve, open.at, { ip })));
    return answers.filter(({ status }) => status === 200).length;
  };
  const many = (count: number, addressOf: (i: string) => string) => Array.from({ length: count }, (_, i) => addressOf(i.toString(16)));

  test("all addresses of one IPv6 /64 share a limit", async () => {
    expect(await allowed(many(200, (i) => `2001:db8:1:1::${i}`))).toBe(limits.search.max);
    expect(await allowed(["2001:db8:1:2::1"])).toBe(1);
  });

  test("all /64 of one IPv6 /48 share four times the limit", async () => {
    expect(await allowed(many(400, (i) => `2001:db8:2:${i}::1`))).toBe(4 * limits.search.max);
    expect(await allowed(["2001:db8:3::1"])).toBe(1);
  });

  test("an IPv4 address is the same when it is written as IPv6", async () => {
    expect(await allowed(many(100, (i) => (Number(`0x${i}`) % 2 ? "192.0.2.90" : "::ffff:192.0.2.90")))).toBe(limits.search.max);
  });
});

test("a 401 of an identified user counts against the user alone, and not against the guesses of the address", async () => {
  const { headers } = await signedIn(ports);
  const ip = "192.0.2.98";

  const identified = await call(serve, own.at, { headers, ip });
  const guess = await call(serve, own.at, { headers: { authorization: "Bearer a.b.c" }, ip });

  expect(identified).toMatchObject({ status: 401, headers: { "ratelimit-remaining": String(limits.write.max - 1) } });
  expect(guess).toMatchObject({ status: 401, headers: { "ratelimit-remaining": String(limits.denied.max - 1) } });
});

test("every window is so short that waiting helps", () => {
  for (const { windowSec } of Object.values(limits)) expect(windowSec).toBeLessThanOrEqual(900);
});
