import { logit, sigmoid } from "@pendo/engine/score/chance";

/** A chance as it was foretold is put right as σ(slope · logit + shift). */
export interface Calibration {
  readonly slope: number;
  readonly shift: number;
}

export const uncalibrated: Calibration = { slope: 1, shift: 0 };

/** What really happens of what was foretold with this chance. Order is kept, for the slope is never below 0. */
export function calibrated(chance: number, { slope, shift }: Calibration): number {
  return sigmoid(slope * logit(chance) + shift);
}

/**
 * Fits the calibration to what came of the chances: logistic regression on the logit (Platt 1999), by Newton's method, with a weak pull (as of two
 * observations) towards changing nothing, so that a handful of outcomes cannot turn it over. Without outcomes nothing is changed.
 */
export function fitCalibration(chances: readonly number[], outcomes: readonly boolean[]): Calibration {
  let slope = 1;
  let shift = 0;
  for (let round = 0; round < 50; round++) {
    const pull = 2;
    let [slopeSlope, shiftSlope] = [pull * (1 - slope), -pull * shift];
    let [a, b, c] = [pull, 0, pull];
    for (const [at, chance] of chances.entries()) {
      const x = logit(chance);
      const foretold = sigmoid(slope * x + shift);
      const error = (outcomes[at] ? 1 : 0) - foretold;
      const weight = foretold * (1 - foretold);
      slopeSlope += error * x;
      shiftSlope += error;
      a += weight * x * x;
      b += weight * x;
      c += weight;
    }
    const determinant = a * c - b * b;
    const [bySlope, byShift] = [(c * slopeSlope - b * shiftSlope) / determinant, (a * shiftSlope - b * slopeSlope) / determinant];
    slope = Math.max(0, slope + bySlope);
    shift += byShift;
    if (Math.abs(bySlope) + Math.abs(byShift) < 1e-9) break;
  }
  return { slope, shift };
}
