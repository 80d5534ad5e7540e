import { expectedMatches, fieldOf, type Field } from "../allocate/expected.ts";
import { allocate, exposureOf, mutualChance, rankBy } from "../allocate/frankWolfe.ts";
import { gini } from "../market/inequality.ts";
import { seeded } from "@pendo/engine/random";
import { attentions, twoSided, type Tastes } from "../market/twoSided.ts";
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

export interface Allocated {
  readonly matches: number;
  /** Of the mean over seeds. */
  readonly standardError: number;
  /** How unequally receivers get matches. */
  readonly receiverGini: number;
  readonly cpuSec: number;
}

export interface PublishedResult {
  readonly configuration: Published;
  readonly oneWay: number;
  readonly reciprocal: number;
  /** Counting matches alone. */
  readonly most: Allocated;
  /** With what it counts for that every receiver gets something. */
  readonly fair: Allocated;
}

/** How unequal what receivers get may be where half of the tastes are shared. */
const GINI_MAX = 0.12;

/** Whether an allocation makes no fewer matches than the published optimum and, where the aim asks for it, shares them out evenly enough. */
export function reaches({ crowding, published: [, , optimum] }: Published, { matches, receiverGini }: Allocated): boolean {
  return matches >= optimum && (crowding !== 0.5 || receiverGini <= GINI_MAX);
}

/** Each configuration over so many seeds, by exact expectation: nothing is simulated. Three proposers for two receivers, as published. */
export function runPublished(configuration: Published, { seeds, fairness }: { seeds: number; fairness: number }): PublishedResult {
  const { receivers, tastes, crowding, attention } = configuration;
  const runs = Array.from({ length: seeds }, (_, seed) => {
    const market = twoSided({ proposers: 1.5 * receivers, receivers, tastes, crowding }, seeded(1000 + seed));
    const field = fieldOf(market, attentions[attention]);
    const ranked = (score: (proposer: number, receiver: number) => number): number =>
      expectedMatches(field, exposureOf(field, rankBy(market, score)));
    return {
      oneWay: ranked((proposer, receiver) => market.likes[proposer * receivers + receiver] ?? 0),
      reciprocal: ranked((proposer, receiver) => mutualChance(market, proposer, receiver)),
      most: allocated(field, 0),
      fair: allocated(field, fairness),
    };
  });
  return {
    configuration,
    oneWay: mean(runs.map((run) => run.oneWay)),
    reciprocal: mean(runs.map((run) => run.reciprocal)),
    most: over(runs.map((run) => run.most)),
    fair: over(runs.map((run) => run.fair)),
  };
}

type Run = Omit<Allocated, "standardError">;

function allocated(field: Field, fairness: number): Run {
  const started = process.cpuUsage();
  const { exposure, value } = allocate(field, { fairness });
  const { user, system } = process.cpuUsage(started);
  const received = new Float64Array(field.market.receivers);
  expectedMatches(field, exposure, { received });
  return { matches: value, receiverGini: gini(received), cpuSec: (user + system) / 1e6 };
}

function over(runs: readonly Run[]): Allocated {
  const of = (key: keyof Run): number => mean(runs.map((run) => run[key]));
  const matches = of("matches");
  const deviation = Math.sqrt(runs.reduce((sum, run) => sum + (run.matches - matches) ** 2, 0) / Math.max(1, runs.length - 1));
  return { matches, standardError: deviation / Math.sqrt(runs.length), receiverGini: of("receiverGini"), cpuSec: of("cpuSec") };
}
