import { MatchIndex } from "@pendo/engine/index/matchIndex";
import { deck, type DeckEntry, type DeckWork } from "@pendo/engine/index/search";
import { tidy } from "@pendo/engine/index/tidy";
import type { KernelKind } from "@pendo/engine/index/kernel";
import { TODAY, userIdOf, type Population } from "./benchPopulation.ts";

/** How many people a deck of the comparison holds. */
export const DECK_SIZE = 50;

/** One in so many has a list of whom they have seen, besides the viewers: a list takes what it takes however many there are. */
const LISTS_ONE_IN = 10;

/** The whole population in the index, with whom the viewers and a tenth of the others have seen. */
export function build(
  people: Population,
  viewers: readonly number[],
  kernel?: KernelKind,
): { readonly index: MatchIndex; readonly seen: number; readonly lists: number; readonly seconds: number } {
  const started = performance.now();
  const index = new MatchIndex(kernel === undefined ? {} : { kernel });
  index.rows.reserve(people.size);
  for (let number = 0; number < people.size; number++) index.put(people.person(number), people.traits(number));
  // As the service does once it has loaded everybody.
  tidy(index);
  const seconds = (performance.now() - started) / 1000;
  index.ties.reserve(people.size);
  let seen = 0;
  const withLists = new Set(viewers);
  for (let number = 0; number < people.size; number += LISTS_ONE_IN) withLists.add(number);
  for (const number of withLists) {
    const ties = people.seen(number).map(({ number: row, liked, day }) => ({
      row,
      answer: liked ? (1 as const) : (2 as const),
      day: liked ? 0 : day,
      blocks: false,
      blocked: false,
    }));
    seen += ties.length;
    index.ties.replace(number, ties, TODAY);
  }
  return { index, seen, lists: withLists.size, seconds };
}

export interface DeckTimes {
  readonly cpuMs: number;
  /** Of the CPU that a deck took; the others are of the clock, on a machine that may have more to do. */
  readonly cpuP95Ms: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
  /** Means per deck. */
  readonly leaves: number;
  readonly skipped: number;
  readonly passed: number;
  readonly scored: number;
}

/** The deck of one viewer. */
export function deckOf(index: MatchIndex, number: number): DeckEntry[] {
  return deck(index, { userId: userIdOf(number), size: DECK_SIZE, today: TODAY, seed: 1 }).entries;
}

/** Decks for these viewers, one after the other: CPU per deck, and how long each took. */
export function timeDecks(index: MatchIndex, viewers: readonly number[]): DeckTimes {
  const deckFor = (viewer: number): DeckWork => deck(index, { userId: userIdOf(viewer), size: DECK_SIZE, today: TODAY, seed: 1 }).work;
  for (const viewer of viewers.slice(0, 300)) deckFor(viewer);
  // The mean is of all decks together, because asking for the CPU after each takes time too.
  const before = process.cpuUsage();
  for (const viewer of viewers) deckFor(viewer);
  const { user, system } = process.cpuUsage(before);
  const ms: number[] = [];
  const cpu: number[] = [];
  const sums = { leaves: 0, skipped: 0, passed: 0, scored: 0 };
  for (const viewer of viewers) {
    const [started, cpuBefore] = [performance.now(), process.cpuUsage()];
    const work = deckFor(viewer);
    ms.push(performance.now() - started);
    const used = process.cpuUsage(cpuBefore);
    cpu.push((used.user + used.system) / 1000);
    for (const key of ["leaves", "skipped", "passed", "scored"] as const) sums[key] += work[key] / viewers.length;
  }
  return { cpuMs: (user + system) / 1000 / viewers.length, cpuP95Ms: percentiles(cpu).p95Ms, ...percentiles(ms), ...sums };
}

/** Moves of random people by a few kilometres, a second of CPU. */
export function timeMoves(index: MatchIndex, people: Population, count: number, random: () => number): number {
  const moves = Array.from({ length: count }, () => {
    const number = Math.floor(random() * people.size);
    const { home } = people.person(number);
    return { userId: userIdOf(number), place: { lat: home.lat + (random() - 0.5) * 0.1, lon: home.lon + (random() - 0.5) * 0.1 } };
  });
  const before = process.cpuUsage();
  for (const { userId, place } of moves) index.move(userId, place);
  const { user, system } = process.cpuUsage(before);
  return count / ((user + system) / 1e6);
}

/** Percentiles of durations in milliseconds by nearest rank, without interpolation; NaN of nothing. */
export function percentiles(ms: readonly number[]): { p50Ms: number; p95Ms: number; p99Ms: number } {
  const sorted = ms.toSorted((a, b) => a - b);
  const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
  return { p50Ms: at(0.5), p95Ms: at(0.95), p99Ms: at(0.99) };
}
