import type { UserId } from "@pendo/contract/ids";
import { EngineFault } from "../faults.ts";
import type { Point } from "../eligibility/sphere.ts";
import { Cells, cellOf } from "./cells.ts";
import { kernelOn, type KernelKind } from "./kernel.ts";
import { Leaves } from "./leaves.ts";
import { EngineMemory } from "./memory.ts";
import { neutralTraits, packPerson, packPlace, packTraits, unpackTraits, type PackedPerson, type PackedTraits } from "./packed.ts";
import type { Kernel } from "./plainKernel.ts";
import type { Person, SnappedPosition, Traits } from "./population.ts";
import { Rows } from "./rows.ts";
import { readPerson, readPrice, readTraits, writePerson, writePoint, writeTraits } from "./slots.ts";
import { Ties } from "./ties.ts";

export interface IndexOptions {
  /** Which kernel to use; without it, WebAssembly where it has SIMD. */
  readonly kernel?: KernelKind;
}

/**
 * Everybody of a shard, in memory: puts, moves and removals take constant time, and decks are exact (see search.ts). Every refusal is thrown before anything
 * was changed.
 */
export class MatchIndex {
  readonly memory = new EngineMemory();
  readonly rows = new Rows();
  readonly ties = new Ties();
  readonly cells = new Cells();
  readonly leaves: Leaves;
  readonly kernel: Kernel;
  readonly kernelKind: KernelKind;
  /** Who is not shown lies in a leaf of its own, which no search visits. */
  readonly unshown: number;
  /** People here, the unshown included. */
  size = 0;

  constructor({ kernel }: IndexOptions = {}) {
    this.leaves = new Leaves(this.memory, (row, slot) => {
      this.rows.slots[row] = slot;
    });
    this.unshown = this.leaves.table.add(-1);
    this.leaves.table.divideAt[this.unshown] = 2 ** 31 - 1;
    ({ kernel: this.kernel, kind: this.kernelKind } = kernelOn(this.memory, kernel));
  }

  /**
   * Puts somebody in, or in the place of what was known of them. Traits stay as they were, or neutral, unless they are given.
   * @throws {EngineFault} `id.malformed`: the id is no lower-case UUID
   * @throws {EngineFault} `person.invalid`: a field is out of range; the message names it
   * @throws {EngineFault} `place.invalid`: the place is not on Earth
   * @throws {EngineFault} `traits.invalid`: a field is out of range; the message names it
   */
  put(person: Person, traits?: Traits): void {
    const packed = packPerson(person);
    const given = traits && packTraits(traits);
    const row = this.rows.of(person.userId);
    const slot = this.rows.slots[row] as number;
    const kept = given ?? (slot < 0 ? packTraits(neutralTraits()) : readTraits(this.memory, slot));
    this.#replace(row, packed, kept);
  }

  /**
   * Adds a user whose row comes from another index.
   * @throws {EngineFault} `id.malformed`: the id is no lower-case UUID
   */
  putPacked(userId: UserId, person: PackedPerson, traits: PackedTraits): void {
    this.#replace(this.rows.of(userId), person, traits);
  }

  /**
   * Moves a user to another (snapped) place.
   * @throws {EngineFault} `place.invalid`: the place is not on Earth
   * @throws {EngineFault} `user.unknown`: no user here has this id
   * @throws {EngineFault} `id.malformed`: the id is no lower-case UUID
   */
  move(userId: UserId, place: SnappedPosition): void {
    const point = packPlace(place);
    const slot = this.slotOf(userId);
    const leaf = this.leaves.leafOf(slot);
    const { point: before, birthDay, wantsAndIntent, acceptsAndGender } = readPerson(this.memory, slot);
    const root = leaf === this.unshown ? leaf : this.#rootAt(point);
    const to = this.leaves.locate(root, { point, birthDay, price: readPrice(this.memory, slot), wantsAndIntent, acceptsAndGender });
    if (to === leaf) {
      writePoint(this.memory, slot, point);
      this.leaves.widenTo(leaf, point);
      return;
    }
    this.#forget(this.leaves.transfer(slot, to, point), before);
  }

  /**
   * Replaces what learning says about a user.
   * @throws {EngineFault} `traits.invalid`: a field is out of range; the message names it
   * @throws {EngineFault} `user.unknown`: no user here has this id
   * @throws {EngineFault} `id.malformed`: the id is no lower-case UUID
   */
  setTraits(userId: UserId, traits: Traits): void {
    const packed = packTraits(traits);
    const slot = this.slotOf(userId);
    this.#replace(this.rows.find(userId), { ...readPerson(this.memory, slot), visible: this.isShown(slot) }, packed);
  }

