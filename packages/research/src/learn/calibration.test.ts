import { seeded } from "@pendo/engine/random";
import { logit, sigmoid } from "@pendo/engine/score/chance";
import { expect, test } from "vitest";
import { calibrated, fitCalibration, uncalibrated } from "./calibration.ts";

test("calibration brings chances that are twice too sure back, keeps their order, and changes nothing without outcomes", () => {
  const random = seeded(4);
  const truth = Array.from({ length: 4000 }, () => 0.05 + 0.9 * random());
  const outcomes = truth.map((p) => random() < p);
  const tooSure = truth.map((p) => sigmoid(2 * logit(p) + 0.7));
  const found = fitCalibration(tooSure, outcomes);
  expect(found.slope).toBeCloseTo(0.5, 1);
  expect(calibrated(sigmoid(2 * logit(0.3) + 0.7), found)).toBeCloseTo(0.3, 1);
  expect(fitCalibration([], [])).toEqual(uncalibrated);
  expect(fitCalibration([0.9, 0.8], [false, false]).slope).toBeGreaterThanOrEqual(0);
});
