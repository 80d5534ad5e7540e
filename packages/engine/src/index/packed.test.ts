import { fc } from "../fastCheck.fixture.ts";
import { expect, test } from "vitest";
import { priceCode, priceCodeBelow, priceOf, priceRest } from "./packed.ts";

const price = fc.oneof(fc.double({ min: 2 ** -43, max: 1e6, noNaN: true }), fc.double({ min: 0.2, max: 3, noNaN: true })).map(Math.fround);

test("a price is kept to the last bit of a float, and its code is in the order of prices", () => {
  fc.assert(
    fc.property(price, price, (a, b) => {
      expect(priceOf(priceCode(a), priceRest(a))).toBe(a);
      if (a <= b) expect(priceCode(a)).toBeLessThanOrEqual(priceCode(b));
    }),
  );
});

test("no price that is high enough has a code below the one that is asked for", () => {
  fc.assert(
    fc.property(price, fc.double({ min: 0, max: 1, noNaN: true }), (least, more) => {
      const enough = Math.fround(least * (1 + more));
      if (enough >= least) expect(priceCode(enough)).toBeGreaterThanOrEqual(priceCodeBelow(least));
    }),
  );
  expect(priceCodeBelow(0)).toBe(0);
  expect(priceCodeBelow(Number.POSITIVE_INFINITY)).toBe(0xffff);
});
