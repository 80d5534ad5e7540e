import { chordSquaredOf, type Point } from "../eligibility/sphere.ts";
import { BIAS_STEP } from "./layout.ts";
import { AXIS, grown } from "./leafTable.ts";
import type { MatchIndex } from "./matchIndex.ts";
import type { PackedTraits } from "./packed.ts";
import { sigmoid } from "./sigmoid.ts";
import type { PersonInSlot } from "./slots.ts";

/** The viewer, unpacked once for all leaves. */
export interface Viewer {
  readonly slot: number;
  readonly row: number;
  readonly person: PersonInSlot;
  readonly traits: PackedTraits;
  readonly isLength: number;
  readonly likesLength: number;
  readonly born: { readonly first: number; readonly last: number };
  readonly chord: number;
}

export interface LeafList {
  readonly nodes: Int32Array;
  readonly bounds: Float64Array;
  /** How large a part of their price the score of anybody there can be. */
  readonly shares: Float32Array;
  /** Indices of the two, the best bounds first. */
  readonly order: Int32Array;
  readonly count: number;
}

let scratch = scratchOf(1024);
// Sorting exactly would take longer than it saves: leaves go into bins by their bound, the best bins first.
const BINS = 64;
const binStart = new Int32Array(BINS + 1);

/** The leaves that may hold somebody for the viewer, with the highest score that anybody in them can have. */
export function leavesNear(index: MatchIndex, viewer: Viewer): LeafList {
  const { table } = index.leaves;
  let count = 0;
  let highest = 0;
  const visit = (leaf: number): void => {
    if (!mayHold(table, leaf, viewer)) return;
    if (count === scratch.nodes.length) growScratch();
    const share = shareOf(table, leaf, viewer);
    const bound = (table.price[leaf] as number) * share;
    scratch.nodes[count] = leaf;
    scratch.shares[count] = share;
    scratch.bounds[count++] = bound;
    if (bound > highest) highest = bound;
  };
  const asked = askedOf(viewer);
  index.cells.visitNear(viewer.person.point, viewer.person.radiusKm, (root) => descend(table, root, asked, visit));
  const { nodes, bounds, shares, order } = scratch;
  const binOf = (bound: number): number => BINS - 1 - Math.min(BINS - 1, Math.floor((bound / highest) * BINS));
  binStart.fill(0);
  for (let i = 0; i < count; i++) {
    const next = binOf(bounds[i] as number) + 1;
    binStart[next] = (binStart[next] as number) + 1;
  }
  for (let bin = 1; bin <= BINS; bin++) binStart[bin] = (binStart[bin] as number) + (binStart[bin - 1] as number);
  for (let i = 0; i < count; i++) {
    const bin = binOf(bounds[i] as number);
    order[binStart[bin] as number] = i;
    binStart[bin] = (binStart[bin] as number) + 1;
  }
  return { nodes, bounds, shares, order, count };
}

type Table = MatchIndex["leaves"]["table"];

/** What decides which branches of a tree are worth a look. */
interface Asked {
  /** Along x, y and z, and of birth days, from where to where somebody may be. */
  readonly least: readonly number[];
  readonly most: readonly number[];
  /** The bits of four traits, of each of which somebody must have one: as in `bitsOf`. */
  readonly bits: readonly [number, number, number, number];
}

function askedOf({ person: { point, wantsAndIntent: wants, acceptsAndGender: accepts }, born, chord }: Viewer): Asked {
  const reach = Math.ceil(Math.sqrt(chord)) + 1;
  const { x, y, z } = point;
  return {
    least: [x - reach, y - reach, z - reach, born.first],
    most: [x + reach, y + reach, z + reach, born.last],
    bits: [accepts >> 5, (accepts & 31) << 3, (wants >> 3) << 8, (wants & 7) << 13],
  };
}

const OWN_GENDER = 0xe000;
const OWN_INTENT = 0x00f8;
const EVERY_BIT = 0xffff;
// Nodes still to be seen and, of each, the bits that somebody below it may have.
let waiting = new Int32Array(256);
let mayHave = new Int32Array(256);

