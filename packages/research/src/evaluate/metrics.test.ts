import { fc } from "@pendo/engine/fastCheck.fixture";
import { expect, test } from "vitest";
import { seeded } from "@pendo/engine/random";
import { auc, mean, ndcg, summarize } from "./metrics.ts";

/** By its definition: every positive against every negative. */
function pairwise(scores: readonly number[], positive: readonly boolean[]): number {
  const values: number[] = [];
  for (const [at, one] of scores.entries()) {
    for (const [other, two] of scores.entries()) if (positive[at] && !positive[other]) values.push(one > two ? 1 : one === two ? 0.5 : 0);
  }
  return mean(values);
}

const scored = fc.array(fc.tuple(fc.integer({ min: 0, max: 5 }), fc.boolean()), { minLength: 2, maxLength: 40 });

test("AUC is the chance that a positive is above a negative, ties half", () => {
  fc.assert(
    fc.property(scored, (list) => {
      const [scores, positive] = [list.map(([score]) => score), list.map(([, good]) => good)];
      const found = auc(scores, positive);
      if (Number.isNaN(found)) expect(new Set(positive).size).toBe(1);
      else expect(found).toBeCloseTo(pairwise(scores, positive), 9);
    }),
  );
});

test("an AUC that counted ties as won would be caught", () => {
  expect(pairwise([1, 1], [true, false])).toBe(0.5);
  expect(auc([1, 1], [true, false])).toBe(0.5);
});

test("NDCG is 1 for the best order, discounts by the logarithm of the place, and looks at the first five", () => {
  expect(ndcg([3, 2, 1], [true, true, false])).toBe(1);
  expect(ndcg([1, 2], [true, false])).toBeCloseTo(1 / Math.log2(3), 12);
  expect(ndcg([6, 5, 4, 3, 2, 1], [false, false, false, false, false, true])).toBe(0);
  expect(ndcg([1, 2], [false, false])).toBeNaN();
  expect(ndcg([3, 1, 2], [true, true, false])).toBeCloseTo((1 + 1 / 2) / (1 + 1 / Math.log2(3)), 12);
});

test("the interval lies around the mean and is wider with fewer waves", () => {
  const random = seeded(2);
  const waves = Array.from({ length: 40 }, (_, wave) => ({ wave, auc: 0.6 + 0.2 * random(), ndcgs: [random(), random()] }));
  const [many, few] = [summarize(waves, seeded(1)), summarize(waves.slice(0, 6), seeded(1))];
  expect(many.aucRange[0]).toBeLessThan(many.auc);
  expect(many.aucRange[1]).toBeGreaterThan(many.auc);
  expect(few.aucRange[1] - few.aucRange[0]).toBeGreaterThan(many.aucRange[1] - many.aucRange[0]);
});
