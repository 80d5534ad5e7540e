/** What somebody answered to somebody else. */
export const ANSWER = { none: 0, liked: 1, passed: 2 } as const;

/** Something between the owner of a list and the person of a row. */
export interface TieEntry {
  readonly row: number;
  readonly answer: 0 | 1 | 2;
  /** The day of a pass. */
  readonly day: number;
  /** The owner blocked them; they blocked the owner. */
  readonly blocks: boolean;
  readonly blocked: boolean;
}

// A list is sorted by row. Of each entry stand the gap to the row before, and a tag. The gap is in Rice's code (Rice 1971: the quotient by 2^k in ones and
// a zero, then k bits), which comes within a few hundredths of a bit of the least possible for rows that lie anywhere; a gap of 24 quotients or more,
// to another city, is 24 ones and then 32 bits. The tag is 0 and five bits of days for a pass, 10 for a like, or 11, two bits of blocks, two bits
// of the answer, and days for a pass. Before all that: k, the day that days count from (16 bits), the number of entries (24 bits).
const DAY_BITS = 5;
/** Passes of so many days can be told apart; older ones are over. */
export const DAYS_KEPT = 2 ** DAY_BITS;
/** The longest list. */
export const TIES_MAX = 2 ** 24 - 1;
const HEADER_BYTES = 6;
const ESCAPE = 24;
const K_MAX = 22;

/** The list as bytes. Passes before `baseDay` are left out, as are entries that say nothing. */
export function encodeTies(entries: readonly TieEntry[], baseDay: number): Uint8Array {
  const kept = entries
    .map((entry) => (entry.answer === ANSWER.passed && entry.day < baseDay ? { ...entry, answer: ANSWER.none } : entry))
    .filter(({ answer, blocks, blocked }) => answer !== ANSWER.none || blocks || blocked)
    .toSorted((a, b) => a.row - b.row);
  if (kept.length === 0) return new Uint8Array(0);
  const gaps = kept.map(({ row }, i) => row - (kept[i - 1]?.row ?? -1) - 1);
  const k = bestParameter(gaps);
  const bits = new BitWriter();
  bits.put(k, 8);
  bits.put(Math.max(0, baseDay), 16);
  bits.put(kept.length, 24);
  for (const [i, { answer, day, blocks, blocked }] of kept.entries()) {
    const gap = gaps[i] as number;
    const quotient = Math.floor(gap / 2 ** k);
    if (quotient >= ESCAPE) {
      bits.put(2 ** ESCAPE - 1, ESCAPE);
      bits.put(gap, 32);
    } else {
      bits.put((2 ** quotient - 1) * 2, quotient + 1);
      bits.put(gap % 2 ** k, k);
    }
    if (blocks || blocked) bits.put(0b110000 | (Number(blocks) << 3) | (Number(blocked) << 2) | answer, 6);
    else if (answer === ANSWER.liked) bits.put(0b10, 2);
    else bits.put(0, 1);
    if (answer === ANSWER.passed) bits.put(Math.min(day - baseDay, DAYS_KEPT - 1), DAY_BITS);
  }
  return bits.finish();
}

/** Calls back with every entry of a list that begins at this byte; `tag` is answer | blocked × 4 | blocks × 8. */
export function decodeTies(bytes: Uint8Array, from: number, visit: (row: number, tag: number, day: number) => void): void {
  const k = bytes[from] as number;
  const baseDay = ((bytes[from + 1] as number) << 8) | (bytes[from + 2] as number);
  const count = readWord(bytes, from + 3) >>> 8;
  let bit = (from + HEADER_BYTES) * 8;
  let row = -1;
  for (let i = 0; i < count; i++) {
    // 25 bits or more from here on, at the upper end of a word.
    let word = readWord(bytes, bit >>> 3) << (bit & 7);
    const ones = Math.clz32(~word);
    if (ones >= ESCAPE) {
      bit += ESCAPE;
      const high = (readWord(bytes, bit >>> 3) << (bit & 7)) >>> 16;
      const low = (readWord(bytes, (bit + 16) >>> 3) << (bit & 7)) >>> 16;
      bit += 32;
      row += high * 65_536 + low + 1;
    } else {
      bit += ones + 1;
      word = readWord(bytes, bit >>> 3) << (bit & 7);
      row += ones * (1 << k) + (k === 0 ? 0 : word >>> (32 - k)) + 1;
      bit += k;
    }
    word = readWord(bytes, bit >>> 3) << (bit & 7);
    if (word >= 0) {
      visit(row, ANSWER.passed, baseDay + ((word >>> (31 - DAY_BITS)) & (DAYS_KEPT - 1)));
      bit += 1 + DAY_BITS;
    } else if ((word & 0x40000000) === 0) {
      visit(row, ANSWER.liked, 0);
      bit += 2;
    } else {
      const tag = (word >>> 26) & 0b1111;
      bit += 6;
      const passed = (tag & 3) === ANSWER.passed;
      visit(row, tag, passed ? baseDay + ((word >>> (26 - DAY_BITS)) & (DAYS_KEPT - 1)) : 0);
      if (passed) bit += DAY_BITS;
    }
  }
}

function readWord(bytes: Uint8Array, at: number): number {
  return ((bytes[at] as number) << 24) | ((bytes[at + 1] as number) << 16) | ((bytes[at + 2] as number) << 8) | (bytes[at + 3] as number);
}

/** The k with which these gaps take the fewest bits. It is at most 22, because a look ahead is 25 bits wide. */
function bestParameter(gaps: readonly number[]): number {
  let [best, fewest] = [0, Number.POSITIVE_INFINITY];
  for (let k = 0; k <= K_MAX; k++) {
    let bits = 0;
    for (const gap of gaps) {
      const quotient = Math.floor(gap / 2 ** k);
      bits += quotient >= ESCAPE ? ESCAPE + 32 : quotient + 1 + k;
    }
    if (bits < fewest) [best, fewest] = [k, bits];
  }
  return best;
}

class BitWriter {
  #bytes = new Uint8Array(64);
  #bits = 0;

  /** Appends the lowest so many bits, the highest of them first. */
  put(value: number, count: number): void {
    for (let i = count - 1; i >= 0; i--) {
      const at = this.#bits >> 3;
      if (at >= this.#bytes.length) {
        const longer = new Uint8Array(this.#bytes.length * 2);
        longer.set(this.#bytes);
        this.#bytes = longer;
      }
      this.#bytes[at] = (this.#bytes[at] as number) | (((value >>> i) & 1) << (7 - (this.#bits & 7)));
      this.#bits++;
    }
  }

  finish(): Uint8Array {
    return this.#bytes.subarray(0, (this.#bits + 7) >> 3);
  }
}
