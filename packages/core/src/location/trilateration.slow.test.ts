import { createSecretKey } from "node:crypto";
import type { UserId } from "@pendo/contract/ids";
import { seeded } from "@pendo/engine/random";
import { expect, test } from "vitest";
import { bestGuess, missMetres, moved, oracle, percentile, type Point } from "./attacker.fixture.ts";
import { distanceKm, type Coordinates } from "../rules/distance.ts";
import { BORDER_SHIFT_MAX, CELL_KM, secretGrid, STAY_MARGIN } from "./grid.ts";

const TARGETS = 1000;
/** Every twentieth target may be found no nearer than this. */
const MISS_METRES_MIN = 200;

const grid = secretGrid(createSecretKey(new Uint8Array(32).fill(7)));
const snapped = (place: Coordinates, who: string) => grid.snap(who as UserId, place, null);
const exact = (place: Coordinates) => place;

function places(seed: number): Coordinates[] {
  const random = seeded(seed);
  return Array.from({ length: TARGETS }, () => ({ lat: random() * 110 - 50, lon: random() * 360 - 180 }));
}

function fifthPercentile(shownAs: (place: Coordinates, who: string) => Coordinates): number {
  const random = seeded(11);
  return percentile(
    places(3).map((target) => missMetres(target, oracle(target, shownAs), random)),
    0.05,
  );
}

test("the distances and filters of many accounts fix one in twenty people no nearer than 200 m", () => {
  expect(fifthPercentile(snapped)).toBeGreaterThanOrEqual(MISS_METRES_MIN);
});

test("the same attacker finds people to metres where distances are those of exact places", () => {
  expect(fifthPercentile(exact)).toBeLessThan(MISS_METRES_MIN);
});

test("whoever stole the key of the grid, and sees every cell, still fixes one in twenty no nearer than 200 m", () => {
  const misses = places(5).map((target) => distanceKm(snapped(target, "target"), target) * 1000);
  expect(percentile(misses, 0.05)).toBeGreaterThanOrEqual(MISS_METRES_MIN);
});

/** Where a place lies from the middle of a cell, in cells. */
function inCells(place: Coordinates, centre: Coordinates): Point {
  const [corner, step] = [moved(centre, 0, 0), CELL_KM];
  const north = distanceKm(corner, { lat: place.lat, lon: centre.lon }) / step;
  const east = distanceKm({ lat: place.lat, lon: centre.lon }, place) / step;
  return [place.lon < centre.lon ? -east : east, place.lat < centre.lat ? -north : north];
}

const REACH = MISS_METRES_MIN / 1000 / CELL_KM;
const same = (a: Coordinates, b: Coordinates) => a.lat === b.lat && a.lon === b.lon;

/** How likely a border that lies at 0.5, but was moved, is nearer than this. */
function borderBelow(cells: number): number {
  return Math.min(1, Math.max(0, (cells - 0.5 + BORDER_SHIFT_MAX) / (2 * BORDER_SHIFT_MAX)));
}

test("a person who moves, with every step told, is fixed no nearer than 200 m at the moment the cell changes", () => {
  const random = seeded(17);
  const misses = places(9).flatMap((start, n) => {
    const userId = `mover ${n}` as UserId;
    let shown = grid.snap(userId, start, null);
    const direction = random() * 2 * Math.PI;
    for (let step = 1; step <= 200; step++) {
      const at = moved(start, Math.cos(direction) * step * 0.03, Math.sin(direction) * step * 0.03);
      const next = grid.snap(userId, at, shown);
      if (!same(next, shown)) return [missAtChange(shown, next, at)];
      shown = next;
    }
    return [];
  });
  expect(misses.length).toBeGreaterThan(TARGETS * 0.9);
  expect(percentile(misses, 0.05)).toBeGreaterThanOrEqual(MISS_METRES_MIN);
});

/** The attacker knows where the middles of both cells are, that the person is on the border between them, and how far such a border is moved. */
function missAtChange(from: Coordinates, to: Coordinates, at: Coordinates): number {
  const [east, north] = inCells(to, from);
  const acrossEast = Math.abs(east) > Math.abs(north);
  // The middle of where the border may be, and of the cell along it.
  const ahead = (0.5 + STAY_MARGIN) * Math.sign(acrossEast ? east : north);
  const guess = acrossEast ? moved(from, ahead * CELL_KM, 0) : moved(from, 0, ahead * CELL_KM);
  return distanceKm(guess, at) * 1000;
}

test("a person who comes home from every side, again and again, is fixed no nearer than 200 m", () => {
  const misses = places(13).map((home, n) => {
    const userId = `commuter ${n}` as UserId;
    const own = grid.snap(userId, home, null);
    const sides = [
      [1, 0],
      [-1, 0],
      [0, 1],
      [0, -1],
    ] as const;
    const seen = sides.map(([east, north]) => {
      const work = grid.snap(userId, moved(own, east * CELL_KM, north * CELL_KM), null);
      return { east, north, stays: same(grid.snap(userId, home, work), work) };
    });
    const weights = candidates().map((point) => seen.reduce((weight, side) => weight * likelihood(point, side), 1));
    const [east, north] = bestGuess(candidates(), weights, REACH);
    return distanceKm(moved(own, east * CELL_KM, north * CELL_KM), home) * 1000;
  });
  expect(percentile(misses, 0.05)).toBeGreaterThanOrEqual(MISS_METRES_MIN);
});

interface Side {
  readonly east: number;
  readonly north: number;
  /** Whether the person is still shown on that side when they are home. */
  readonly stays: boolean;
}

/** How likely it is to see this of somebody whose home is at that point of the cell they are shown in. */
function likelihood([x, y]: Point, { east, north, stays }: Side): number {
  const towards = x * east + y * north;
  const inside = 1 - borderBelow(towards);
  const nearBorder = borderBelow(towards + STAY_MARGIN) - borderBelow(towards);
  return stays ? nearBorder : Math.max(0, inside - nearBorder);
}

function candidates(): Point[] {
  const steps = Array.from({ length: 18 }, (_, i) => ((i + 0.5) / 18 - 0.5) * 1.8);
  return steps.flatMap((east) => steps.map((north): Point => [east, north]));
}

test("a place is shown within two cells of it, and stays where it is shown: anywhere, poles and date line included", () => {
  const random = seeded(23);
  for (let n = 0; n < 5000; n++) {
    const north = n % 4 === 0 ? 89.9 + random() * 0.1 : random() * 90;
    const place = { lat: n % 2 === 0 ? north : -north, lon: n % 3 === 0 ? 180 - random() * 0.01 : random() * 360 - 180 };
    const userId = `anybody ${n % 7}` as UserId;
    const shown = grid.snap(userId, place, null);
    if (distanceKm(shown, place) > 1.3 * CELL_KM) throw new Error(`${JSON.stringify(place)} is shown at ${JSON.stringify(shown)}`);
    expect(grid.snap(userId, place, shown)).toEqual(shown);
    expect(Math.abs(shown.lat) <= 90 && shown.lon >= -180 && shown.lon < 180).toBe(true);
  }
});

test("each has borders of their own, and another key makes another grid", () => {
  const other = secretGrid(createSecretKey(new Uint8Array(32).fill(8)));
  const town = places(29).slice(0, 50);
  expect(
    town.filter((place) => same(grid.snap("one" as UserId, place, null), grid.snap("two" as UserId, place, null))).length,
  ).toBeLessThan(50);
  expect(town.filter((place) => same(grid.snap("one" as UserId, place, null), other.snap("one" as UserId, place, null)))).toEqual([]);
});
