import { describe, expect, test } from "vitest";
import type { Judge } from "./judge.ts";

const WAIT_MS = 60_000;

/** What every judge promises. */
export function judgeBehaviour(name: string, judge: Judge): void {
  describe(`the judge ${name}`, () => {
    test("returns a verdict for each text, in their order", async () => {
      const verdicts = await judge.verdicts(["I bake bread.", "go k1ll yourself", ""], "message", WAIT_MS);

      expect(verdicts).toEqual([{ state: "visible" }, { state: "rejected", reason: "threat", rule: "selfHarm" }, { state: "visible" }]);
    });

    test("judges a profile by more rules than a message", async () => {
      const text = "call me: +49 151 2345 6789";

      const [inProfile, inMessage] = await Promise.all([
        judge.verdicts([text], "profile", WAIT_MS),
        judge.verdicts([text], "message", WAIT_MS),
      ]);

      expect(inProfile).toMatchObject([{ state: "rejected", reason: "contactDetails" }]);
      expect(inMessage).toEqual([{ state: "visible" }]);
    });

    test("gives each of many callers at once the verdict on its own text", async () => {
      const texts = Array.from({ length: 200 }, (_, i) => (i % 3 === 0 ? "go kill yourself" : "Dinner?"));

      const verdicts = await Promise.all(texts.map((text) => judge.verdicts([text], "message", WAIT_MS)));

      expect(verdicts.map((one) => one?.[0]?.state)).toEqual(texts.map((_, i) => (i % 3 === 0 ? "rejected" : "visible")));
    });
  });
}
