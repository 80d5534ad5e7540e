import * as routes from "@pendo/contract/routes/auth";
import { memoryCache } from "@pendo/core/ports/cache/memory";
import { systemClock } from "@pendo/core/ports/clock/clock";
import { testIds } from "@pendo/core/ports/ids/testIds.fixture";
import type { Ports } from "@pendo/core/ports/ports";
import { createTransport } from "@sentry/aws-serverless";
import { expect, test } from "vitest";
import { httpFunction } from "../middleware/http.ts";
import { call } from "../middleware/testEvents.ts";
import { inTrace, joinTrace } from "../middleware/trace.ts";
import { lambdaObserver } from "./observer.ts";
import type { SentryOptions } from "./sentry.ts";

interface Heard {
  readonly lines: string[];
  /** What reached Sentry's server, envelope by envelope. */
  readonly envelopes: string[];
  readonly observer: ReturnType<typeof lambdaObserver>;
}

function listening(): Heard {
  const lines: string[] = [];
  const envelopes: string[] = [];
  const transport: SentryOptions["transport"] = (options) =>
    createTransport(options, async ({ body }) => {
      envelopes.push(String(body));
      return { statusCode: 200 };
    });
  const sentry = { dsn: "https://public@sentry.example/1", environment: "test", release: "abc123", transport };
  return { lines, envelopes, observer: lambdaObserver({ write: (line) => lines.push(line), sentry }) };
}

test("a line is one JSON document on one line", async () => {
  const { lines, observer } = listening();
  observer.line("info", { kind: "http", route: "swipes.record", status: 200, userId: null, long: "x".repeat(9999), text: "a\nb" });
  await observer.flush();
  expect(lines).toHaveLength(1);
  expect(lines[0]).not.toContain("\n");
  expect(JSON.parse(lines[0]!)).toMatchObject({
    level: "info",
    kind: "http",
    route: "swipes.record",
    status: 200,
    userId: null,
    text: "a\nb",
  });
  expect(lines[0]!.length).toBeLessThan(1000);
});

test("metrics are CloudWatch's embedded format, in the namespace Pendo, by names of the contract alone", async () => {
  const { lines, observer } = listening();
  observer.measure({ route: "swipes.record", userId: "u123", frame: testIds.next() }, { requests: 1, latencyMs: 12.5, broken: Number.NaN });
  observer.measure({ queue: "email" }, { messages: 3 });
  await observer.flush();
  const [first, second] = lines.map((line) => JSON.parse(line) as { _aws: { CloudWatchMetrics: unknown[]; Timestamp: number } });
  expect(first).toMatchObject({
    route: "swipes.record",
    requests: 1,
    latencyMs: 12.5,
    _aws: {
      CloudWatchMetrics: [
        {
          Namespace: "Pendo",
          Dimensions: [["route"]],
          Metrics: [
            { Name: "requests", Unit: "Count" },
            { Name: "latencyMs", Unit: "Milliseconds" },
          ],
        },
      ],
    },
  });
  expect(Object.keys(first!).toSorted()).toEqual(["_aws", "latencyMs", "requests", "route", "trace"]);
  expect(second).toMatchObject({ queue: "email", messages: 3 });
});

test("what is measured by the same names is one line per invocation: counts add up, durations are all kept, and stages are kept apart", async () => {
  const lines: string[] = [];
  const observer = lambdaObserver({ write: (line) => lines.push(line), stage: "pr-42" });
  for (const latencyMs of [10, 20]) observer.measure({ route: "swipes.record" }, { requests: 1, latencyMs });
  observer.measure({ queue: "push", fact: "match.created" }, { handledMs: [5, Number.NaN, 7] });
  observer.measure({ queue: "push" }, { handledMs: [] });
  await observer.flush();
  await observer.flush();
  expect(lines).toHaveLength(2);
  const [http, push] = lines.map((line) => JSON.parse(line) as { _aws: { CloudWatchMetrics: { Namespace: string }[] } });
  expect(http).toMatchObject({ route: "swipes.record", requests: 2, latencyMs: [10, 20] });
  expect(push).toMatchObject({ queue: "push", fact: "match.created", handledMs: [5, 7] });
  expect(http?._aws.CloudWatchMetrics[0]?.Namespace).toBe("Pendo/pr-42");
});

test("every line, metric and event of an invocation carries its trace, and a metric of several traces names each", async () => {
  const { lines, envelopes, observer } = listening();
  const [one, other] = [joinTrace({ ids: testIds }), joinTrace({ ids: testIds })];

  for (const trace of [one, other])
    inTrace(trace, () => {
      observer.line("info", { kind: "queue" });
      observer.measure({ queue: "push" }, { messages: 1 });
    });
  inTrace(one, () => observer.measure({ queue: "email" }, { messages: 1 }));
  inTrace(one, () => observer.bug(new Error("x"), {}));
  await observer.flush();

  const traces = lines.map((line) => (JSON.parse(line) as { trace: unknown }).trace);
  expect(traces).toEqual([one.id, other.id, one.id, [one.id, other.id], one.id]);
  expect(JSON.parse(envelopes[0]!.split("\n").at(-1)!)).toMatchObject({ tags: { trace: one.id } });
});

test("a line outside of any invocation has a trace of its own", async () => {
  const { lines, observer } = listening();

  observer.line("warn", { kind: "mail" });
  observer.line("warn", { kind: "mail" });

  const [first, second] = lines.map((line) => (JSON.parse(line) as { trace: string }).trace);
  expect([first, second]).toEqual([expect.stringMatching(/^[0-9a-f]{32}$/), expect.stringMatching(/^[0-9a-f]{32}$/)]);
  expect(first).not.toBe(second);
});

