import type { UserId } from "@pendo/contract/ids";
import type { Edges } from "@pendo/engine/allocate/edges";
import { pairUp } from "@pendo/engine/allocate/pairs";
import { pairWithin } from "@pendo/engine/allocate/roommates";

/** Somebody on a list, and the chance that it comes to something, up to a factor that is the same for the whole list. */
export interface Listed {
  readonly userId: UserId;
  readonly score: number;
}

/** Whom somebody may be paired with, the best first. */
export interface List {
  readonly userId: UserId;
  readonly listed: readonly Listed[];
  /** Whether more would fit than the list has room for: whoever is not on it may still do. */
  readonly isCut: boolean;
}

type Couple = readonly [UserId, UserId];

interface Edge {
  readonly a: number;
  readonly b: number;
  /** How much each wants the other, 0 to 1. */
  readonly wants: number;
  readonly wanted: number;
}

/** As many as the allocation takes of one person. */
const EDGES_MAX = 256;
/** What somebody below the end of a list is wanted, as a part of what its last is. */
const BELOW = 0.5;

/**
 * Pairs people so that no two would both rather have each other. Where people fall into two sides that only want each other, they are paired by deferred
 * acceptance; where they do not, by the best pair that is left. Everybody has one partner at most, and whoever fits nobody has none.
 * `apart` says who shall not be paired, though they would fit.
 */
export function couples(lists: readonly List[], apart: (a: UserId, b: UserId) => boolean): Couple[] {
  const edges = edgesOf(lists, apart);
  const sides = sidesOf(lists.length, edges);
  const twoSided = edges.filter(({ a }) => sides[a] !== undefined);
  const oneSided = edges.filter(({ a }) => sides[a] === undefined);
  const facing = twoSided.map((edge) => (sides[edge.a] === 0 ? edge : { a: edge.b, b: edge.a, wants: edge.wanted, wanted: edge.wants }));
  const across = packed(lists.length, facing);
  const { edgeOfRow } = pairUp(across);
  const within = packed(lists.length, oneSided);
  const { partner } = pairWithin(within);
  const found: [number, number][] = [];
  edgeOfRow.forEach((edge, row) => void (edge >= 0 && found.push([row, across.column[edge] as number])));
  partner.forEach((other, one) => void (other > one && found.push([one, other])));
  return found.map(([a, b]) => [(lists[a] as List).userId, (lists[b] as List).userId]);
}

/** Each pair of which one is on the other's list, once. */
function edgesOf(lists: readonly List[], apart: (a: UserId, b: UserId) => boolean): Edge[] {
  const places = new Map(lists.map(({ userId }, place) => [userId, place]));
  const wants = lists.map(({ listed }) => {
    const best = Math.max(...listed.map(({ score }) => score), Number.MIN_VALUE);
    return new Map(listed.map(({ userId, score }) => [userId, score / best]));
  });
  const edges: Edge[] = [];
  lists.forEach(({ userId, listed }, a) => {
    for (const { userId: otherId } of listed) {
      const b = places.get(otherId);
      if (b === undefined || b === a || apart(userId, otherId)) continue;
      const back = wants[b]?.get(userId);
      // A pair that is on both lists is taken from the earlier one.
      if (back !== undefined && b < a) continue;
      const wanted = back ?? below(lists[b] as List, wants[b] ?? new Map());
      if (wanted !== undefined) edges.push({ a, b, wants: wants[a]?.get(otherId) ?? 0, wanted });
    }
  });
  return bounded(lists.length, edges);
}

/** What somebody is wanted who is not on a list: less than its last. Whoever is missing on a list that has room does not fit any more. */
function below({ isCut, listed }: List, wants: ReadonlyMap<UserId, number>): number | undefined {
  const last = listed.at(-1);
  return isCut && last ? (wants.get(last.userId) ?? 0) * BELOW : undefined;
}

/** The best edges, of which no person has more than the allocation takes. */
function bounded(people: number, edges: readonly Edge[]): Edge[] {
  const counts = new Uint16Array(people);
  return edges
    .toSorted((one, other) => other.wants * other.wanted - one.wants * one.wanted)
    .filter(({ a, b }) => {
      if ((counts[a] as number) >= EDGES_MAX || (counts[b] as number) >= EDGES_MAX) return false;
      counts[a] = (counts[a] as number) + 1;
      counts[b] = (counts[b] as number) + 1;
      return true;
    });
}

/** The side of everybody, 0 or 1; none for those who are bound, over however many others, to somebody of their own side. */
function sidesOf(people: number, edges: readonly Edge[]): (0 | 1 | undefined)[] {
  const near = Array.from({ length: people }, (): number[] => []);
  for (const { a, b } of edges) {
    near[a]?.push(b);
    near[b]?.push(a);
  }
  const sides: (0 | 1 | undefined)[] = Array.from({ length: people });
  const seen = new Uint8Array(people);
  for (let first = 0; first < people; first++) {
    if (seen[first] === 1) continue;
    const group = [first];
    sides[first] = 0;
    seen[first] = 1;
    let hasTwoSides = true;
    // The group grows while it is walked through.
    for (const one of group) {
      for (const other of near[one] ?? []) {
        if (seen[other] === 1) hasTwoSides &&= sides[other] !== sides[one];
        else {
          seen[other] = 1;
          sides[other] = sides[one] === 0 ? 1 : 0;
          group.push(other);
        }
      }
    }
    if (!hasTwoSides) for (const one of group) sides[one] = undefined;
  }
  return sides;
}

function packed(people: number, edges: readonly Edge[]): Edges {
  const sorted = edges.toSorted((one, other) => one.a - other.a);
  const start = new Uint32Array(people + 1);
  for (const { a } of sorted) start[a + 1] = (start[a + 1] as number) + 1;
  for (let row = 0; row < people; row++) start[row + 1] = (start[row + 1] as number) + (start[row] as number);
  return {
    rows: people,
    columns: people,
    start,
    column: Uint32Array.from(sorted, ({ b }) => b),
    rowWants: Float32Array.from(sorted, ({ wants }) => wants),
    columnWants: Float32Array.from(sorted, ({ wanted }) => wanted),
  };
}
