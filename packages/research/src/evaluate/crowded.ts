import { expectedMatches, fieldOf } from "../allocate/expected.ts";
import type { Edges } from "@pendo/engine/allocate/edges";
import { allocate, exposureOf, mutualChance, rankBy } from "../allocate/frankWolfe.ts";
import { prices } from "@pendo/engine/allocate/prices";
import { gini, topShare } from "../market/inequality.ts";
import { seeded } from "@pendo/engine/random";
import { skewed } from "../market/skewed.ts";
import { attentions, type TwoSided } from "../market/twoSided.ts";

export interface CrowdedResult {
  readonly people: number;
  /** How unequally yeses would fall if all were shown alike. */
  readonly inDegreeGini: number;
  readonly topHundredth: number;
  readonly matches: Readonly<Record<"one-way" | "reciprocal" | "reciprocal × price" | "Frank–Wolfe", number>>;
  readonly cpuSec: Readonly<Record<"prices" | "Frank–Wolfe", number>>;
}

/** A market in which few are wanted by nearly all, so many on each side: expected matches by four rankings, by exact expectation, attention 1 / rank. */
export function runCrowded(people: number, seed: number): CrowdedResult {
  const market = skewed({ proposers: people, receivers: people }, seeded(seed));
  const field = fieldOf(market, attentions.inverse);
  const received = new Float64Array(people);
  for (const [at, chance] of market.likes.entries()) received[at % people] = (received[at % people] as number) + chance;
  const ranked = (score: (proposer: number, receiver: number) => number): number =>
    expectedMatches(field, exposureOf(field, rankBy(market, score)));
  const [priced, pricesSec] = timed(() => prices(edgesOf(market), { tolerance: 1e-2 }));
  const [allocated, allocateSec] = timed(() => allocate(field, { countMax: 64, twoStarts: false, tolerance: 2e-3 }));
  return {
    people,
    inDegreeGini: gini(received),
    topHundredth: topShare(received, 0.01),
    matches: {
      "one-way": ranked((proposer, receiver) => market.likes[proposer * people + receiver] ?? 0),
      reciprocal: ranked((proposer, receiver) => mutualChance(market, proposer, receiver)),
      "reciprocal × price": ranked((proposer, receiver) => mutualChance(market, proposer, receiver) * (priced.columns[receiver] ?? 1)),
      "Frank–Wolfe": allocated.value,
    },
    cpuSec: { prices: pricesSec, "Frank–Wolfe": allocateSec },
  };
}

function edgesOf({ proposers, receivers, likes, welcomes }: TwoSided): Edges {
  return {
    rows: proposers,
    columns: receivers,
    start: Uint32Array.from({ length: proposers + 1 }, (_, row) => row * receivers),
    column: Uint32Array.from(likes, (_, edge) => edge % receivers),
    rowWants: Float32Array.from(likes),
    columnWants: Float32Array.from(likes, (_, edge) => welcomes[(edge % receivers) * proposers + Math.floor(edge / receivers)] as number),
  };
}

function timed<T>(work: () => T): [T, number] {
  const started = process.cpuUsage();
  const result = work();
  const { user, system } = process.cpuUsage(started);
  return [result, (user + system) / 1e6];
}
