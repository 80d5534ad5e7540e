import { expect, test } from "vitest";
import { columnsOf, fitted, inColour, plain, withoutColour } from "../terminal/paint.ts";
import { routeOf } from "./measuredFetch.ts";
import { pictureOf } from "./picture.ts";
import { drawScene, plainLine, sparkline } from "./screen.ts";
import { tally } from "./tally.ts";

function scene() {
  const seen = tally(() => new Date("2026-01-01T12:00:00Z"));
  seen.count("matches", 12);
  seen.happened("♥ Ana (29, Lisbon) and Tom matched, and a story that is far longer than any terminal is wide goes on and on and on");
  seen.happened("Yui to 지우: 🌿 <tea> & biscuits");
  return { seen: seen.read(), people: 60, elapsedSec: 30, seconds: 60, act: "playing" };
}

test("every frame has as many lines, and each is exactly as wide as asked, in colour or not", () => {
  const empty = { ...scene(), seen: tally(() => new Date()).read() };
  for (const width of [60, 100]) {
    const frames = [drawScene(inColour, scene(), width), drawScene(plain, scene(), width), drawScene(plain, empty, width)];
    expect(new Set(frames.map((frame) => frame.length)).size).toBe(1);
    expect(new Set(frames.flat().map(columnsOf))).toEqual(new Set([width]));
    expect(frames[0]?.map(withoutColour)).toEqual(frames[1]);
  }
  expect(drawScene(plain, scene()).join("\n")).toContain("♥ Ana (29, Lisbon) and Tom matched");
  expect(plainLine(scene())).toContain("12 matches");
});

test("a sparkline shows the newest values, the largest as a full bar", () => {
  expect(sparkline([0, 1, 4, 8], 6)).toBe("  ▁▂▅█");
  expect(sparkline([9, 0, 0], 2)).toBe("▁▁");
});

test("texts are cut where they do not fit", () => {
  expect(fitted("abcdef", 4)).toBe("abc…");
  expect(fitted("日本語", 4)).toBe("日… ");
  expect(columnsOf(inColour("pink", "♥ 🌿"))).toBe(4);
});

test("the picture holds every word of the frame in its colour, and is well-formed", () => {
  const svg = pictureOf(drawScene(inColour, scene()), "npm run demo");
  expect(svg).toContain(`fill="#ff5f87"`);
  expect(svg).toContain("&lt;tea&gt;</text>");
  expect(svg.match(/<text /g)?.length).toBe(svg.match(/<\/text>/g)?.length);
  expect(svg).not.toContain("\u001b");
});

test("a request is counted for the contract's route", () => {
  expect(routeOf("PUT", "http://x/v1/swipes/0199c0de-7a11-7c0d-8e3f-5f1e2d3c4b5a")).toBe("PUT /v1/swipes/{targetId}");
  expect(routeOf("POST", "http://x/v1/swipes/rewind")).toBe("POST /v1/swipes/rewind");
  expect(routeOf("GET", "http://x/v1/me?x=1")).toBe("GET /v1/me");
  expect(routeOf("GET", "http://x/elsewhere")).toBe("GET /elsewhere");
});
