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
// to another city, is 24 ones and then 32 bits. The tag is 1 for a like, or 0 and five bits of days for a pass. Before all that: k (5 bits), the day
// that days count from (16 bits), the number of entries, the first row and the number of blocks. Blocks are few: they come last, with 32 bits of row, two
// of blocks, two of the answer, and days for a pass. Numbers of any size are written as how many bits they have, in five, and then these.
const DAY_BITS = 5;
/** Passes of so many days can be told apart; older ones are over. */
export const DAYS_KEPT = 2 ** DAY_BITS;
/** The longest list. */
export const TIES_MAX = 2 ** 24 - 1;
const BASE_DAY_BITS = 16;
const K_BITS = 5;
const LENGTH_BITS = 5;
const ESCAPE = 24;
const K_MAX = 22;

/** The list as bytes. Passes before `baseDay` are left out, as are entries that say nothing. */
export function encodeTies(entries: readonly TieEntry[], baseDay: number): Uint8Array {
  const kept = entries
    .map((entry) => (entry.answer === ANSWER.passed && entry.day < baseDay ? { ...entry, answer: ANSWER.none } : entry))
    .filter(({ answer, blocks, blocked }) => answer !== ANSWER.none || blocks || blocked)
    .toSorted((a, b) => a.row - b.row);
  if (kept.length === 0) return new Uint8Array(0);
  const isBlock = ({ blocks, blocked }: TieEntry): boolean => blocks || blocked;
  const answers = kept.filter((entry) => !isBlock(entry));
  const first = answers[0]?.row ?? 0;
  const gaps = answers.map(({ row }, i) => row - (answers[i - 1]?.row ?? first - 1) - 1);
  const k = bestParameter(gaps.slice(1));
  const bits = new BitWriter();
  bits.put(k, K_BITS);
  bits.put(Math.max(0, baseDay), BASE_DAY_BITS);
  for (const number of [answers.length, first, kept.length - answers.length]) bits.putNumber(number);
  for (const [i, { answer, day }] of answers.entries()) {
    if (i > 0) putGap(bits, gaps[i] as number, k);
    if (answer === ANSWER.liked) bits.put(1, 1);
    else bits.put(dayOf(day, baseDay), 1 + DAY_BITS);
  }
  for (const { row, answer, day, blocks, blocked } of kept.filter(isBlock)) {
    bits.put(row, 32);
    bits.put((Number(blocks) << 3) | (Number(blocked) << 2) | answer, 4);
    if (answer === ANSWER.passed) bits.put(dayOf(day, baseDay), DAY_BITS);
  }
  return bits.finish();
}

function dayOf(day: number, baseDay: number): number {
  return Math.min(day - baseDay, DAYS_KEPT - 1);
}

function putGap(bits: BitWriter, gap: number, k: number): void {
  const quotient = Math.floor(gap / 2 ** k);
  if (quotient >= ESCAPE) {
    bits.put(2 ** ESCAPE - 1, ESCAPE);
    bits.put(gap, 32);
  } else {
    bits.put((2 ** quotient - 1) * 2, quotient + 1);
    bits.put(gap % 2 ** k, k);
  }
}

/** Calls back with every entry of a list that begins at this byte, blocks last; `tag` is answer | blocked × 4 | blocks × 8. */
export function decodeTies(bytes: Uint8Array, from: number, visit: (row: number, tag: number, day: number) => void): void {
  let bit = from * 8;
  // 25 bits or more from here on, at the upper end of a word.
  const ahead = (): number => readWord(bytes, bit >>> 3) << (bit & 7);
  const take = (count: number): number => {
    const value = count === 0 ? 0 : ahead() >>> (32 - count);
    bit += count;
    return value;
  };
  const takeLong = (count: number): number => (count > 16 ? take(count - 16) * 65_536 + take(16) : take(count));
  const takeNumber = (): number => takeLong(take(LENGTH_BITS));
  const k = take(K_BITS);
  const baseDay = take(BASE_DAY_BITS);
  const [count, first, blocks] = [takeNumber(), takeNumber(), takeNumber()];
  let row = first;
  for (let i = 0; i < count; i++) {
    if (i > 0) {
      const word = ahead();
      const ones = Math.clz32(~word);
      bit += ones;
      if (ones >= ESCAPE) {
        bit -= ones - ESCAPE;
        row += takeLong(32) + 1;
      } else {
        bit++;
        row += ones * (1 << k) + take(k) + 1;
      }
    }
    const word = ahead();
    if (word < 0) {
      visit(row, ANSWER.liked, 0);
      bit++;
    } else {
      visit(row, ANSWER.passed, baseDay + (word >>> (31 - DAY_BITS)));
      bit += 1 + DAY_BITS;
    }
  }
  for (let i = 0; i < blocks; i++) {
    const target = takeLong(32);
    const tag = take(4);
    visit(target, tag, (tag & 3) === ANSWER.passed ? baseDay + take(DAY_BITS) : 0);
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

  /** Appends a number below 2^31: how many bits it has, and these. */
  putNumber(value: number): void {
    const count = 32 - Math.clz32(value);
    this.put(count, LENGTH_BITS);
    this.put(value, count);
  }

  finish(): Uint8Array {
    return this.#bytes.subarray(0, (this.#bits + 7) >> 3);
  }
}