  /**
   * The traits of a user as they are kept, rounded.
   * @throws {EngineFault} `user.unknown`: no user here has this id
   * @throws {EngineFault} `id.malformed`: the id is no lower-case UUID
   */
  traitsOf(userId: UserId): Traits {
    return unpackTraits(readTraits(this.memory, this.slotOf(userId)));
  }

  /**
   * Removes a user; returns whether the user was here. What others answered to the user is kept.
   * @throws {EngineFault} `id.malformed`: the id is no lower-case UUID
   */
  remove(userId: UserId): boolean {
    const row = this.rows.find(userId);
    const slot = row < 0 ? -1 : (this.rows.slots[row] as number);
    if (slot < 0) return false;
    this.#takeOut(slot);
    this.rows.slots[row] = -1;
    this.size--;
    return true;
  }

  has(userId: UserId): boolean {
    const row = this.rows.find(userId);
    return row >= 0 && (this.rows.slots[row] as number) >= 0;
  }

  /**
   * The slot of a user who is here.
   * @throws {EngineFault} `user.unknown`: no user here has this id
   * @throws {EngineFault} `id.malformed`: the id is no lower-case UUID
   */
  slotOf(userId: UserId): number {
    const row = this.rows.find(userId);
    const slot = row < 0 ? -1 : (this.rows.slots[row] as number);
    if (slot < 0) throw new EngineFault("user.unknown", "nobody here has this id");
    return slot;
  }

  isShown(slot: number): boolean {
    return this.leaves.leafOf(slot) !== this.unshown;
  }

  /**
   * All that the index has of a user, as it lies in memory.
   * @throws {EngineFault} `user.unknown`: no user here has this id
   * @throws {EngineFault} `id.malformed`: the id is no lower-case UUID
   */
  packedOf(userId: UserId): { readonly person: PackedPerson; readonly traits: PackedTraits } {
    const slot = this.slotOf(userId);
    return { person: { ...readPerson(this.memory, slot), visible: this.isShown(slot) }, traits: readTraits(this.memory, slot) };
  }

  /** What the index takes, in bytes: people with their ids, and what is kept about whom they have seen. */
  get bytes(): { readonly people: number; readonly ties: number } {
    const { memory, rows, cells, leaves, ties } = this;
    return {
      people: memory.bytes + rows.bytes + cells.bytesEstimated + leaves.table.bytes + ties.addresses.byteLength,
      ties: ties.arena.bytes,
    };
  }

  #replace(row: number, person: PackedPerson, traits: PackedTraits): void {
    const slot = this.rows.slots[row] as number;
    const root = this.#rootFor(person);
    if (slot >= 0) {
      const leaf = this.leaves.leafOf(slot);
      const { point, birthDay, wantsAndIntent, acceptsAndGender } = person;
      if (this.leaves.locate(root, { point, birthDay, price: traits.price, wantsAndIntent, acceptsAndGender }) === leaf) {
        writePerson(this.memory, slot, person);
        writePoint(this.memory, slot, person.point);
        writeTraits(this.memory, slot, traits);
        this.leaves.widen(leaf, slot);
        return;
      }
      this.#takeOut(slot);
    } else this.size++;
    // Taking somebody out may have removed the very tree that they go to.
    this.leaves.insert(this.#rootFor(person), row, person, traits);
  }

  #rootFor({ visible, point }: PackedPerson): number {
    return visible ? this.#rootAt(point) : this.unshown;
  }

  #rootAt(point: Point): number {
    const cell = cellOf(point);
    const found = this.cells.rootAt(cell);
    if (found >= 0) return found;
    const root = this.leaves.table.add(-1);
    this.cells.setRootAt(cell, root);
    return root;
  }

  #takeOut(slot: number): void {
    const { point } = readPerson(this.memory, slot);
    this.#forget(this.leaves.remove(slot), point);
  }

  /** Frees the tree that is empty now, if one is, of the cell where this point lies; the leaf of the unshown stays. */
  #forget(emptyRoot: number | undefined, point: Point): void {
    if (emptyRoot === undefined || emptyRoot === this.unshown) return;
    this.cells.setRootAt(cellOf(point), -1);
    this.leaves.table.free(emptyRoot);
  }
}
