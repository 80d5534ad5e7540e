// The kernel computes the same with the same operations, each of which every machine rounds alike: so scores are equal bit for bit.

/** 1 / (1 + e^−x), to 15 digits. Beyond ±40 it is that of ±40. */
export function sigmoid(x: number): number {
  if (x >= 0) return 1 / (1 + expNegative(x > 40 ? -40 : -x));
  const e = expNegative(x < -40 ? -40 : x);
  return e / (1 + e);
}

const POWERS_OF_HALF = powersOfHalf();

/** e to the power of a number from −40 to 0: a power of two times a Taylor polynomial of what is left, which lies within ± ln 2 / 2. */
function expNegative(y: number): number {
  const k = Math.floor(y * 1.4426950408889634 + 0.5);
  // ln 2 in two parts, as fdlibm splits it, so that k times the first is exact.
  const r = y - k * 0.6931471803691238 - k * 1.9082149292705877e-10;
  let p = 1 / 479001600;
  p = p * r + 1 / 39916800;
  p = p * r + 1 / 3628800;
  p = p * r + 1 / 362880;
  p = p * r + 1 / 40320;
  p = p * r + 1 / 5040;
  p = p * r + 1 / 720;
  p = p * r + 1 / 120;
  p = p * r + 1 / 24;
  p = p * r + 1 / 6;
  p = p * r + 0.5;
  p = p * r + 1;
  p = p * r + 1;
  return p * (POWERS_OF_HALF[-k] as number);
}

function powersOfHalf(): Float64Array {
  const powers = new Float64Array(64).fill(1);
  for (let i = 1; i < powers.length; i++) powers[i] = (powers[i - 1] as number) / 2;
  return powers;
}
