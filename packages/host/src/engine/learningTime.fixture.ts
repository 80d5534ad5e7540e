import { expect } from "vitest";

/** How long a swipe takes at p99 on a machine that has nothing else to do, with room: on a busier one everything may take as much longer. */
const SWIPE_MS = 50;
const LEARNED_MS = 1000;

/** Expects that swipes are learned from within a second at p99, or as much later as this machine is slower; prints the times. */
export function expectLearnedInTime(
  what: string,
  { tookMs, swipeMs }: { readonly tookMs: readonly number[]; readonly swipeMs: readonly number[] },
): void {
  const at = (times: readonly number[], part: number): number =>
    Math.round(times.toSorted((a, b) => a - b)[Math.floor(part * (times.length - 1))] ?? Infinity);
  const slower = Math.max(1, at(swipeMs, 0.99) / SWIPE_MS);
  process.stdout.write(
    `${what}: p50 ${at(tookMs, 0.5)} ms, p99 ${at(tookMs, 0.99)} ms, max ${at(tookMs, 1)} ms of ${tookMs.length} swipes, which took p99 ${at(swipeMs, 0.99)} ms\n`,
  );
  expect(at(tookMs, 0.99)).toBeLessThan(LEARNED_MS * slower);
}
