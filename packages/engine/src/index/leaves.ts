import type { Point } from "../eligibility/sphere.ts";
import { bitsOf, divideBy } from "./division.ts";
import { CHUNK } from "./layout.ts";
import { AXIS, LeafTable } from "./leafTable.ts";
import { leafWord, nextWord, type EngineMemory } from "./memory.ts";
import type { PackedTraits } from "./packed.ts";
import {
  clearSlot,
  copySlot,
  lengthOf,
  readBias,
  readPerson,
  readPrice,
  readRow,
  writePerson,
  writePoint,
  writeRow,
  writeTraits,
  type PersonInSlot,
} from "./slots.ts";

/** A leaf of one gender divides beyond so many, one of several much earlier: whoever asks for one gender then skips the others. */
const LEAF_MAX = 384;
const MIXED_MAX = 192;

/** By what a tree is divided, of one person. */
export interface Key {
  readonly point: Point;
  readonly birthDay: number;
  readonly price: number;
  readonly wantsAndIntent: number;
  readonly acceptsAndGender: number;
}

/**
 * The people of all cells, in trees whose leaves are chains of chunks. Whoever is put, taken out or changed costs the same however many there are: the
 * depth of a tree is bounded, a leaf fills the slot of whoever leaves with its last one, and dividing a leaf is paid for by those who filled it.
 */
export class Leaves {
  readonly table = new LeafTable();
  readonly #memory: EngineMemory;
  /** Told whenever a row's slot changes. */
  readonly #moved: (row: number, slot: number) => void;

  constructor(memory: EngineMemory, moved: (row: number, slot: number) => void) {
    this.#memory = memory;
    this.#moved = moved;
  }

  leafOf(slot: number): number {
    return this.#memory.i32[leafWord(slot >>> 4)] as number;
  }

  /** The leaf of this tree where such a person belongs. */
  locate(root: number, key: Key): number {
    const { axis, cut, left, right } = this.table;
    let node = root;
    while (axis[node] !== AXIS.leaf) node = (below(axis[node] as number, cut[node] as number, key) ? left[node] : right[node]) as number;
    return node;
  }

