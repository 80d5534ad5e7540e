import { normal, type Random } from "@pendo/engine/random";

/**
 * A market of two sides in which one proposes and the other receives: who proposes sees a ranked list, says yes to some, and whoever receives looks at the
 * yeses from the best downwards.
 */
export interface TwoSided {
  readonly proposers: number;
  readonly receivers: number;
  /** The chance that a proposer who looks at a receiver says yes: `likes[proposer * receivers + receiver]`. */
  readonly likes: Float64Array;
  /** The chance that a receiver who looks at a proposer says yes back: `welcomes[receiver * proposers + proposer]`. */
  readonly welcomes: Float64Array;
}

/** Whether what both sides feel is unrelated, alike, or opposite. */
export type Tastes = "random" | "similar" | "reverse";

/** How much attention the place at a rank (from 1) gets. */
export type Attention = (rank: number) => number;

/** The curves of attention of Su, Bayoumi and Joachims. The logarithm's is above 1 at the top; what comes of it is clipped to a chance. */
export const attentions = {
  inverse: (rank: number) => 1 / rank,
  exponential: (rank: number) => Math.exp(1 - rank),
  logarithm: (rank: number) => 1 / Math.log(rank + 1),
} as const satisfies Record<string, Attention>;

export interface TwoSidedOptions {
  readonly proposers: number;
  readonly receivers: number;
  readonly tastes: Tastes;
  /** From 0 (everybody has a taste of their own) to 1 (all agree who is best): λ of the paper. */
  readonly crowding: number;
}

/**
 * The synthetic market of Su, Bayoumi and Joachims, "Optimizing Rankings for Recommendation in Matching Markets" (WWW 2022), section 5: uniform tastes,
 * mixed with a popularity that falls evenly from the first to the last.
 */
export function twoSided({ proposers, receivers, tastes, crowding }: TwoSidedOptions, random: Random): TwoSided {
  const likes = new Float64Array(proposers * receivers).map(() => random());
  const welcomes = new Float64Array(proposers * receivers);
  for (let receiver = 0; receiver < receivers; receiver++) {
    for (let proposer = 0; proposer < proposers; proposer++) {
      const liked = likes[proposer * receivers + receiver] ?? 0;
      const own = tastes === "random" ? random() : clip((tastes === "similar" ? liked : 1 - liked) + 0.2 * normal(random));
      welcomes[receiver * proposers + proposer] = mixed(own, crowding, proposer, proposers);
    }
  }
  for (const [at, liked] of likes.entries()) likes[at] = mixed(liked, crowding, at % receivers, receivers);
  return { proposers, receivers, likes, welcomes };
}

function mixed(own: number, crowding: number, at: number, of: number): number {
  return clip((1 - crowding) * own + crowding * (of > 1 ? 1 - at / (of - 1) : 1));
}

function clip(chance: number): number {
  return Math.min(1, Math.max(0, chance));
}
