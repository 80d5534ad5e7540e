import type { DistanceBand } from "@pendo/contract/profile";
import { bandOf, distanceKm, type Coordinates } from "../rules/distance.ts";

// Somebody who wants to know where another person is, and has as many accounts, places and questions as it takes.

const DEGREE_KM = 111.195;

/** The place that lies this far east and north, near enough for distances of a day trip. */
export function moved({ lat, lon }: Coordinates, eastKm: number, northKm: number): Coordinates {
  const northLat = lat + northKm / DEGREE_KM;
  return { lat: northLat, lon: lon + eastKm / (DEGREE_KM * Math.cos((northLat * Math.PI) / 180)) };
}

/** What an application answers somebody who stands at `from` about a target. */
export type Oracle = (from: Coordinates) => {
  /** Whether the target is among the results when they filter by this radius. */
  readonly within: (radiusKm: number) => boolean;
  readonly band: DistanceBand;
};

/** The answers of an application that shows places as `shownAs` says. */
export function oracle(target: Coordinates, shownAs: (place: Coordinates, who: string) => Coordinates): Oracle {
  const shown = shownAs(target, "target");
  return (from) => {
    const km = distanceKm(shownAs(from, `probe ${from.lat} ${from.lon}`), shown);
    return { within: (radiusKm) => km <= radiusKm, band: bandOf(km) };
  };
}

interface Ring {
  readonly from: Coordinates;
  readonly km: number;
}

/** The smallest radius that still finds the target, for each of many places: a ring a kilometre wide around each. */
function rings(answers: Oracle, around: Coordinates, count: number, random: () => number): Ring[] {
  return Array.from({ length: count }, () => {
    const [angle, away] = [random() * 2 * Math.PI, 5 + random() * 40];
    const from = moved(around, Math.cos(angle) * away, Math.sin(angle) * away);
    const { within, band } = answers(from);
    let [tooSmall, enough] = [band === "under5km" ? 0 : 4, 500];
    while (enough - tooSmall > 1) {
      const radius = Math.floor((tooSmall + enough) / 2);
      if (within(radius)) enough = radius;
      else tooSmall = radius;
    }
    return { from, km: enough - 0.5 };
  });
}

/** Where the rings meet: their best common point (Gauss–Newton), then the mean of all points that the fewest rings exclude. */
function meeting(measured: readonly Ring[], start: Coordinates, random: () => number): Coordinates {
  let guess = start;
  for (let round = 0; round < 12; round++) guess = closer(measured, guess);
  let spread = 1.5;
  for (let round = 0; round < 4; round++, spread /= 2) {
    const tried = [guess, ...Array.from({ length: 60 }, () => moved(guess, (random() * 2 - 1) * spread, (random() * 2 - 1) * spread))];
    const misses = tried.map((place) => measured.filter(({ from, km }) => Math.abs(distanceKm(from, place) - km) > 0.5).length);
    const best = tried.filter((_, i) => misses[i] === Math.min(...misses));
    guess = { lat: mean(best.map((place) => place.lat)), lon: mean(best.map((place) => place.lon)) };
  }
  return guess;
}

function closer(measured: readonly Ring[], guess: Coordinates): Coordinates {
  let [ee, en, nn, er, nr] = [0, 0, 0, 0, 0];
  const [eastward, northward] = [moved(guess, 0.01, 0), moved(guess, 0, 0.01)];
  for (const { from, km } of measured) {
    const here = distanceKm(from, guess);
    const [east, north] = [(distanceKm(from, eastward) - here) / 0.01, (distanceKm(from, northward) - here) / 0.01];
    const off = km - here;
    [ee, en, nn, er, nr] = [ee + east * east, en + east * north, nn + north * north, er + east * off, nr + north * off];
  }
  const determinant = ee * nn - en * en;
  return moved(guess, (nn * er - en * nr) / determinant, (ee * nr - en * er) / determinant);
}

/** How far off the attacker's best answer is, in metres. They know the town, not the street. */
export function missMetres(target: Coordinates, answers: Oracle, random: () => number, probes = 60): number {
  const town = moved(target, (random() - 0.5) * 8, (random() - 0.5) * 8);
  const found = meeting(rings(answers, town, probes, random), town, random);
  return distanceKm(found, target) * 1000;
}

/** The value that a share of all values is below. */
export function percentile(values: readonly number[], share: number): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length * share)] ?? Number.NaN;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** A point of a plane, in cells. */
export type Point = readonly [number, number];

/**
 * Where somebody is most likely within reach, if each point of a set of them is as likely as its weight: the point with the most weight within a
 * radius, which is the best that anybody can answer.
 */
export function bestGuess(points: readonly Point[], weights: readonly number[], radius: number): Point {
  let [best, bestMass]: [Point, number] = [[0, 0], -1];
  for (const point of points) {
    let mass = 0;
    points.forEach((other, i) => {
      if ((other[0] - point[0]) ** 2 + (other[1] - point[1]) ** 2 <= radius * radius) mass += weights[i] ?? 0;
    });
    if (mass > bestMass) [best, bestMass] = [point, mass];
  }
  return best;
}
