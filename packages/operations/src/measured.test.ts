import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { type EventName, events } from "@pendo/contract/events";
import { metricNames } from "@pendo/contract/metrics";
import { queues } from "@pendo/contract/queues";
import { expect, test } from "vitest";
import type { OwnMetric } from "./metric.ts";
import { everyMetric } from "./metrics.ts";
import { dashboardKinds, panelsOf } from "./panels.ts";

const root = path.resolve(import.meta.dirname, "../../..");
// What the code measures, read off its calls: names of dimensions, and names of values.
interface Measuring {
  readonly file: string;
  readonly by: readonly string[];
  readonly values: readonly string[];
}

const CALL = /\bmeasure\(\s*\{([^}]*)\}\s*,\s*(\{[^}]*\}|[\w.]+)/g;
const own = everyMetric.filter((row): row is OwnMetric & typeof row => row.source === "code");

type OwnRow = OwnMetric & { readonly id: string };

function measuredIn(file: string, text: string): Measuring[] {
  return [...text.matchAll(CALL)].flatMap(([, dimensions = "", values = ""]) => {
    const by = keysOf(dimensions);
    if (values.includes("{")) return [{ file, by, values: keysOf(values.replaceAll(/[{}?]|===? \d+/g, ",")) }];
    // What a batch counts is of the names in the contract, without those that no fact leads to.
    return values.startsWith("counted") ? [{ file, by, values: countable() }] : [];
  });
}

function keysOf(text: string): string[] {
  return [...new Set([...text.matchAll(/(?:^|,)\s*(\w+)\s*(?=[:,]|$)/g)].flatMap(([, name = ""]) => (/^\d|^$/.test(name) ? [] : [name])))];
}

/** The counts that the analytics consumer can add: each stands in its code as text. */
function countable(): string[] {
  const code = ["analytics.ts", "analytics.sql.ts"]
    .map((file) => readFileSync(path.join(root, "packages/core/src/analytics", file), "utf8"))
    .join("\n");
  const counted = code.replaceAll(/^export type .*$/gm, "");
  return metricNames.filter((name) => counted.includes(`"${name}"`));
}

function everythingMeasured(): Measuring[] {
  const dir = path.join(root, "packages/functions/src");
  const files = readdirSync(dir, { recursive: true, encoding: "utf8" }).filter(
    (file) => file.endsWith(".ts") && !/\.(test|fixture)\.ts$/.test(file),
  );
  return files.flatMap((file) => measuredIn(file, readFileSync(path.join(dir, file), "utf8")));
}

const keyOf = (by: readonly string[], value: string): string => `${[...by].toSorted().join("+")} ${value}`;
const measured = everythingMeasured();
const keys = (all: readonly Measuring[]): Set<string> => new Set(all.flatMap(({ by, values }) => values.map((value) => keyOf(by, value))));

test("every call that measures something is understood", () => {
  const dir = path.join(root, "packages/functions/src");
  const misread = [...new Set(measured.map(({ file }) => file))].filter((file) => {
    const calls = [...readFileSync(path.join(dir, file), "utf8").matchAll(/\bmeasure\(\s*\{/g)].length;
    return measured.filter((one) => one.file === file).length !== calls;
  });
  expect(misread).toEqual([]);
  expect(measured.length).toBeGreaterThan(8);
  const call = "observer.measure({ queue, fact }, { handledMs: agesMs(same) });";
  expect(measuredIn("x", call)).toEqual([{ file: "x", by: ["queue", "fact"], values: ["handledMs"] }]);
});

test("every metric of ours in the table is measured by the code, except those that say why not", () => {
  const found = keys(measured);
  const missing = own.filter(({ by, name, pending }) => pending === undefined && !found.has(keyOf(by, name)));
  expect(missing.map(({ id }) => id)).toEqual([]);
});

test("a metric that nothing measures yet is really measured by nothing: the day it is, its excuse has to go", () => {
  const found = keys(measured);
  const pending = own.filter((row) => row.pending !== undefined);
  expect(pending.map(({ id }) => id)).toEqual(["conversions"]);
  expect(pending.filter(({ by, name }) => found.has(keyOf(by, name)))).toEqual([]);
});

test("whatever the code measures is in the table", () => {
  const listed = new Set(own.map(({ by, name }) => keyOf(by, name)));
  expect([...keys(measured)].filter((key) => !listed.has(key))).toEqual([]);
});

test("the table would be caught with a metric that nobody measures, and the code with one that nobody listed", () => {
  const listed = new Set(own.map(({ by, name }) => keyOf(by, name)));
  const strange = measuredIn("x", `measure({ route }, { requests: 1, teapots: 1 })`);
  expect([...keys(strange)].filter((key) => !listed.has(key))).toEqual(["route teapots"]);
  expect(keys(measured).has(keyOf(["route"], "teapots"))).toBe(false);
});

test("facts and queues that metrics are of exist, and the fact goes to that queue", () => {
  const lost = (own as readonly OwnRow[]).filter(({ only: { queue, fact } = {} }) => {
    if (queue !== undefined && !Object.hasOwn(queues, queue)) return true;
    return fact !== undefined && !(events[fact as EventName]?.to as readonly string[] | undefined)?.includes(queue ?? "");
  });
  expect(lost.map(({ id }) => id)).toEqual([]);
});

test("dimensions are names of the contract and never of people, and each metric that means one thing says which", () => {
  const known = new Set(["route", "queue", "fact", "schedule", "frame", "port", "cache", "watch", "canary"]);
  const whole = (row: OwnRow): boolean => !row.only || row.by.length === Object.keys(row.only).length;
  const wrong = (own as readonly OwnRow[]).filter((row) => !row.by.every((name) => known.has(name)) || !whole(row));
  expect(wrong.map(({ id }) => id)).toEqual([]);
});

test("every metric is on exactly one dashboard, and every dashboard has panels", () => {
  const drawn = dashboardKinds.flatMap((kind) => panelsOf(kind).flatMap(({ rows }) => rows.map(({ id }) => id)));
  expect(drawn.toSorted()).toEqual(everyMetric.map(({ id }) => id).toSorted());
  for (const kind of dashboardKinds) expect(panelsOf(kind).length).toBeGreaterThan(5);
});

test("the metrics that were asked for are there", () => {
  const ids: readonly string[] = everyMetric.map(({ id }) => id);
  const asked = [
    "routeLatency",
    "routeErrors",
    "activeUsers",
    "queueLength",
    "cacheHits",
    "cacheMisses",
    "registrations",
    "matches",
    "messages",
    "conversions",
  ];
  const system = ["databaseCpu", "databaseMemory", "databaseReads", "databaseNetwork", "originHealth"];
  expect([...asked, ...system].filter((id) => !ids.includes(id))).toEqual([]);
});