test("more durations than one document holds are spread over several, none lost", async () => {
  const lines: string[] = [];
  const observer = lambdaObserver({ write: (line) => lines.push(line) });
  observer.measure({ queue: "analytics" }, { messages: 250, handledMs: Array.from({ length: 250 }, (_, i) => i) });
  await observer.flush();
  const documents = lines.map((line) => JSON.parse(line) as { messages?: number; handledMs: number[] });
  expect(documents.every(({ handledMs }) => handledMs.length <= 100)).toBe(true);
  expect(documents.flatMap(({ handledMs }) => handledMs).toSorted((a, b) => a - b)).toEqual(Array.from({ length: 250 }, (_, i) => i));
  expect(documents.filter(({ messages }) => messages === 250)).toHaveLength(1);
});

test("a bug reaches the log and Sentry with its place, its release and its stage, and with its message scrubbed", async () => {
  const { lines, envelopes, observer } = listening();
  const cause = Object.assign(new TypeError("refused 'canary'"), { code: "23505", detail: "Key (email)=(canary)" });
  observer.bug(new RangeError("no room for canary@example.test\n    at 'canary' (https://canary/1.ts:1:1)", { cause }), {
    route: "auth.verifyOtp",
    requestId: "r1",
  });
  await observer.flush();
  expect(JSON.parse(lines[0]!)).toMatchObject({
    level: "error",
    kind: "bug",
    type: "RangeError",
    message: "no room for <email> at <text> (<url>",
    route: "auth.verifyOtp",
    requestId: "r1",
  });
  expect(lines[0]).toContain("observer.test.ts");
  expect(lines[0]).toContain("TypeError 23505: refused <text>");
  expect(envelopes).toHaveLength(1);
  const event = JSON.parse(envelopes[0]!.split("\n").at(-1)!) as Record<string, unknown>;
  expect(event).toMatchObject({
    release: "abc123",
    environment: "test",
    tags: { route: "auth.verifyOtp", requestId: "r1" },
    exception: { values: [{ type: "RangeError", value: "no room for <email> at <text> (<url>" }] },
  });
  expect(envelopes[0]).toContain("observer.test.ts");
  for (const key of ["request", "user", "breadcrumbs", "server_name", "contexts", "modules"]) expect(event).not.toHaveProperty(key);
  expect([...lines, ...envelopes].join("\n")).not.toContain("canary");
});

test("whatever is thrown, the observer stays whole", async () => {
  const { lines, envelopes, observer } = listening();
  for (const thrown of ["canary", null, { code: "canary with spaces" }, Object.assign(new Error("x"), { name: "canary <b>", stack: 7 })])
    observer.bug(thrown, {});
  await observer.flush();
  expect(lines).toHaveLength(4);
  expect(envelopes).toHaveLength(4);
  expect([...lines, ...envelopes].join("\n")).not.toContain("canary");
});

test("without a bug nothing is sent, and where Sentry is not configured a bug is a line", async () => {
  const heard = listening();
  heard.observer.line("error", { kind: "http", status: 503 });
  await heard.observer.flush();
  expect(heard.envelopes).toEqual([]);
  const lines: string[] = [];
  const alone = lambdaObserver({ write: (line) => lines.push(line) });
  alone.bug(new Error("oh"), { queue: "email" });
  await alone.flush();
  expect(lines).toHaveLength(1);
});

test("a Sentry that can't be reached harms nobody", async () => {
  const lines: string[] = [];
  const transport: SentryOptions["transport"] = (options) => createTransport(options, () => Promise.reject(new Error("away")));
  const observer = lambdaObserver({
    write: (line) => lines.push(line),
    sentry: { dsn: "https://p@s.example/1", environment: "t", release: "r", transport },
  });
  observer.bug(new Error("oh"), {});
  await expect(observer.flush()).resolves.toBeUndefined();
});

test("what callers write in bodies, headers and queries is in no line and no event, whether it is refused, handled, or meets a bug", async () => {
  const { lines, envelopes, observer } = listening();
  const canary = "canary7f3a";
  const cache = memoryCache({ clock: systemClock });
  const stub = () => ({}) as never;
  const ports: Partial<Ports> = { cache, db: stub(), bus: { relaySoon: async () => {} } as never, secrets: stub() };
  const failures: (() => never)[] = [
    () => JSON.parse(`{"text": ${canary}}`) as never,
    () => {
      throw Object.assign(new Error(`duplicate key: (${canary}@example.com)`), {
        name: "PostgresError",
        code: "23505",
        detail: canary,
        query: canary,
      });
    },
    () => {
      throw new TypeError(`fetch failed for https://x/?token=${canary}`, { cause: new Error(canary) });
    },
  ];
  let turn = 0;
  const fail = async (): Promise<never> => failures[turn++ % failures.length]!();
  const serve = httpFunction(
    "auth",
    { requestOtp: routes.requestOtp },
    { requestOtp: fail },
    { ports, clock: systemClock, ids: testIds, observer },
  );
  const bodies = [1, 2, 3].map(() => ({ email: `${canary}@example.com` }));
  const statuses: number[] = [];
  for (const body of [...bodies, { email: canary }, `{"${canary}`]) {
    const headers = { authorization: `Bearer ${canary}`, cookie: canary, "user-agent": canary, traceparent: canary };
    statuses.push(
      (
        await call(serve, routes.requestOtp.at, {
          headers,
          body,
          ...(bodies.includes(body as never) ? {} : { query: { [canary]: canary } }),
        })
      ).status,
    );
  }
  expect(statuses).toEqual([500, 500, 500, 400, 400]);
  expect(lines.filter((line) => line.includes('"kind":"http"'))).toHaveLength(5);
  expect(envelopes).toHaveLength(3);
  expect([...lines, ...envelopes].join("\n")).not.toContain(canary);
});
