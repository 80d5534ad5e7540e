import { backward, cholesky, forward } from "../../learn/linear.ts";
import { normalBelow, normalQuantile } from "../../learn/normal.ts";
import { normal, type Random } from "@pendo/engine/random";

/** A symmetric matrix of two by two: the first variance, the covariance, the second variance. */
export type Spread2 = [number, number, number];

/** A sum of so many squared standard normal numbers: twice a gamma number, by the method of Marsaglia and Tsang (2000). At least 1 degree. */
export function chiSquared(degrees: number, random: Random): number {
  const shape = degrees / 2;
  // Below one, a draw of one more is taken and shrunk.
  if (shape < 1) return chiSquared(degrees + 2, random) * Math.pow(1 - random(), 1 / shape);
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = normal(random);
    const v = (1 + c * x) ** 3;
    if (v > 0 && Math.log(1 - random()) < (x * x) / 2 + d - d * v + d * Math.log(v)) return 2 * d * v;
  }
}

/** A covariance of two, given the sum of squares and products that was seen and how many there were (inverse Wishart, by Bartlett's decomposition). */
export function inverseWishart2([a, b, c]: Readonly<Spread2>, degrees: number, random: Random): Spread2 {
  // The Wishart number with the inverse of the sum as its scale is L·B·Bᵀ·Lᵀ, and what is wanted is its inverse.
  const determinant = a * c - b * b;
  const [ia, ib, ic] = [c / determinant, -b / determinant, a / determinant];
  const l11 = Math.sqrt(ia);
  const l21 = ib / l11;
  const l22 = Math.sqrt(ic - l21 * l21);
  const b11 = Math.sqrt(chiSquared(degrees, random));
  const b21 = normal(random);
  const b22 = Math.sqrt(chiSquared(degrees - 1, random));
  const [m11, m21, m22] = [l11 * b11, l21 * b11 + l22 * b21, l22 * b22];
  const [w11, w21, w22] = [m11 * m11, m11 * m21, m21 * m21 + m22 * m22];
  const wished = w11 * w22 - w21 * w21;
  return [w22 / wished, -w21 / wished, w11 / wished];
}

/** The sum over rows of each row times itself: a square matrix. */
export function outer(rows: readonly Float64Array[]): Float64Array[] {
  const size = rows[0]?.length ?? 0;
  const sum = Array.from({ length: size }, () => new Float64Array(size));
  for (const row of rows) {
    for (const [i, line] of sum.entries())
      for (let j = 0; j < size; j++) line[j] = (line[j] as number) + (row[i] as number) * (row[j] as number);
  }
  return sum;
}

/** A normal number with this mean and a variance of 1, of those above 0 or of those below. */
export function beyondZero(mean: number, above: boolean, random: Random): number {
  const sign = above ? 1 : -1;
  // What lies on the right side of 0 has this much chance; a part of it is drawn and turned back into a number.
  const chance = Math.max(1e-12, normalBelow(sign * mean));
  return mean - sign * normalQuantile(Math.max(1e-13, chance * random()));
}

/** Slopes of a linear regression, drawn as likely as they are: each row's value has a variance, each slope one beforehand. `products` is the rows' `outer`. */
export function ridgeDraw(
  rows: readonly (readonly [Float64Array, number])[],
  products: readonly Float64Array[],
  { variance, slope }: { readonly variance: number; readonly slope: number },
  random: Random,
): Float64Array {
  const right = new Float64Array(products.length);
  for (const [row, value] of rows)
    for (let i = 0; i < right.length; i++) right[i] = (right[i] as number) + (value / variance) * (row[i] as number);
  const lower = cholesky(products.map((line, i) => line.map((value, j) => value / variance + (i === j ? 1 / slope : 0))));
  return backward(
    lower,
    forward(lower, right).map((value) => value + normal(random)),
  );
}