  /** Puts a person into this tree. */
  insert(root: number, row: number, person: PersonInSlot, traits: PackedTraits): void {
    const { point, birthDay, wantsAndIntent, acceptsAndGender } = person;
    const leaf = this.locate(root, { point, birthDay, price: traits.price, wantsAndIntent, acceptsAndGender });
    const slot = this.#slotIn(leaf);
    writePerson(this.#memory, slot, person);
    writePoint(this.#memory, slot, person.point);
    writeTraits(this.#memory, slot, traits);
    writeRow(this.#memory, slot, row);
    this.#moved(row, slot);
    this.widen(leaf, slot);
    this.#divideIfLarge(leaf);
  }

  /** Lets whoever is in this slot live in another leaf, at this point; answers the root of the tree left behind where it is empty now. */
  transfer(slot: number, leaf: number, point: Point): number | undefined {
    const memory = this.#memory;
    const to = this.#slotIn(leaf);
    copySlot(memory, to, slot);
    writePoint(memory, to, point);
    this.#moved(readRow(memory, to), to);
    this.widen(leaf, to);
    const emptyRoot = this.remove(slot);
    // The leaf may have another number now, if it took its parent's place.
    this.#divideIfLarge(this.leafOf(to));
    return emptyRoot;
  }

  #divideIfLarge(leaf: number): void {
    const { table } = this;
    const genders = (table.acceptsAndGender[leaf] as number) >> 5;
    const most = (genders & (genders - 1)) === 0 ? LEAF_MAX : MIXED_MAX;
    if ((table.right[leaf] as number) > Math.max(most, table.divideAt[leaf] as number)) this.#divide(leaf);
  }

  /** Takes whoever is in this slot out; answers the tree's root where it is empty now. */
  remove(slot: number): number | undefined {
    const leaf = this.leafOf(slot);
    const { table } = this;
    const head = table.left[leaf] as number;
    const last = head * CHUNK + (((table.right[leaf] as number) - 1) & 15);
    if (last !== slot) {
      copySlot(this.#memory, slot, last);
      this.#moved(readRow(this.#memory, slot), slot);
    }
    clearSlot(this.#memory, last);
    table.right[leaf] = (table.right[leaf] as number) - 1;
    if ((last & 15) === 0) {
      table.left[leaf] = this.#memory.i32[nextWord(head)] as number;
      this.#memory.freeChunk(head);
    }
    if (table.right[leaf] === 0) return this.#emptied(leaf);
    table.removed[leaf] = (table.removed[leaf] as number) + 1;
    if ((table.removed[leaf] as number) > (table.right[leaf] as number) + 64) this.#tighten(leaf);
    return undefined;
  }

  /** Calls back with every slot of a leaf. */
  each(leaf: number, visit: (slot: number) => void): void {
    let chunk = this.table.left[leaf] as number;
    let inChunk = (((this.table.right[leaf] as number) - 1) & 15) + 1;
    while (chunk >= 0) {
      const next = this.#memory.i32[nextWord(chunk)] as number;
      for (let lane = 0; lane < inChunk; lane++) visit(chunk * CHUNK + lane);
      inChunk = CHUNK;
      chunk = next;
    }
  }

  /** Lets a leaf's bounds include this point. */
  widenTo(leaf: number, { x, y, z }: Point): void {
    this.#widenAxis(leaf * 4, x);
    this.#widenAxis(leaf * 4 + 1, y);
    this.#widenAxis(leaf * 4 + 2, z);
  }

  #widenAxis(at: number, value: number): void {
    const { least, most } = this.table;
    if (value < (least[at] as number)) least[at] = value;
    if (value > (most[at] as number)) most[at] = value;
  }

  /** Lets a leaf's bounds include whoever is in this slot. */
  widen(leaf: number, slot: number): void {
    const { table } = this;
    const { point, birthDay, wantsAndIntent, acceptsAndGender, radiusKm } = readPerson(this.#memory, slot);
    this.widenTo(leaf, point);
    this.#widenAxis(leaf * 4 + 3, birthDay);
    const price = readPrice(this.#memory, slot);
    const [actorBias, targetBias] = [readBias(this.#memory, slot, "actorBias"), readBias(this.#memory, slot, "targetBias")];
    // A little more than the length, because 32-bit floats may round it down.
    const [isLength, likesLength] = [lengthOf(this.#memory, slot, "is") * 1.000001, lengthOf(this.#memory, slot, "likes") * 1.000001];
    if (price > (table.price[leaf] as number)) table.price[leaf] = price;
    if (isLength > (table.isLength[leaf] as number)) table.isLength[leaf] = isLength;
    if (likesLength > (table.likesLength[leaf] as number)) table.likesLength[leaf] = likesLength;
    if (actorBias > (table.actorBias[leaf] as number)) table.actorBias[leaf] = actorBias;
    if (targetBias > (table.targetBias[leaf] as number)) table.targetBias[leaf] = targetBias;
    if (radiusKm > (table.radiusKm[leaf] as number)) table.radiusKm[leaf] = radiusKm;
    table.wantsAndIntent[leaf] = (table.wantsAndIntent[leaf] as number) | wantsAndIntent;
    table.acceptsAndGender[leaf] = (table.acceptsAndGender[leaf] as number) | acceptsAndGender;
  }

  #slotIn(leaf: number): number {
    const { table } = this;
    const count = table.right[leaf] as number;
    if ((count & 15) === 0) table.left[leaf] = this.#memory.takeChunk(leaf, table.left[leaf] as number);
    table.right[leaf] = count + 1;
    return (table.left[leaf] as number) * CHUNK + (count & 15);
  }

  #tighten(leaf: number): void {
    this.table.empty(leaf);
    this.each(leaf, (slot) => this.widen(leaf, slot));
  }

  #divide(leaf: number): void {
    const { table } = this;
    const slots: number[] = [];
    this.each(leaf, (slot) => slots.push(slot));
    const found = divideBy(this.#memory, slots);
    if (found === undefined) {
      // Everybody is alike. Looking again pays only when there are twice as many.
      table.divideAt[leaf] = 2 * slots.length;
      return;
    }
    const first = table.left[leaf] as number;
    const [left, right] = [table.add(leaf), table.add(leaf)];
    table.axis[leaf] = found.axis;
    table.cut[leaf] = found.cut;
    table.left[leaf] = left;
    table.right[leaf] = right;
    for (const slot of slots) {
      const person = readPerson(this.#memory, slot);
      const key = { ...person, price: readPrice(this.#memory, slot) };
      const child = below(found.axis, found.cut, key) ? left : right;
      const to = this.#slotIn(child);
      copySlot(this.#memory, to, slot);
      this.#moved(readRow(this.#memory, to), to);
      this.widen(child, to);
    }
    let chunk = first;
    while (chunk >= 0) {
      const next = this.#memory.i32[nextWord(chunk)] as number;
      for (let lane = 0; lane < CHUNK; lane++) clearSlot(this.#memory, chunk * CHUNK + lane);
      this.#memory.freeChunk(chunk);
      chunk = next;
    }
  }

  /** An empty leaf makes way for its sibling, which takes the place of their parent; an empty tree is reported. */
  #emptied(leaf: number): number | undefined {
    const { table } = this;
    table.empty(leaf);
    const parent = table.parent[leaf] as number;
    if (parent < 0) return leaf;
    const sibling = (table.left[parent] === leaf ? table.right[parent] : table.left[parent]) as number;
    const isLeaf = table.axis[sibling] === AXIS.leaf;
    if (isLeaf) this.#relabel(sibling, parent);
    else {
      table.parent[table.left[sibling] as number] = parent;
      table.parent[table.right[sibling] as number] = parent;
    }
    const grandparent = table.parent[parent] as number;
    for (const name of LeafTable.columns) {
      const width = name === "least" || name === "most" ? 4 : 1;
      table[name].copyWithin(parent * width, sibling * width, (sibling + 1) * width);
    }
    table.parent[parent] = grandparent;
    table.free(leaf);
    table.free(sibling);
    return undefined;
  }

  #relabel(leaf: number, as: number): void {
    let chunk = this.table.left[leaf] as number;
    while (chunk >= 0) {
      this.#memory.i32[leafWord(chunk)] = as;
      chunk = this.#memory.i32[nextWord(chunk)] as number;
    }
  }
}

function below(axis: number, cut: number, key: Key): boolean {
  switch (axis) {
    case AXIS.x:
      return key.point.x < cut;
    case AXIS.y:
      return key.point.y < cut;
    case AXIS.z:
      return key.point.z < cut;
    case AXIS.birthDay:
      return key.birthDay < cut;
    case AXIS.price:
      return key.price < cut;
    default:
      return (bitsOf(key) & cut) !== 0;
  }
}
