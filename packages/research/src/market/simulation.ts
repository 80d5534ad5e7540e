import { gini } from "./inequality.ts";
import type { Policy } from "./policies.ts";
import { seeded, shuffle, type Random } from "@pendo/engine/random";
import { arrive, town, truly, type Resident, type WorldOptions } from "./world.ts";

/** A simulated week. */
export interface Week {
  /** Matches between two people, no bot, per person who was there on at least one day of the week, counted for both. */
  readonly matchesPerActive: number;
  /** The part of the people there who had a match in the week. */
  readonly withMatch: number;
  /** How unequally people were shown: the Gini coefficient of showings per day of presence. */
  readonly exposureGini: number;
  /** How often people in their first week were shown, over how often all were, per day of presence. */
  readonly newcomerExposure: number;
  /** Of all showings, those that went to bots. */
  readonly botExposure: number;
}

export interface SimulationOptions {
  readonly weeks: number;
  readonly seed: number;
  readonly world?: WorldOptions;
}

interface Counts {
  days: number;
  shown: number;
  matches: number;
}

const ANSWERED = 0.6;

/**
 * Some weeks of a town in which people arrive, look at their deck of the day, swipe, match, answer or not, and leave; bots like everybody and never answer.
 * The world's luck and the policy's come from different seeds, so every policy gets the same people on the same days.
 */
export function simulate(makePolicy: (random: Random) => Policy, { weeks, seed, world = town }: SimulationOptions): Week[] {
  const luck = seeded(seed);
  const acts = seeded(seed + 7919);
  const policy = makePolicy(seeded(seed + 104_729));
  let nextId = 0;
  let present: Resident[] = [];
  const seen = new Map<number, Set<number>>();
  const likedBy = new Map<number, Set<number>>();
  const enter = (day: number): void => {
    const who = arrive(nextId++, day, world, luck);
    seen.set(who.id, new Set());
    likedBy.set(who.id, new Set());
    policy.arrived(who);
    present.push(who);
  };
  for (let count = 0; count < world.residents; count++) enter(-100);
  // Those who were there before leave as if they had come today.
  for (const who of present) who.leaves += 100;
  const told: Week[] = [];
  for (let week = 0; week < weeks; week++) {
    const counts = new Map<Resident, Counts>();
    const newcomers: Counts = { days: 0, shown: 0, matches: 0 };
    for (let day = week * 7; day < week * 7 + 7; day++) {
      for (let count = 0; count < world.arrivals; count++) enter(day);
      present = present.filter(({ leaves }) => leaves > day);
      for (const who of present) countOf(counts, who).days++;
      newcomers.days += present.filter(({ arrived, bot }) => !bot && day - arrived < 7).length;
      policy.morning(present, day);
      for (const viewer of shuffle([...present], luck)) {
        for (const candidate of deckOf(viewer, present, day, { policy, seen, likedBy })) {
          countOf(counts, candidate).shown++;
          if (!candidate.bot && day - candidate.arrived < 7) newcomers.shown++;
          if (swipe(viewer, candidate, day, { policy, seen, likedBy, acts }) && !viewer.bot && !candidate.bot) {
            countOf(counts, viewer).matches++;
            countOf(counts, candidate).matches++;
          }
        }
      }
    }
    told.push(summed(counts, newcomers));
  }
  return told;
}

function countOf(counts: Map<Resident, Counts>, who: Resident): Counts {
  const found = counts.get(who) ?? { days: 0, shown: 0, matches: 0 };
  counts.set(who, found);
  return found;
}

interface State {
  readonly policy: Policy;
  readonly seen: ReadonlyMap<number, Set<number>>;
  readonly likedBy: ReadonlyMap<number, Set<number>>;
}

function deckOf(viewer: Resident, present: readonly Resident[], day: number, { policy, seen, likedBy }: State): Resident[] {
  const done = seen.get(viewer.id);
  return present
    .filter((candidate) => candidate.side !== viewer.side && !done?.has(candidate.id))
    .map((candidate) => ({ candidate, score: policy.score(viewer, candidate, day, likedBy.get(viewer.id)?.has(candidate.id) ?? false) }))
    .sort((a, b) => b.score - a.score)
    .slice(0, viewer.looks)
    .map(({ candidate }) => candidate);
}

/** Whether it made a match. */
function swipe(
  viewer: Resident,
  candidate: Resident,
  day: number,
  { policy, seen, likedBy, acts }: State & { readonly acts: Random },
): boolean {
  seen.get(viewer.id)?.add(candidate.id);
  const yes = acts() < truly(viewer, candidate);
  policy.saw(viewer, candidate, yes ? "like" : "pass", day);
  if (!yes) return false;
  likedBy.get(candidate.id)?.add(viewer.id);
  if (!likedBy.get(viewer.id)?.has(candidate.id)) return false;
  for (const [one, other] of [[viewer, candidate] as const, [candidate, viewer] as const]) {
    policy.saw(one, other, "matched", day);
    if (!one.bot && acts() < ANSWERED) policy.saw(one, other, "answered", day);
  }
  return true;
}

function summed(counts: ReadonlyMap<Resident, Counts>, newcomers: Counts): Week {
  const people = [...counts].filter(([{ bot }]) => !bot).map(([, count]) => count);
  const sum = (of: (count: Counts) => number, from: readonly Counts[] = people): number =>
    from.reduce((total, count) => total + of(count), 0);
  const shown = sum(({ shown: own }) => own);
  const all = sum(({ shown: own }) => own, [...counts.values()]);
  return {
    matchesPerActive: sum(({ matches }) => matches) / people.length,
    withMatch: people.filter(({ matches }) => matches > 0).length / people.length,
    exposureGini: gini(people.filter(({ days }) => days > 0).map(({ shown: own, days }) => own / days)),
    newcomerExposure: newcomers.days > 0 ? newcomers.shown / newcomers.days / (shown / sum(({ days }) => days)) : Number.NaN,
    botExposure: all > 0 ? (all - shown) / all : 0,
  };
}
