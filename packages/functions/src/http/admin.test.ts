import * as routes from "@pendo/contract/routes/admin";
import { testDb } from "@pendo/local/db/testDb";
import { testPorts } from "@pendo/local/testPorts";
import { beforeEach, describe, expect, test } from "vitest";
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

  const answer = await call(serve, routes.getMetrics.at, { headers, query: { to } });

  expect(answer.status).toBe(status);
  if (status === 400) expect(answer.json()).toMatchObject({ code: "input.invalid", errors: [{ pointer: "/to" }] });
  expect(observer.bugs).toEqual([]);
});

describe("staff routes", () => {
  const read = async ({ headers }: { headers: Record<string, string> }) => {
    const { status, json } = await call(serve, routes.getMetrics.at, { headers });
    return [status, json()["code"]];
  };

  test("refuse a session that was ended, also when the cache has lost its mark", async () => {
    const staff = await signedIn(ports, ["analyst"]);
    expect(await read(staff)).toEqual([200, undefined]);
    await ports.db`update sessions set revoked_at = now(), revoke_reason = 'revoked' where id = ${staff.sessionId}`;
    expect(await read(staff)).toEqual([401, "auth.tokenInvalid"]);
  });

  test("refuse a user who is suspended", async () => {
    const staff = await signedIn(ports, ["admin"]);
    await ports.db`update users set status = 'suspended' where id = ${staff.userId}`;
    expect(await read(staff)).toEqual([403, "account.suspended"]);
  });

  test("go by the roles of now, not by those of the token", async () => {
    const [lost, won] = [await signedIn(ports, ["analyst"]), await signedIn(ports)];
    await ports.db`delete from staff_roles where user_id = ${lost.userId}`;
    await ports.db`insert into staff_roles (user_id, role, granted_at) values (${won.userId}, 'analyst', now())`;
    expect(await read(lost)).toEqual([403, "auth.forbidden"]);
    expect(await read(won)).toEqual([200, undefined]);
  });
});
