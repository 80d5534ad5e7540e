import { expect, test } from "vitest";
import { sigmoid } from "@pendo/engine/score/chance";
import { normal, seeded } from "@pendo/engine/random";
import { backward, cholesky, forward, solve } from "./linear.ts";
import { dot, fitLogistic } from "./logistic.ts";
import { normalBelow, normalQuantile } from "./normal.ts";

test("logistic regression finds the weights that the outcomes were drawn with", () => {
  const random = seeded(6);
  const truth = [0.4, -1.2, 0.8];
  const rows = Array.from({ length: 6000 }, () => [1, normal(random), normal(random)]);
  const outcomes = rows.map((row) => (random() < sigmoid(dot(truth, row)) ? 1 : 0));
  const found = fitLogistic(rows, outcomes, { ridge: 1e-3 });
  for (const [at, weight] of truth.entries()) expect(found[at]).toBeCloseTo(weight, 0.9);
  // At the top the slope is the ridge's pull.
  const slope = rows.reduce((sum, row, at) => sum + ((outcomes[at] ?? 0) - sigmoid(dot(found, row))) * (row[1] ?? 0), 0);
  expect(slope - 1e-3 * (found[1] ?? 0)).toBeCloseTo(0, 5);
});

test("a strong ridge holds weights to 0, and where all outcomes are alike nothing runs away", () => {
  const rows = [[1], [1], [1]];
  expect(Math.abs(fitLogistic(rows, [1, 1, 1], { ridge: 1e6 })[0] ?? 1)).toBeLessThan(1e-4);
  expect(fitLogistic(rows, [1, 1, 1], { ridge: 1 })[0]).toBeLessThan(2);
});

test("a system that is solved fits, and one that is not positive definite is refused", () => {
  const random = seeded(8);
  const half = Array.from({ length: 6 }, () => Array.from({ length: 6 }, () => normal(random)));
  const matrix = half.map((line, i) => Float64Array.from(half, (other, j) => dot(line, other) + (i === j ? 1 : 0)));
  const right = Float64Array.from({ length: 6 }, () => normal(random));
  const found = solve(matrix, right);
  for (const [i, line] of matrix.entries()) expect(dot(line, found)).toBeCloseTo(right[i] ?? 0, 9);
  const lower = cholesky(matrix);
  expect(
    dot(
      lower[5] ?? [],
      forward(lower, right).map((value, at) => (at <= 5 ? value : 0)),
    ),
  ).toBeCloseTo(right[5] ?? 0, 9);
  expect(backward(lower, forward(lower, right))).toEqual(found);
  expect(() => cholesky([Float64Array.of(1, 0), Float64Array.of(2, 1)])).toThrow(RangeError);
});

test("the normal distribution and its quantiles are each other's inverse, to the tails", () => {
  for (const x of [-6, -3, -1, -0.1, 0, 0.5, 2, 4]) expect(normalQuantile(normalBelow(x))).toBeCloseTo(x, x < -5 ? 0 : 2);
  expect(normalBelow(1.959964)).toBeCloseTo(0.975, 6);
  expect(normalQuantile(0.975)).toBeCloseTo(1.959964, 5);
  expect([normalQuantile(0), normalQuantile(1), normalBelow(50), normalBelow(-50)]).toEqual([-Infinity, Infinity, 1, 0]);
});
