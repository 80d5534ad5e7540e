import { createSecretKey } from "node:crypto";
import type { UserId } from "@pendo/contract/ids";
import { expect, test } from "vitest";
import { testRandom } from "@pendo/engine/testSeed.fixture";
import { distanceKm } from "../rules/distance.ts";
import { shownWithinKm } from "./grid.fixture.ts";
import { CELL_KM, secretGrid } from "./grid.ts";

test("every user is shown within the bound that follows from cells and their borders, and some farther than a cell away", () => {
  const grid = secretGrid(createSecretKey(new Uint8Array(32).fill(7)));
  const random = testRandom();

  const misses = Array.from({ length: 4_000 }, (_, n) => {
    const place = { lat: random() * 120 - 60, lon: random() * 360 - 180 };
    const first = grid.snap(`user ${n}` as UserId, place, null);
    const near = { lat: place.lat + (random() - 0.5) / 50, lon: place.lon + (random() - 0.5) / 50 };
    return Math.max(distanceKm(place, first), distanceKm(near, grid.snap(`user ${n}` as UserId, near, first)));
  });

  expect(Math.max(...misses)).toBeLessThan(shownWithinKm);
  expect(Math.max(...misses)).toBeGreaterThan(CELL_KM);
});
