import type { Nights } from "./night.ts";
import { meetingAt } from "./task.ts";

/** The chance that a random positive scores above a random negative, ties counted half (Mann and Whitney); NaN when there is only one kind. */
export function auc(scores: readonly number[], positive: readonly boolean[]): number {
  const order = scores.map((_, at) => at).sort((a, b) => (scores[a] ?? 0) - (scores[b] ?? 0));
  let ranks = 0;
  let count = 0;
  for (let from = 0; from < order.length;) {
    let to = from + 1;
    while (to < order.length && scores[order[to] ?? 0] === scores[order[from] ?? 0]) to++;
    const rank = (from + 1 + to) / 2;
    for (const at of order.slice(from, to)) {
      if (!positive[at]) continue;
      ranks += rank;
      count++;
    }
    from = to;
  }
  const negatives = scores.length - count;
  return count === 0 || negatives === 0 ? Number.NaN : (ranks - (count * (count + 1)) / 2) / (count * negatives);
}

/** Normalized discounted cumulative gain of the first k, with equal scores in the order given; NaN when nothing is relevant. */
export function ndcg(scores: readonly number[], relevant: readonly boolean[], k = 5): number {
  const order = scores.map((_, at) => at).sort((a, b) => (scores[b] ?? 0) - (scores[a] ?? 0) || a - b);
  const gain = (place: number): number => 1 / Math.log2(place + 2);
  let gained = 0;
  for (const [place, at] of order.slice(0, k).entries()) if (relevant[at]) gained += gain(place);
  let most = 0;
  for (let place = 0; place < Math.min(k, relevant.filter(Boolean).length); place++) most += gain(place);
  return most > 0 ? gained / most : Number.NaN;
}

/** One wave of a model: the AUC of matches over its pairs, and the NDCG@5 of everybody in it who has a match to be found. */
export interface WaveScore {
  readonly wave: number;
  readonly auc: number;
  readonly ndcgs: readonly number[];
}

/** The wave's scores, by meeting. Both directions are counted, so a score that differs between them (one-way) is judged as it is used. */
export function scoreWave(nights: Nights, wave: number, asked: readonly number[], score: ArrayLike<number>): WaveScore {
  const own = asked.filter((index) => meetingAt(nights, index).wave === wave);
  const byPerson = new Map<number, number[]>();
  for (const index of own) {
    const { from } = meetingAt(nights, index);
    byPerson.set(from, [...(byPerson.get(from) ?? []), index]);
  }
  const values = (list: readonly number[]): number[] => list.map((index) => score[index] ?? Number.NaN);
  const matches = (list: readonly number[]): boolean[] => list.map((index) => meetingAt(nights, index).match);
  const ndcgs = [...byPerson.values()].map((list) => ndcg(values(list), matches(list))).filter((value) => !Number.isNaN(value));
  return { wave, auc: auc(values(own), matches(own)), ndcgs };
}

export interface Summary {
  readonly auc: number;
  readonly ndcg: number;
  /** From the 2.5th to the 97.5th percentile over draws of waves with replacement. */
  readonly aucRange: readonly [number, number];
  readonly ndcgRange: readonly [number, number];
}

/** AUC as the mean over waves, NDCG as the mean over people, and how far both would vary with other waves of the same kind (bootstrap over waves). */
export function summarize(waves: readonly WaveScore[], random: () => number, draws = 2000): Summary {
  const aucs: number[] = [];
  const ndcgs: number[] = [];
  for (let draw = 0; draw < draws; draw++) {
    const drawn = waves.map(() => waves[Math.floor(random() * waves.length)] as WaveScore);
    aucs.push(meanAuc(drawn));
    ndcgs.push(meanNdcg(drawn));
  }
  return { auc: meanAuc(waves), ndcg: meanNdcg(waves), aucRange: middle(aucs), ndcgRange: middle(ndcgs) };
}

/** The mean AUC of the waves. A wave where all said the same has no AUC and does not count; NaN where none has one. */
export function meanAuc(waves: readonly WaveScore[]): number {
  return mean(waves.map((wave) => wave.auc).filter((value) => !Number.isNaN(value)));
}

function meanNdcg(waves: readonly WaveScore[]): number {
  return mean(waves.flatMap((wave) => wave.ndcgs));
}

/** The arithmetic mean; NaN of nothing. */
export function mean(values: readonly number[]): number {
  return values.length > 0 ? values.reduce((sum, value) => sum + value, 0) / values.length : Number.NaN;
}

function middle(values: readonly number[]): [number, number] {
  const sorted = values.filter((value) => !Number.isNaN(value)).sort((a, b) => a - b);
  const at = (part: number): number => sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))] ?? Number.NaN;
  return [at(0.025), at(0.975)];
}
