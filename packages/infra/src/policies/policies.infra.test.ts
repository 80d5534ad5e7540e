import { describe, expect, test } from "vitest";
import { draftOf } from "../draft.ts";
import { graphOf, load } from "../graph.ts";
import { plants } from "./plants.ts";
import { policies } from "./policies.ts";

const stages = ["production", "staging", "pr-42", "local.dev"] as const;

describe.each(stages)("%s", (stage) => {
  test.each(policies)("$name", ({ check }) => {
    expect(check(load(stage)).map(({ where, what }) => `${where} ${what}`)).toEqual([]);
  });
});

describe("a planted mistake is found", () => {
  test("for every policy, and for no other", () => {
    expect([...new Set(plants.map(({ policy }) => policy))].toSorted()).toEqual(policies.map(({ name }) => name).toSorted());
  });

  test.each(plants)("$policy: $how ($stage)", ({ policy, stage, plant, blames }) => {
    const { check } = policies.find(({ name }) => name === policy) ?? { check: () => [] };
    const [before, after] = [load(stage), graphOf(plant(draftOf(load(stage))))].map((one) =>
      check(one).map(({ where, what }) => `${where} ${what}`),
    );
    const found = after?.filter((line) => !before?.includes(line)) ?? [];
    const isBlamed = (line: string): boolean =>
      blames.endsWith("*") ? line.startsWith(blames.slice(0, -1)) : line.startsWith(`${blames} `);
    expect(found.some(isBlamed) ? blames : found).toBe(blames);
  });
});
