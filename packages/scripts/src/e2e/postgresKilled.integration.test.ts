import { beforeAll, expect, test } from "vitest";
import { killPostgres, type Kills, lineOf } from "./postgresKills.ts";

let outcomes: Kills["outcomes"];
let log = "";
beforeAll(async () => {
  ({ outcomes, log } = await killPostgres(2, (outcome, kill) => void process.stdout.write(`${lineOf(outcome, kill)}\n`)));
}, 600_000);

test("PostgreSQL is killed while it executes writes of users on at least eight connections", () => {
  expect(Math.min(...outcomes.map(({ inFlight }) => inFlight))).toBeGreaterThanOrEqual(8);
});

test("the host outlives a kill of PostgreSQL", () => {
  expect(outcomes.map(({ hostLived }) => hostLived)).toEqual(outcomes.map(() => true));
});

test("each recovery of PostgreSQL is one line of the log, and no bug", () => {
  // A request that failed has a line of its own.
  const lines = log.split("\n").filter((line) => line !== "" && !line.includes('"kind":"http"'));
  expect(lines).toEqual(outcomes.map(() => "PostgreSQL ended by itself and is back."));
});

test("the writes that the kill interrupts are answered with 503 and Retry-After", () => {
  expect(new Set(outcomes.flatMap(({ answers }) => answers))).toEqual(new Set(["503"]));
});

test("writes succeed again within 10 s of a kill, and nothing acknowledged is lost", () => {
  expect(outcomes.map(({ backMs, lost }) => [backMs !== null, lost])).toEqual(outcomes.map(() => [true, 0]));
});
