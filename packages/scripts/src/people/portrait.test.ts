import { derive } from "@pendo/core/media/derive";
import { localVision } from "@pendo/local/vision/localVision";
import { expect, test } from "vitest";
import { persona } from "./personas.ts";
import { portrait, portraitSvg, testCard } from "./portrait.ts";

const sitter = (n: number) => ({ face: n, ...persona(n, 1) });

test("the same face and scene are the same picture; another scene is another one", () => {
  expect(portraitSvg(sitter(5), 0)).toBe(portraitSvg(sitter(5), 0));
  expect(portraitSvg(sitter(5), 1)).not.toBe(portraitSvg(sitter(5), 0));
});

test("portraits pass the local classifier, and no two look alike to the perceptual hash", { timeout: 90_000 }, async () => {
  const vision = localVision();
  const hashes: string[] = [];
  for (let n = 1; n <= 40; n++) {
    const file = await portrait(sitter(1 + (n >> 1)), n % 2);
    const picture = await derive(file);
    if ("unreadable" in picture || picture.phash === null) throw new Error(`Portrait ${n} cannot be hashed.`);
    expect({ n, labels: await vision.moderationLabels(file) }).toEqual({ n, labels: [] });
    hashes.push(picture.phash);
  }
  const nearest = Math.min(...hashes.flatMap((a, i) => hashes.slice(i + 1).map((b) => bitsBetween(a, b))));
  // Beyond the distance within which a picture counts as a copy of a rejected one.
  expect(nearest).toBeGreaterThan(5);
});

test("the test card is refused", async () => {
  expect(await localVision().moderationLabels(await testCard())).toMatchObject([{ name: "Explicit Nudity" }]);
});

function bitsBetween(a: string, b: string): number {
  return (BigInt(`0x${a}`) ^ BigInt(`0x${b}`)).toString(2).replaceAll("0", "").length;
}
