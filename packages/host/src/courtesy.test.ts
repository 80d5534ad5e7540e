import { expect, onTestFinished, test, vi } from "vitest";
import { courtesy } from "./courtesy.ts";

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

test("while nobody is served, everything runs at once", async () => {
  const run = courtesy(() => false);
  let running = 0;
  let most = 0;
  const work = async (): Promise<void> => {
    most = Math.max(most, ++running);
    await pause(10);
    running--;
  };
  await Promise.all([run(work), run(work), run(work)]);
  expect(most).toBe(3);
});

test("while requests are served, one runs at a time, later, and still all of them; a failure is its own", async () => {
  const run = courtesy(() => true);
  let running = 0;
  let most = 0;
  const startedMs = performance.now();
  const work = (name: string) => async (): Promise<string> => {
    most = Math.max(most, ++running);
    await pause(5);
    running--;
    if (name === "b") throw new Error("b failed");
    return name;
  };
  const results = await Promise.allSettled([run(work("a")), run(work("b")), run(work("c"))]);
  expect(most).toBe(1);
  expect(results.map((result) => (result.status === "fulfilled" ? result.value : (result.reason as Error).message))).toEqual([
    "a",
    "b failed",
    "c",
  ]);
  expect(performance.now() - startedMs).toBeGreaterThan(100);
});

test("work goes on as soon as requests are answered", async () => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  let [busy, done] = [true, false];
  const run = courtesy(() => busy);
  const running = run(async () => void (done = true));
  await vi.advanceTimersByTimeAsync(10);
  expect(done).toBe(false);

  busy = false;
  await vi.advanceTimersByTimeAsync(10);
  expect(done).toBe(true);
  await running;
});
