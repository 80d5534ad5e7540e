import * as routes from "@pendo/contract/routes/devices";
import { testDb } from "@pendo/local/db/testDb";
import { testPorts } from "@pendo/local/testPorts";
import { expect, test } from "vitest";
import { httpFunction } from "../middleware/http.ts";
import { call, keepingObserver } from "../middleware/testEvents.ts";
import { handlers } from "./devices.ts";

const db = testDb();
const ports = testPorts(db);
const serve = httpFunction("devices", routes, handlers, { ports, clock: ports.clock, ids: ports.ids, observer: keepingObserver() });

test("GET /v1/devices/vapid-public-key answers the key with which a browser subscribes, to anyone", async () => {
  const answer = await call(serve, routes.getVapidPublicKey.at);

  expect(answer.json()).toEqual({ applicationServerKey: ports.secrets.vapidPublicKey });
  expect(Buffer.from(ports.secrets.vapidPublicKey, "base64url")).toHaveLength(65);
});
