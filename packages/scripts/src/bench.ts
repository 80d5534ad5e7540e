import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect } from "@pendo/core/ports/db/connect";
import { localSecrets } from "@pendo/local/secrets/localSecrets";
import { matchFrames } from "./bench/frames.ts";
import { dropEvents } from "./bench/backlog.sql.ts";
import { drained, type Drained } from "./bench/backlog.ts";
import { closedLoop, type Measured, openLoop, warm } from "./bench/load.ts";
import { runMillion } from "./bench/memory.ts";
import { plant } from "./bench/plant.sql.ts";
import { machine, table } from "./bench/report.ts";
import { scenarios, tokensFor } from "./bench/scenarios.ts";
import { startBare, startHost } from "./bench/servers.ts";
import { commandLine } from "../../../scripts/commandLine.mjs";
import { wholeNumber } from "./terminal/arguments.ts";

const options = {
  seconds: { type: "string", value: "N", default: "10", says: "how long each run takes" },
  connections: { type: "string", value: "N", default: "32", says: "how many connections send requests" },
  only: { type: "string", value: "ROUTE", says: "one route: swipe, deck read, message send or idle sync; memory for none of them" },
  requests: {
    type: "string",
    value: "N",
    default: "0",
    says: "requests of all kinds at the end, with the memory of the host after each tenth",
  },
  users: { type: "string", value: "N", default: "4000", says: "how many users are planted" },
  prof: { type: "boolean", default: false, says: "writes CPU profiles of the host to .cache/prof" },
} as const;
const about = "Measures the routes of a Pendo of its own beside a bare server that runs the same SQL. Figures are in docs/benchmarks.md.";
const examples = ["npm run bench -- --only swipe --seconds 30", "npm run bench -- --only memory --requests 1000000"];
const { only, prof, seconds, connections, users, requests } = commandLine({ name: "bench", about, options, examples }, (values) => ({
  only: values.only,
  prof: values.prof,
  seconds: wholeNumber("seconds", values.seconds, 1, 3_600),
  connections: wholeNumber("connections", values.connections, 1, 1_000),
  requests: wholeNumber("requests", values.requests, 0, 100_000_000),
  users: wholeNumber("users", values.users, 100, 1_000_000),
}));
const say = (line: string): void => void process.stdout.write(`${line}\n`);

const dataDir = mkdtempSync(join(tmpdir(), "pendo-bench-"));
const host = await startHost(dataDir, prof ? ["--cpu-prof", "--cpu-prof-dir=.cache/prof"] : []);
const db = connect(host.databaseUrl, { max: 4, name: "bench" });
try {
  const url = `http://127.0.0.1:${host.port}`;
  const secrets = await localSecrets(dataDir, { publicUrl: url, socketUrl: `${url.replace("http", "ws")}/socket` });
  say(`${machine()}; ${users} users, ${connections} connections, ${seconds} s a run`);
  const planted = await plant(db, { users, conversations: Math.floor(users / 8) });
  const tokenOf = await tokensFor(planted, secrets);
  const bare = await startBare(host.databaseUrl, dataDir);
  const rows: string[][] = [];
  for (const { name, warmUp, next } of scenarios(planted, tokenOf, secrets)) {
    if (only && only !== name) continue;
    const load = { connections, seconds };
    // Warm both, then measure each twice in turns, so that neither has the better half of the run. What one leaves behind is done before the other.
    const oursOnce = async (): Promise<Measured> => {
      const run = await closedLoop({ ...load, port: host.port, next: next(false) });
      drains.push(await drained(db));
      return run;
    };
    const theirsOnce = async (): Promise<Measured> => {
      const run = await closedLoop({ ...load, port: bare.port, next: next(true) });
      await dropEvents(db);
      return run;
    };
    const drains: Drained[] = [];
    await warm({ ...load, port: host.port, count: warmUp, next: next(false) });
    await drained(db);
    await warm({ ...load, port: bare.port, count: warmUp, next: next(true) });
    await dropEvents(db);
    const ours = [await oursOnce()];
    const theirs = [await theirsOnce()];
    ours.push(await oursOnce());
    theirs.push(await theirsOnce());
    const peak = mean(ours.map((run) => run.perSec));
    const barePeak = mean(theirs.map((run) => run.perSec));
    const at70 = await openLoop({ ...load, port: host.port, perSec: peak * 0.7, next: next(false) });
    await drained(db);
    const failed = [...ours, ...theirs, at70].map((run) => JSON.stringify(run.failures)).filter((text) => text !== "{}");
    rows.push([
      name,
      peak.toFixed(0),
      barePeak.toFixed(0),
      (peak / barePeak).toFixed(2),
      at70.p50Ms.toFixed(1),
      at70.p99Ms.toFixed(1),
      Math.max(...drains.map(({ dueSec }) => dueSec)).toFixed(1),
      Math.max(...drains.map(({ allSec }) => allSec)).toFixed(1),
      failed.join(" ") || "none",
    ]);
    say(rows.at(-1)?.join("  ") ?? "");
  }
  await bare.stop();
  say(
    table(["route", "req/s", "bare req/s", "ratio", "p50 ms at 70 %", "p99 ms at 70 %", "drained in s", "held too, s", "failures"], rows),
  );
  if (!only) {
    const frames = await matchFrames({ port: host.port, planted, tokenOf, pairs: 500, perSec: 50 });
    say(`swipe → match frame over ${frames.count} matches: p50 ${frames.p50Ms.toFixed(1)} ms, p99 ${frames.p99Ms.toFixed(1)} ms`);
  }
  if (requests > 0)
    await runMillion({
      host,
      scenarios: async () => scenarios(planted, await tokensFor(planted, secrets), secrets),
      requests,
      connections,
      say,
    });
  else say(`resident memory (PostgreSQL aside): ${((await host.usage()).residentBytes / 2 ** 20).toFixed(0)} MB`);
} finally {
  await db.end({ timeout: 1 });
  await host.stop();
  rmSync(dataDir, { recursive: true, force: true });
}

function mean(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0) / numbers.length;
}
