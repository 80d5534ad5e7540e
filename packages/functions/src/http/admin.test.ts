import * as routes from "@pendo/contract/routes/admin";
import { testDb } from "@pendo/core/ports/db/testDb";
import { testPorts } from "@pendo/core/ports/testPorts";
import { beforeEach, expect, test } from "vitest";
import { httpFunction } from "../middleware/http.ts";
import { call, keepingObserver, signedIn } from "../middleware/testEvents.ts";
import { handlers } from "./admin.ts";

const ports = testPorts(testDb());
const observer = keepingObserver();
const serve = httpFunction("admin", routes, handlers, { ports, clock: ports.clock, ids: ports.ids, observer });

beforeEach(() => {
  observer.bugs.length = 0;
});

test.each([
  ["0001-01-05", 400],
  ["0001-12-31", 400],
  ["1899-12-31", 400],
  ["1900-01-01", 200],
  ["2199-12-31", 200],
  ["2200-01-01", 400],
  ["9999-12-31", 400],
])("GET /v1/admin/metrics?to=%s answers %i", async (to, status) => {
  const { headers } = await signedIn(ports, ["analyst"]);

  const answer = await call(serve, routes.metrics.at, { headers, query: { to } });

  expect(answer.status).toBe(status);
  if (status === 400) expect(answer.json()).toMatchObject({ code: "input.invalid", errors: [{ pointer: "/to" }] });
  expect(observer.bugs).toEqual([]);
});
