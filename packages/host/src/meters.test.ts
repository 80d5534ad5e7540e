import { testIds as ids } from "@pendo/core/ports/ids/testIds.fixture";
import { countHungText } from "@pendo/functions/middleware/observer";
import { inTrace, joinTrace } from "@pendo/functions/middleware/trace";
import { expect, test } from "vitest";
import { hostObserver, type LogLevel } from "./meters.ts";

const observed = (level: LogLevel) => {
  const lines: string[] = [];
  return { observer: hostObserver({ level, write: (line) => void lines.push(line) }), lines };
};

test("counts add up and durations become percentiles, by name", () => {
  const { observer } = observed("off");
  expect(observer.meters()).toEqual([]);
  for (let n = 1; n <= 100; n++) observer.measure({ route: "a.b" }, { requests: 1, faults: n % 2, latencyMs: n });
  observer.measure({ queue: "push" }, { messages: 5 });
  const [route, queue] = observer.meters();
  expect(route).toMatchObject({ of: "a.b", counts: { requests: 100, faults: 50 } });
  expect(route?.latencyMs?.p50).toBeGreaterThan(48);
  expect(route?.latencyMs?.p50).toBeLessThan(52);
  expect(route?.latencyMs?.p99).toBeGreaterThan(97);
  expect(route?.latencyMs?.max).toBeGreaterThanOrEqual(100);
  expect(queue).toEqual({ of: "push", counts: { messages: 5 }, latencyMs: null });
});

test("a duration of nothing, and one that is no number, break nothing", () => {
  const { observer } = observed("off");
  for (const latencyMs of [0, 0.0001, -1, Number.NaN, Number.POSITIVE_INFINITY])
    observer.measure({ route: "a.b" }, { requests: 1, latencyMs });
  expect(observer.meters()[0]).toMatchObject({ counts: { requests: 5 } });
});

test("the level says which lines are written; a bug always is, with its cause, unless all is off", () => {
  const bug = new Error("outer", { cause: new Error("inner") });
  const written = (level: LogLevel): number => {
    const { observer, lines } = observed(level);
    observer.line("info", { kind: "http" });
    observer.line("error", { kind: "http" });
    observer.bug(bug, { route: "a.b" });
    observer.bug("text", {});
    for (const line of lines) expect(JSON.parse(line)).toMatchObject({ at: expect.any(String) as string });
    if (level !== "off")
      expect(JSON.parse(lines.at(-2) ?? "")).toMatchObject({
        level: "error",
        kind: "bug",
        type: "Error",
        message: "outer",
        causes: expect.stringContaining("Error: inner") as string,
        stack: expect.stringContaining("meters.test.ts") as string,
        route: "a.b",
      });
    return lines.length;
  };
  expect([written("off"), written("errors"), written("all")]).toEqual([0, 3, 4]);
});

test("a text that was judged for too long is a warning with a count, and no bug", () => {
  const { observer, lines } = observed("all");

  countHungText(observer, 1000);
  countHungText(observer, 1000);

  expect(lines.map((line) => JSON.parse(line) as object)).toMatchObject(
    Array.from({ length: 2 }, () => ({ level: "warn", kind: "judge", hangMs: 1000 })),
  );
  expect(observer.meters()).toEqual([{ of: "judge", counts: { hungTexts: 2 }, latencyMs: null }]);
});

test("the last lines are kept whatever the level, a bounded number of them, and found by their trace", () => {
  const { observer, lines } = observed("off");
  const [one, other] = [joinTrace({ ids }), joinTrace({ ids })];

  for (let n = 0; n < 5_000; n++) inTrace(other, () => observer.line("info", { kind: "http", n }));
  inTrace(one, () => observer.line("info", { kind: "http" }));
  inTrace(one, () => observer.bug(new Error("for robin@example.test"), {}));

  expect(observer.recent({ trace: one.id, limit: 10 })).toMatchObject([{ kind: "bug", message: "for <email>" }, { kind: "http" }]);
  expect(observer.recent({ limit: 1e6 }).length).toBeLessThanOrEqual(2_000);
  expect(lines).toEqual([]);
});
