import { normalBelow } from "../learn/normal.ts";
import { normal, type Random } from "@pendo/engine/random";

/** One decision of a simulated evening of speed dating: everybody of one side meets everybody of the other. */
export interface Decision {
  readonly wave: number;
  readonly from: number;
  readonly to: number;
  /** The round of the evening, from 1, and how many there are. */
  readonly round: number;
  readonly rounds: number;
  readonly yes: boolean;
  /** The chance of a yes, were everything known of both but what the two share by luck. No model can do better than this. */
  readonly chance: number;
}

export interface Evening {
  /** By person: the wave, the side, and answers that say a little of readiness and appeal. */
  readonly people: readonly { readonly wave: number; readonly side: 0 | 1; readonly answers: readonly number[] }[];
  readonly decisions: readonly Decision[];
}

/** What is true of a person, and what no answer tells in full. */
interface Hidden {
  readonly ready: number;
  readonly appeal: number;
  readonly likes: number;
  readonly is: number;
}

/** How people differ, on a probit scale: about as the hierarchical model found it in the real evenings, with 42 yeses in a hundred. */
const model = { base: -0.25, ready: 0.85, appeal: 0.8, both: -0.2, taste: 0.45, shared: 0.35, answers: 0.35 } as const;

/** Simulated evenings, each with so many on either side, who give `answers` answers, the first two of which say something. */
export function evenings({ sizes, answers }: { sizes: readonly number[]; answers: number }, random: Random): Evening {
  const people: { wave: number; side: 0 | 1; answers: number[] }[] = [];
  const hidden: Hidden[] = [];
  const decisions: Decision[] = [];
  for (const [at, perSide] of sizes.entries()) {
    const wave = at + 1;
    const first = people.length;
    for (let seat = 0; seat < 2 * perSide; seat++) {
      const told = Array.from({ length: answers }, () => normal(random));
      const common = normal(random);
      const [one, other] = [told[0] ?? 0, told[1] ?? 0];
      hidden.push({
        ready: model.ready * (0.94 * common + model.answers * one),
        appeal: model.appeal * ((model.both / (model.ready * model.appeal)) * common + 0.9 * normal(random) + model.answers * other),
        likes: normal(random),
        is: normal(random),
      });
      people.push({ wave, side: seat < perSide ? 0 : 1, answers: told });
    }
    for (let row = 0; row < perSide; row++) {
      for (let column = 0; column < perSide; column++) {
        const [one, other] = [first + row, first + perSide + column];
        // The places move on by one each round, as at the tables of such an evening.
        const round = 1 + ((row + column) % perSide);
        const shared = model.shared * normal(random);
        for (const [from, to] of [[one, other] as const, [other, one] as const]) {
          const [a, b] = [hidden[from], hidden[to]];
          const mean = model.base + (a?.ready ?? 0) + (b?.appeal ?? 0) + model.taste * (a?.likes ?? 0) * (b?.is ?? 0);
          decisions.push({
            wave,
            from,
            to,
            round,
            rounds: perSide,
            yes: mean + shared + normal(random) > 0,
            chance: normalBelow(mean / Math.hypot(1, model.shared)),
          });
        }
      }
    }
  }
  return { people, decisions };
}
