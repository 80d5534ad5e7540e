import { type FaultCode, faults } from "@pendo/contract/faults";
import { Fault, reasonsByName } from "@pendo/core/fault";
import { movableClock } from "@pendo/core/ports/clock/clock";
import { expect, test } from "vitest";
import { faultOf, problemOf } from "./problem.ts";

const at = new Date("2030-01-01T00:00:00Z");
const clock = { ...movableClock(), now: () => at };
const codes = Object.keys(faults) as FaultCode[];
const bodyOf = (fault: Fault, instance?: string) => JSON.parse(problemOf(fault, clock, instance).body) as Record<string, unknown>;

test.for(codes)("%s is a whole problem document", (code) => {
  const { status, headers, body } = problemOf(new Fault(code), clock, "r1");
  const document = JSON.parse(body) as Record<string, unknown>;
  expect(document).toEqual({
    type: `/docs/errors#${code}`,
    title: expect.any(String) as string,
    status: faults[code].status,
    detail: faults[code].text,
    code,
    instance: "urn:request:r1",
  });
  expect(document["title"]).toMatch(/^[A-Z][A-Za-z]*: [a-z ]+$/);
  expect(status).toBe(faults[code].status);
  expect(headers["content-type"]).toBe("application/problem+json");
  expect(headers["cache-control"]).toBe("no-store");
  expect(headers["www-authenticate"]).toBe(status === 401 ? "Bearer" : undefined);
  expect(headers["retry-after"]).toBe(status === 503 ? "1" : undefined);
});

test("Retry-After is in whole seconds, never zero, and beside the exact time", () => {
  const after = (ms: number) =>
    problemOf(new Fault("rate.limited", { retryAt: new Date(at.getTime() + ms) }), clock).headers["retry-after"];
  expect([after(1), after(1000), after(1001), after(60_000), after(0), after(-5000)]).toEqual(["1", "1", "2", "60", "1", "1"]);
  expect(bodyOf(new Fault("rate.limited", { retryAt: new Date(at.getTime() + 1500) }))["retryAt"]).toBe("2030-01-01T00:00:01.500Z");
});

test("a problem names fields by JSON Pointer, whatever they are called", () => {
  const named = reasonsByName([
    ["a/b~", "2"],
    ["__proto__", "3"],
  ]);

  const { errors } = bodyOf(new Fault("input.invalid", { fields: { "/a/0/b": "1", ...named } }));

  expect(errors).toEqual([
    { pointer: "/a/0/b", detail: "1" },
    { pointer: "/a~1b~0", detail: "2" },
    { pointer: "/__proto__", detail: "3" },
  ]);
});

test("a problem says nothing of its cause", () => {
  const { body, headers } = problemOf(new Fault("store.unavailable", { cause: new Error("canary at 10.0.0.1") }), clock);
  expect(body + JSON.stringify(headers)).not.toContain("canary");
});

test("what was thrown is a fault, a store that is away, full or busy, or else a bug", () => {
  const fault = new Fault("match.notFound");
  expect(faultOf(fault)).toEqual({ fault, isBug: false });
  const coded = {
    CONNECTION_ENDED: "store.unavailable",
    "57P01": "store.unavailable",
    "08006": "store.unavailable",
    ENOTFOUND: "store.unavailable",
    EHOSTUNREACH: "store.unavailable",
    CONNECTION_TIMEOUT: "store.unavailable",
    "25006": "store.unavailable",
    "53100": "store.full",
    "53300": "server.busy",
    CONNECTIONS_BUSY: "server.busy",
    "40P01": "server.busy",
    "40001": "server.busy",
  };
  for (const [code, expected] of Object.entries(coded))
    expect(faultOf(Object.assign(new Error("x"), { code }))).toMatchObject({ fault: { code: expected }, isBug: false });
  const uncoded = ["Connection terminated unexpectedly", "timeout expired", "Query read timeout"].map((message) => new Error(message));
  const missing = Object.assign(new Error("connect ENOENT /data/.s.PGSQL.5432"), { code: "ENOENT", syscall: "connect" });
  for (const error of [...uncoded, missing]) expect(faultOf(error)).toMatchObject({ fault: { code: "store.unavailable" }, isBug: false });
  for (const bug of [
    Object.assign(new Error("open ENOENT"), { code: "ENOENT", syscall: "open" }),
    new Error("x"),
    "text",
    null,
    undefined,
    7,
    { code: 7 },
    Object.assign(new Error("x"), { code: "23505" }),
    new TypeError("x"),
  ]) {
    expect(faultOf(bug)).toMatchObject({ fault: { code: "server.failed" }, isBug: true });
  }
});

test("a spent quota says when it begins again, and does not ask for a retry", () => {
  const resetsAt = new Date("2030-01-02T00:00:00Z");
  const { status, headers, body } = problemOf(new Fault("swipe.quotaSpent", { resetsAt }), clock);
  expect(status).toBe(403);
  expect(headers).not.toHaveProperty("retry-after");
  expect(JSON.parse(body)).toMatchObject({ code: "swipe.quotaSpent", resetsAt: "2030-01-02T00:00:00.000Z" });
});

test("only a limit where waiting helps is a 429", () => {
  const retried = Object.entries(faults).filter(([, { status }]) => status === 429);
  expect(retried.map(([code]) => code)).toEqual(["rate.limited"]);
  for (const code of [
    "swipe.quotaSpent",
    "travel.quotaSpent",
    "boost.quotaSpent",
    "media.quotaSpent",
    "location.tooFast",
    "discovery.viewsSpent",
    "auth.codesSpent",
  ] as const) {
    expect([code, faults[code].status, faults[code].retry]).toEqual([code, 403, false]);
  }
});
