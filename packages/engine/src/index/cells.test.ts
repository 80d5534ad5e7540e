import { fc } from "../fastCheck.fixture.ts";
import { expect, test } from "vitest";
import { chordSquared, chordSquaredOf, pointOf } from "../eligibility/sphere.ts";
import { cellOf, Cells } from "./cells.ts";

const latitude = fc.oneof(fc.double({ min: -90, max: 90, noNaN: true }), fc.constantFrom(-90, 90, 0, 89.99, -89.97));
const longitude = fc.oneof(fc.double({ min: -180, max: 180, noNaN: true }), fc.constantFrom(-180, 180, 0, 179.999));

test("every cell that reaches into a circle is visited, once, at the poles and across the date line too", () => {
  fc.assert(
    fc.property(
      latitude,
      longitude,
      fc.integer({ min: 1, max: 511 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.nat(359),
      (lat, lon, radiusKm, part, bearing) => {
        const centre = pointOf({ lat, lon });
        // Somebody in this direction, at up to the whole radius.
        const [phi, theta, turn] = [(lat * Math.PI) / 180, (radiusKm * 1000 * part) / 6_378_168, (bearing * Math.PI) / 180];
        const otherLat = Math.asin(
          Math.min(1, Math.max(-1, Math.sin(phi) * Math.cos(theta) + Math.cos(phi) * Math.sin(theta) * Math.cos(turn))),
        );
        const east = Math.atan2(Math.sin(turn) * Math.sin(theta) * Math.cos(phi), Math.cos(theta) - Math.sin(phi) * Math.sin(otherLat));
        const otherLon = ((((lon + (east * 180) / Math.PI + 180) % 360) + 360) % 360) - 180;
        const other = pointOf({ lat: (otherLat * 180) / Math.PI, lon: otherLon });
        fc.pre(chordSquared(centre, other) <= chordSquaredOf(radiusKm));
        const cells = new Cells();
        cells.setRootAt(cellOf(other), 7);
        const visited: number[] = [];
        cells.visitNear(centre, radiusKm, (root) => visited.push(root));
        expect(visited).toEqual([7]);
      },
    ),
    { numRuns: 3000 },
  );
});

test("a circle visits few cells that it does not need", () => {
  const cells = new Cells();
  for (let lat = 35; lat < 55; lat += 0.15) for (let lon = -5; lon < 25; lon += 0.2) cells.setRootAt(cellOf(pointOf({ lat, lon })), 1);
  let visited = 0;
  cells.visitNear(pointOf({ lat: 45, lon: 10 }), 500, () => visited++);
  // A circle of 500 km holds 491 cells of 40 × 40 km.
  expect(visited).toBeGreaterThan(491);
  expect(visited).toBeLessThan(720);
});
