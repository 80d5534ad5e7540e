import { newcomer, traitsOf, type Belief } from "@pendo/engine/learn/belief";
import { foretold, learn, type Signal } from "@pendo/engine/learn/signal";
import { coldStart } from "@pendo/engine/score/coldStart";
import { drawTargetBias, newcomerBoost } from "@pendo/engine/score/explore";
import { worthOfYes } from "@pendo/engine/score/indiscriminate";
import { sigmoid } from "@pendo/engine/score/chance";
import type { Edges } from "@pendo/engine/allocate/edges";
import { prices, type Prices } from "@pendo/engine/allocate/prices";
import type { Random } from "@pendo/engine/random";
import type { Resident } from "./world.ts";

/** Orders decks, and learns from what is done with them. It sees ids, sides and acts, never what people really are. */
export interface Policy {
  readonly name: string;
  /** The score of one candidate; a likes waiting from them is told. */
  readonly score: (viewer: Resident, candidate: Resident, day: number, likedMe: boolean) => number;
  readonly arrived: (who: Resident) => void;
  readonly saw: (viewer: Resident, candidate: Resident, signal: Signal, day: number) => void;
  /** Before the decks of a day are made. */
  readonly morning: (present: readonly Resident[], day: number) => void;
}

const nothing = (): void => undefined;

/** Everybody in any order. */
export function randomOrder(random: Random): Policy {
  return { name: "random", score: () => random(), arrived: nothing, saw: nothing, morning: nothing };
}

/** Who was liked most often of those who saw them, a newcomer as the mean. */
export function byPopularity(random: Random): Policy {
  const tally = new Map<number, { likes: number; seen: number }>();
  return {
    name: "popularity",
    // A hair of noise, or equals would come in the order of their ids.
    score: (_, candidate) => ((tally.get(candidate.id)?.likes ?? 0) + 1) / ((tally.get(candidate.id)?.seen ?? 0) + 4) + 1e-6 * random(),
    arrived: ({ id }) => void tally.set(id, { likes: 0, seen: 0 }),
    saw: (_, { id }, signal) => {
      const own = tally.get(id);
      if (!own || signal === "matched" || signal === "answered") return;
      own.seen++;
      if (signal !== "pass") own.likes++;
    },
    morning: nothing,
  };
}

interface LearnedUser {
  readonly belief: Belief;
  readonly arrived: number;
  yeses: number;
  swipes: number;
  shown: number;
  /** The target bias that is ranked by today, and the price. */
  drawn: number;
  price: number;
}

/** What a learning policy makes of what it knows. */
export type Ranking = "one-way" | "reciprocal" | "engine";

/**
 * The engine's own learner under three rankings: by the viewer's yes alone; by both, as a like that waits is certain; and the engine's, which adds drawn
 * target biases and a boost for newcomers, the worth of a yes, and the prices of the day's market.
 */
export function learning(ranking: Ranking, random: Random): Policy {
  const all = new Map<number, LearnedUser>();
  let last: { ids: readonly number[]; prices: Prices } | null = null;
  const known = (who: Resident): LearnedUser => {
    const found = all.get(who.id);
    if (!found) throw new RangeError("nobody of this id has arrived");
    return found;
  };
  const chance = (from: LearnedUser, to: LearnedUser): number =>
    sigmoid(foretold(from.belief, to.belief).mean + to.drawn - to.belief.target);
  const mutual = (one: LearnedUser, other: LearnedUser, liked: boolean): number => chance(one, other) * (liked ? 1 : chance(other, one));
  return {
    name: ranking,
    score: (viewer, candidate, _, likedMe) => {
      const [one, other] = [known(viewer), known(candidate)];
      if (ranking === "one-way") return chance(one, other);
      if (ranking === "reciprocal") return mutual(one, other, likedMe);
      // The worth is asked of the liked as of the liking: who likes everybody is neither shown first nor a reason to be.
      return mutual(one, other, likedMe) * other.price * worthOfYes(other.yeses, other.swipes);
    },
    arrived: ({ id, arrived }) => {
      const prior = coldStart({ ageYears: 35, intent: null, interests: [] }, { base: -1.6, sameIntent: 0, sharedTopics: 0, ageGap: 0 });
      all.set(id, { belief: newcomer(prior, arrived, random), arrived, yeses: 0, swipes: 0, shown: 0, drawn: 0, price: 1 });
    },
    saw: (viewer, candidate, signal, day) => {
      const [one, other] = [known(viewer), known(candidate)];
      learn(one.belief, other.belief, signal, day);
      if (signal === "matched" || signal === "answered") return;
      one.swipes++;
      other.shown++;
      if (signal !== "pass") one.yeses++;
    },
    morning: (present, day) => {
      const explores = ranking === "engine";
      for (const who of present) {
        const own = known(who);
        const traits = traitsOf(own.belief);
        const bias = traits.targetBias - own.belief.prior.targetBias;
        own.drawn = explores ? drawTargetBias(bias, own.belief.targetVariance, random) : bias;
        own.price = 1;
      }
      if (!explores) return;
      last = priced(present, { mutual: (a, b) => chance(known(a), known(b)), last });
      for (const [at, who] of present.entries()) {
        const own = known(who);
        const side = who.side === 0 ? last.prices.rows : last.prices.columns;
        own.price = (side[at] as number) * newcomerBoost(day - own.arrived, own.shown);
      }
    },
  };
}

/** The prices of today's market, each person at their place in the list of those present, on the side that is theirs. */
function priced(
  present: readonly Resident[],
  { mutual, last }: { mutual: (one: Resident, other: Resident) => number; last: { ids: readonly number[]; prices: Prices } | null },
): { ids: readonly number[]; prices: Prices } {
  const start = new Uint32Array(present.length + 1);
  const column: number[] = [];
  const [rowWants, columnWants]: [number[], number[]] = [[], []];
  for (const [at, one] of present.entries()) {
    if (one.side === 0) {
      for (const [other, candidate] of present.entries()) {
        if (candidate.side === 0) continue;
        column.push(other);
        rowWants.push(mutual(one, candidate));
        columnWants.push(mutual(candidate, one));
      }
    }
    start[at + 1] = column.length;
  }
  const edges: Edges = {
    rows: present.length,
    columns: present.length,
    start,
    column: Uint32Array.from(column),
    rowWants: Float32Array.from(rowWants),
    columnWants: Float32Array.from(columnWants),
  };
  const before = new Map(last?.ids.map((id, at) => [id, at]) ?? []);
  const carried = (side: "rows" | "columns"): Float64Array =>
    Float64Array.from(present, ({ id }) => last?.prices[side][before.get(id) ?? -1] ?? 1);
  return {
    ids: present.map(({ id }) => id),
    prices: prices(edges, { tolerance: 0.02, roundsMax: 40, warm: { rows: carried("rows"), columns: carried("columns") } }),
  };
}
