import { route } from "@pendo/contract/route";
import { testDb } from "@pendo/local/db/testDb";
import { testPorts } from "@pendo/local/testPorts";
import { expect, test } from "vitest";
import * as z from "zod";
import { httpFunction } from "./http.ts";
import { call, keepingObserver } from "./testEvents.ts";

const db = testDb();
const ports = testPorts(db);
const base = { summary: "A test", auth: "public", fails: [], limit: "public", needs: [] } as const;
const name = z.object({ name: z.string() });
const specs = {
  read: route({ ...base, at: "GET /v1/things/{name}", input: z.strictObject({ name: z.string() }), output: name }),
  rewind: route({ ...base, at: "POST /v1/things/rewind", input: z.strictObject({}), output: name }),
};
const serve = httpFunction(
  "things",
  specs,
  { read: async (_ctx: unknown, input: { name: string }) => input, rewind: async () => ({ name: "rewound" }) },
  { ports, clock: ports.clock, ids: ports.ids, observer: keepingObserver() },
);

test.each(["❤️", "%E2%9D%A4%EF%B8%8F"])("a value of the path is the same, decoded by the gateway or not: %s", async (sent) => {
  expect((await call(serve, specs.read.at, { path: { name: sent } })).json()).toEqual({ name: "❤️" });
});

test("a broken escape in a path is the value itself", async () => {
  expect((await call(serve, specs.read.at, { path: { name: "100%" } })).json()).toEqual({ name: "100%" });
});

test("an address of its own answers another method with 405 and those it has, not as a value of a wider address", async () => {
  const answer = await call(serve, specs.read.at, { rawPath: "/v1/things/rewind", path: { name: "rewind" } });

  expect(answer).toMatchObject({ status: 405, headers: { allow: "POST" } });
  expect(answer.json()).toMatchObject({ code: "route.methodNotAllowed" });
  expect((await call(serve, specs.rewind.at)).json()).toEqual({ name: "rewound" });
});
