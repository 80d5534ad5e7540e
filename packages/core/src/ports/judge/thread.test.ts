import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { afterAll, expect, test } from "vitest";
import { judgeBehaviour } from "./judge.behaviour.ts";
import { inlineJudge } from "./inline.fixture.ts";
import { threadJudge, type ThreadJudge } from "./thread.ts";

const WAIT_MS = 60_000;
const opened: ThreadJudge[] = [];
afterAll(() => Promise.all(opened.map((judge) => judge.stop())));

function judgeOf(options: Partial<Parameters<typeof threadJudge>[0]> = {}) {
  const ends: Error[] = [];
  const hangs: number[] = [];
  const judge = threadJudge({
    onEnd: (problem) => void ends.push(problem),
    onHang: (ms) => void hangs.push(ms),
    hangMs: WAIT_MS,
    ...options,
  });
  opened.push(judge);
  return { judge, ends, hangs };
}

const hanging = async (): Promise<string> => new URL("hangs.fixture.ts", import.meta.url).href;

judgeBehaviour("in a thread", judgeOf().judge);
judgeBehaviour("on the caller's event loop", inlineJudge());

test("the event loop goes on while a text is judged", async () => {
  const { judge } = judgeOf({ moduleUrl: hanging });
  await judge.verdicts(["warm"], "message", WAIT_MS);
  let turns = 0;

  const verdict = judge.verdicts(["hang"], "message", 200);
  const turning = setInterval(() => (turns += 1), 1);
  expect(await verdict).toBeNull();
  clearInterval(turning);

  expect(turns).toBeGreaterThan(3);
});

test("a text without a verdict in time has none, and what comes after it is still judged", async () => {
  const { judge, ends, hangs } = judgeOf({ moduleUrl: hanging, hangMs: 100 });
  await judge.verdicts(["warm"], "message", WAIT_MS);

  const [late, next] = await Promise.all([judge.verdicts(["hang"], "message", 20), judge.verdicts(["Hello"], "message", WAIT_MS)]);

  expect([late, next]).toEqual([null, [{ state: "visible" }]]);
  expect({ ends, hangs }).toEqual({ ends: [], hangs: [100] });
});

test("a verdict that waits while this event loop is busy for longer than the deadline still counts, and its thread goes on", async () => {
  const { judge, ends, hangs } = judgeOf({ moduleUrl: hanging, hangMs: 50 });
  const directory = await mkdtemp(join(tmpdir(), "judge-"));
  const said = join(directory, "said");
  await judge.verdicts(["warm"], "message", WAIT_MS);

  // From here the event loop goes to its timers before it goes to messages.
  await setImmediate();
  const verdict = judge.verdicts([`note ${said}`], "message", WAIT_MS);
  const begin = performance.now();
  const busyMs = () => performance.now() - begin;
  while ((!existsSync(said) && busyMs() < 20_000) || busyMs() < 200);

  expect(await verdict).toEqual([{ state: "visible" }]);
  expect(await judge.verdicts(["Hello"], "message", WAIT_MS)).toEqual([{ state: "visible" }]);
  expect({ ends, hangs }).toEqual({ ends: [], hangs: [] });
  await rm(directory, { recursive: true });
});

test("a thread that dies costs one text its verdict, is counted, and is replaced", async () => {
  const { judge, ends } = judgeOf({ moduleUrl: hanging });

  const dead = await judge.verdicts(["die"], "message", WAIT_MS);
  const next = await judge.verdicts(["Hello"], "message", WAIT_MS);

  expect([dead, next]).toEqual([null, [{ state: "visible" }]]);
  expect(ends.map(String)).toEqual(["Error: The thread that judges texts ended with code 7."]);
});

test("a thread that cannot start gives no verdict", async () => {
  const { judge, ends } = judgeOf({ moduleUrl: () => Promise.reject(new Error("no such file")) });

  expect(await judge.verdicts(["Hello"], "message", WAIT_MS)).toBeNull();
  expect(ends).toHaveLength(1);
});

test("no thread starts before the first text", async () => {
  let starts = 0;
  const moduleUrl = async (): Promise<string> => {
    starts += 1;
    return await hanging();
  };

  const { judge } = judgeOf({ moduleUrl });
  expect(starts).toBe(0);
  await judge.verdicts(["Hello"], "message", WAIT_MS);

  expect(starts).toBe(1);
});

test("a judge that was stopped gives no verdict", async () => {
  const { judge } = judgeOf();

  await judge.stop();

  expect(await judge.verdicts(["Hello"], "message", WAIT_MS)).toBeNull();
});
