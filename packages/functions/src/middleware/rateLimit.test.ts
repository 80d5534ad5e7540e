import { limits } from "@pendo/contract/limits";
import { route } from "@pendo/contract/route";
import { testDb } from "@pendo/core/ports/db/testDb";
import { testPorts } from "@pendo/core/ports/testPorts";
import { describe, expect, test } from "vitest";
import * as z from "zod";
import { httpFunction } from "./http.ts";
import { call, keepingObserver } from "./testEvents.ts";

const ports = testPorts(testDb());
const open = route({
  at: "GET /v1/open",
  summary: "A test",
  auth: "public",
  input: z.strictObject({}),
  output: z.object({}),
  fails: [],
  limit: "auth",
  needs: [],
});
const runtime = { ports, clock: ports.clock, ids: ports.ids, observer: keepingObserver() };
const serve = httpFunction("things", { open }, { open: async () => ({}) }, runtime);

describe("limits per address", () => {
  const allowed = async (addresses: readonly string[]): Promise<number> => {
    const answers = await Promise.all(addresses.map((ip) => call(serve, open.at, { ip })));
    return answers.filter(({ status }) => status === 200).length;
  };
  const many = (count: number, addressOf: (i: string) => string) => Array.from({ length: count }, (_, i) => addressOf(i.toString(16)));

  test("all addresses of one IPv6 /64 share a limit", async () => {
    expect(await allowed(many(200, (i) => `2001:db8:1:1::${i}`))).toBe(limits.auth.max);
    expect(await allowed(["2001:db8:1:2::1"])).toBe(1);
  });

  test("all /64 of one IPv6 /48 share four times the limit", async () => {
    expect(await allowed(many(400, (i) => `2001:db8:2:${i}::1`))).toBe(4 * limits.auth.max);
    expect(await allowed(["2001:db8:3::1"])).toBe(1);
  });

  test("an IPv4 address is the same when it is written as IPv6", async () => {
    expect(await allowed(many(100, (i) => (Number(`0x${i}`) % 2 ? "192.0.2.90" : "::ffff:192.0.2.90")))).toBe(limits.auth.max);
  });
});

test("every window is so short that waiting helps", () => {
  for (const { windowSec } of Object.values(limits)) expect(windowSec).toBeLessThanOrEqual(900);
});
