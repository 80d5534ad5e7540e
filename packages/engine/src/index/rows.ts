import type { UserId } from "@pendo/contract/ids";
import { EngineFault } from "../faults.ts";
import { grown } from "./leafTable.ts";

const GROWTH = 1.125;
// More than this many per hundred places make looking a row up slow.
const LOAD = 0.8;

/**
 * Which row belongs to which user. Rows are dense and never used again, because other people's lists of whom they have seen speak of rows. A row may
 * be of somebody who is not here: gone, or never come.
 */
export class Rows {
  /** Four words of an id per row. */
  words: Uint32Array = new Uint32Array(0);
  /** Where a row's person is in memory; −1 where they are not here. */
  slots: Int32Array = new Int32Array(0);
  /** The newest versions of person and place that were applied: two per row. */
  versions: Uint32Array = new Uint32Array(0);
  count = 0;
  #table = new Int32Array(16).fill(-1);

  /**
   * The row of a user, or −1.
   * @throws {EngineFault} `id.malformed`: the id is no lower-case UUID
   */
  find(userId: UserId): number {
    parse(userId);
    return this.#table[this.#place(asked, 0)] as number;
  }

  /**
   * The row of a user, a new one if need be.
   * @throws {EngineFault} `id.malformed`: the id is no lower-case UUID
   */
  of(userId: UserId): number {
    parse(userId);
    let place = this.#place(asked, 0);
    const found = this.#table[place] as number;
    if (found >= 0) return found;
    const row = this.count;
    if (row >= this.slots.length) {
      this.reserve(Math.ceil((row + 64) * GROWTH));
      place = this.#place(asked, 0);
    }
    this.words.set(asked, row * 4);
    this.#table[place] = row;
    this.count++;
    return row;
  }

  userIdOf(row: number): UserId {
    const at = row * 4;
    const [a, b, c, d] = [
      this.words[at] as number,
      this.words[at + 1] as number,
      this.words[at + 2] as number,
      this.words[at + 3] as number,
    ];
    return `${hex(a >>> 16)}${hex(a & 0xffff)}-${hex(b >>> 16)}-${hex(b & 0xffff)}-${hex(c >>> 16)}-${hex(c & 0xffff)}${hex(d >>> 16)}${hex(d & 0xffff)}` as UserId;
  }

  /** Room for so many rows. */
  reserve(rows: number): void {
    this.words = grown(this.words, rows * 4, Uint32Array);
    const before = this.slots.length;
    this.slots = grown(this.slots, rows, Int32Array).fill(-1, before);
    this.versions = grown(this.versions, rows * 2, Uint32Array);
    this.#rehash(rows);
  }

  /** Rows as a snapshot tells them; what has no slot yet gets one from the leaves. */
  restore(words: Uint32Array, slots: Int32Array, versions: Uint32Array): void {
    [this.words, this.slots, this.versions, this.count] = [words, slots, versions, slots.length];
    this.#rehash(this.count);
  }

  get bytes(): number {
    return this.words.byteLength + this.slots.byteLength + this.versions.byteLength + this.#table.byteLength;
  }

  #rehash(rows: number): void {
    this.#table = new Int32Array(Math.ceil(rows / LOAD) + 16).fill(-1);
    for (let row = 0; row < this.count; row++) this.#table[this.#place(this.words, row * 4)] = row;
  }

  /** Where in the table the id is, or belongs, of which these are the four words from one on. */
  #place(id: Uint32Array, first: number): number {
    const { words } = this;
    const [a, b, c, d] = [id[first] as number, id[first + 1] as number, id[first + 2] as number, id[first + 3] as number];
    const table = this.#table;
    let hash = Math.imul(a ^ Math.imul(b, 0x9e3779b1), 0x85ebca6b) ^ Math.imul(c ^ Math.imul(d, 0xc2b2ae35), 0x27d4eb2f);
    hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
    let place = Math.floor((((hash ^ (hash >>> 13)) >>> 0) / 2 ** 32) * table.length);
    for (;;) {
      const row = table[place] as number;
      if (row < 0) return place;
      const at = row * 4;
      if (words[at + 3] === d && words[at + 2] === c && words[at + 1] === b && words[at] === a) return place;
      place = place + 1 === table.length ? 0 : place + 1;
    }
  }
}

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

/** Sixteen bits as four digits. */
function hex(half: number): string {
  return (HEX[half >>> 8] as string) + (HEX[half & 255] as string);
}

/** The four words of the id that was parsed last: one place for all, so that looking somebody up makes no objects. */
const asked = new Uint32Array(4);

/** Leaves the words of an id in `asked`. */
function parse(userId: UserId): void {
  if (typeof userId !== "string" || userId.length !== 36) throw malformed();
  if (userId.charCodeAt(8) !== 45 || userId.charCodeAt(13) !== 45 || userId.charCodeAt(18) !== 45 || userId.charCodeAt(23) !== 45)
    throw malformed();
  asked[0] = (half(userId, 0) << 16) | half(userId, 4);
  asked[1] = (half(userId, 9) << 16) | half(userId, 14);
  asked[2] = (half(userId, 19) << 16) | half(userId, 24);
  asked[3] = (half(userId, 28) << 16) | half(userId, 32);
}

/** What each ASCII character is as a digit; −1 where it is none, which leaves whatever it is part of negative. */
const DIGITS = Int8Array.from({ length: 128 }, (_, code) => "0123456789abcdef".indexOf(String.fromCharCode(code)));

/** The number that four lower-case hexadecimal digits write. */
function half(text: string, from: number): number {
  const [a, b, c, d] = [text.charCodeAt(from), text.charCodeAt(from + 1), text.charCodeAt(from + 2), text.charCodeAt(from + 3)];
  if ((a | b | c | d) > 127) throw malformed();
  const value = ((DIGITS[a] as number) << 12) | ((DIGITS[b] as number) << 8) | ((DIGITS[c] as number) << 4) | (DIGITS[d] as number);
  if (value < 0) throw malformed();
  return value;
}

function malformed(): EngineFault {
  return new EngineFault("id.malformed", "not a lower-case UUID");
}
