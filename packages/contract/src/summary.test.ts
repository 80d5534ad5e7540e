import { expect, test } from "vitest";
import { everyRoute } from "./everyRoute.ts";

/** The verbs that a summary may begin with. */
const verbs =
  /^(Add|Block|Check|Complete|Confirm|Create|End|Exchange|Explain|Get|List|Mark|Mute|Record|Remove|Replace|Report|Revoke|Rewind|Search|Send|Start|Update) /;
const LENGTH_MAX = 80;

const wrongIn = (summary: string): string[] => [
  ...(verbs.test(summary) ? [] : ["begins with no verb of the list"]),
  ...(summary.endsWith(".") ? ["ends with a full stop"] : []),
  ...(summary.length > LENGTH_MAX ? [`has more than ${LENGTH_MAX} characters`] : []),
];

test("every summary is an imperative without a full stop, of at most 80 characters", () => {
  const wrong = everyRoute().flatMap(({ noun, name, spec }) => wrongIn(spec.summary).map((what) => `${noun}.${name} ${what}`));

  expect(wrong).toEqual([]);
});

test("a summary that is no imperative, has a full stop or is too long is found", () => {
  expect(wrongIn("My account.")).toEqual(["begins with no verb of the list", "ends with a full stop"]);
  expect(wrongIn(`List ${"x".repeat(LENGTH_MAX)}`)).toEqual([`has more than ${LENGTH_MAX} characters`]);
});

test("every description is of whole sentences", () => {
  for (const { spec } of everyRoute()) if (spec.description !== undefined) expect(spec.description).toMatch(/^[A-Z`].*\.$/);
});

test("no two routes have the same summary", () => {
  const summaries = everyRoute().map(({ spec }) => spec.summary);

  expect(new Set(summaries).size).toBe(summaries.length);
});