/** Calls back with the leaves of a tree, but for the branches where by how they were divided nobody can be whom the viewer asks for. */
function descend(table: Table, root: number, { least, most, bits }: Asked, visit: (leaf: number) => void): void {
  const { axis, cut, left, right } = table;
  const [gender, intent, accepted, wanted] = bits;
  const put = (depth: number, node: number, may: number): number => {
    if ((may & gender) === 0 || (may & intent) === 0 || (may & accepted) === 0 || (may & wanted) === 0) return depth;
    if (depth === waiting.length) [waiting, mayHave] = [grown(waiting, depth * 2, Int32Array), grown(mayHave, depth * 2, Int32Array)];
    waiting[depth] = node;
    mayHave[depth] = may;
    return depth + 1;
  };
  let depth = put(0, root, EVERY_BIT);
  while (depth > 0) {
    const node = waiting[--depth] as number;
    const may = mayHave[depth] as number;
    const by = axis[node] as number;
    if (by === AXIS.leaf) {
      if ((right[node] as number) > 0) visit(node);
      continue;
    }
    const at = cut[node] as number;
    if (by === AXIS.bits) {
      // Of gender and intent everybody has one.
      const others = (at & OWN_GENDER) !== 0 ? OWN_GENDER & ~at : (at & OWN_INTENT) !== 0 ? OWN_INTENT & ~at : 0;
      depth = put(depth, left[node] as number, may & ~others);
      depth = put(depth, right[node] as number, may & ~at);
      continue;
    }
    const bounded = by !== AXIS.price;
    if (!bounded || (least[by] as number) < at) depth = put(depth, left[node] as number, may);
    if (!bounded || (most[by] as number) >= at) depth = put(depth, right[node] as number, may);
  }
}

/** Whether a leaf's bounds allow anybody of the right gender, intent and age, who wants the same of the viewer, within both radii. */
function mayHold(table: Table, leaf: number, { person, born, chord }: Viewer): boolean {
  const [theyWant, theyAccept] = [table.wantsAndIntent[leaf] as number, table.acceptsAndGender[leaf] as number];
  const { wantsAndIntent: wants, acceptsAndGender: accepts } = person;
  if ((theyWant & (accepts >> 5)) === 0 || (theyWant & ((accepts & 31) << 3)) === 0) return false;
  if ((theyAccept & (wants >> 3)) === 0 || (theyAccept & ((wants & 7) << 5)) === 0) return false;
  const at = leaf * 4;
  if ((table.least[at + 3] as number) > born.last || (table.most[at + 3] as number) < born.first) return false;
  const squared = squaredToBox(table, at, person.point);
  return squared <= chord && squared <= chordOfRadius(table.radiusKm[leaf] as number);
}

function squaredToBox({ least, most }: Table, at: number, { x, y, z }: Point): number {
  const outside = (value: number, axis: number): number => {
    const [low, high] = [least[at + axis] as number, most[at + axis] as number];
    return value < low ? low - value : value > high ? value - high : 0;
  };
  const [dx, dy, dz] = [outside(x, 0), outside(y, 1), outside(z, 2)];
  return dx * dx + dy * dy + dz * dz;
}

const chords = new Float64Array(512).map((_, km) => chordSquaredOf(km));

function chordOfRadius(radiusKm: number): number {
  return chords[radiusKm] as number;
}

/** By Cauchy and Schwarz, no product of vectors is larger than the product of their lengths; a little more for rounding. */
function shareOf(table: Table, leaf: number, { traits, isLength, likesLength }: Viewer): number {
  const theySay = isLength * (table.likesLength[leaf] as number) + (traits.targetBias + (table.actorBias[leaf] as number)) * BIAS_STEP;
  const viewerSays = likesLength * (table.isLength[leaf] as number) + (traits.actorBias + (table.targetBias[leaf] as number)) * BIAS_STEP;
  // Enough more for what 32-bit floats round away, too.
  return sigmoid(theySay + 1e-9) * sigmoid(viewerSays + 1e-9) * 1.000001;
}

function scratchOf(length: number): Omit<LeafList, "count"> {
  return {
    nodes: new Int32Array(length),
    bounds: new Float64Array(length),
    shares: new Float32Array(length),
    order: new Int32Array(length),
  };
}

function growScratch(): void {
  const next = scratchOf(scratch.nodes.length * 2);
  next.nodes.set(scratch.nodes);
  next.bounds.set(scratch.bounds);
  next.shares.set(scratch.shares);
  scratch = next;
}
