import { expectedMatches, fieldOf } from "@pendo/engine/allocate/expected";
import { allocate, exposureOf, mutualChance, rankBy } from "@pendo/engine/allocate/frankWolfe";
import { gini } from "@pendo/engine/market/inequality";
import { seeded } from "@pendo/engine/market/random";
import { attentions, twoSided, type Tastes } from "@pendo/engine/market/twoSided";
import { mean } from "./metrics.ts";

/** A configuration of Su, Bayoumi and Joachims (WWW 2022), with their figures: expected matches by one-way and reciprocal ranking, and their optimum. */
interface Published {
  readonly receivers: number;
  readonly tastes: Tastes;
  readonly crowding: number;
  readonly attention: keyof typeof attentions;
  readonly published: readonly [number, number, number];
}

const base = { receivers: 100, tastes: "random", crowding: 0.5, attention: "inverse" } as const;

export const configurations: readonly Published[] = [
  { ...base, crowding: 0, published: [156.3, 199.9, 198.5] },
  { ...base, crowding: 0.25, published: [128.7, 166.6, 173.5] },
  { ...base, published: [106.9, 131, 152.7] },
  { ...base, crowding: 0.75, published: [95, 105, 134.2] },
  { ...base, crowding: 1, published: [92.1, 92.1, 118.2] },
  { ...base, tastes: "similar", published: [126.2, 143.8, 167.4] },
  { ...base, tastes: "reverse", published: [65.1, 104.5, 128.4] },
  { ...base, attention: "exponential", published: [25.9, 47.8, 84.4] },
  { ...base, attention: "logarithm", published: [639.2, 669.7, 673.7] },
  { ...base, receivers: 20, published: [18.7, 21.2, 23.2] },
  { ...base, receivers: 50, published: [50.7, 61.4, 68.9] },
  { ...base, receivers: 200, published: [220.1, 274.3, 332.6] },
];

export interface PublishedResult {
  readonly configuration: Published;
  readonly oneWay: number;
  readonly reciprocal: number;
  readonly ours: number;
  /** Of the mean over seeds. */
  readonly standardError: number;
  /** How unequally receivers get matches. */
  readonly receiverGini: number;
  readonly cpuSec: number;
}

/** Each configuration over so many seeds, by exact expectation: nothing is simulated. Three proposers for two receivers, as published. */
export function runPublished(configuration: Published, seeds: number): PublishedResult {
  const { receivers, tastes, crowding, attention } = configuration;
  const runs = Array.from({ length: seeds }, (_, seed) => {
    const market = twoSided({ proposers: 1.5 * receivers, receivers, tastes, crowding }, seeded(1000 + seed));
    const field = fieldOf(market, attentions[attention]);
    const ranked = (score: (proposer: number, receiver: number) => number): number =>
      expectedMatches(field, exposureOf(field, rankBy(market, score)));
    const oneWay = ranked((proposer, receiver) => market.likes[proposer * receivers + receiver] ?? 0);
    const reciprocal = ranked((proposer, receiver) => mutualChance(market, proposer, receiver));
    const started = process.cpuUsage();
    const { exposure, value } = allocate(field);
    const { user, system } = process.cpuUsage(started);
    const received = new Float64Array(receivers);
    expectedMatches(field, exposure, { received });
    return { oneWay, reciprocal, ours: value, gini: gini(received), cpuSec: (user + system) / 1e6 };
  });
  const of = (key: "oneWay" | "reciprocal" | "ours" | "gini" | "cpuSec"): number => mean(runs.map((run) => run[key]));
  const deviation = Math.sqrt(runs.reduce((sum, run) => sum + (run.ours - of("ours")) ** 2, 0) / Math.max(1, seeds - 1));
  return {
    configuration,
    oneWay: of("oneWay"),
    reciprocal: of("reciprocal"),
    ours: of("ours"),
    standardError: deviation / Math.sqrt(seeds),
    receiverGini: of("gini"),
    cpuSec: of("cpuSec"),
  };
}
