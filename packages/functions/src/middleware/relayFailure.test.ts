import { Fault } from "@pendo/core/fault";
import { expect, test } from "vitest";
import { reportRelayFailure } from "./relayFailure.ts";
import { keepingObserver } from "./testEvents.ts";

test("a queue that is away is counted and is no bug, whatever relays; what no wait mends is a bug", () => {
  const observer = keepingObserver();
  const denied = new Error("AccessDenied");

  reportRelayFailure(observer, new Fault("store.unavailable"), { port: "bus" });
  expect(observer.bugs).toEqual([]);
  expect(observer.measured).toEqual([{ of: { port: "bus" }, values: { failures: 1 } }]);

  reportRelayFailure(observer, denied, { port: "bus" });
  expect(observer.bugs).toEqual([denied]);
});
