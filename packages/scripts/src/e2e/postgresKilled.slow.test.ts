import { expect, test } from "vitest";
import { isFailure, killPostgres, lineOf } from "./postgresKills.ts";

const KILLS = 20;

test("twenty kills of PostgreSQL under writes on twelve connections: the host lives, answers 503, writes again within 10 s, and loses nothing", async () => {
  const { outcomes } = await killPostgres(KILLS, (outcome, kill) => void process.stdout.write(`${lineOf(outcome, kill)}\n`));

  expect(Math.min(...outcomes.map(({ inFlight }) => inFlight))).toBeGreaterThanOrEqual(8);
  expect(outcomes.filter(isFailure)).toEqual([]);
}, 600_000);
