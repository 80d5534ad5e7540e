import { EngineFault } from "../faults.ts";

const PAGE_BYTES = 2 ** 20;
// A reader may look a few bytes past the last list of a page.
const SLACK_BYTES = 4;
export const ARENA_PAGE_BYTES = PAGE_BYTES + SLACK_BYTES;
const PAGES_MAX = 4096;
// Nearly all pieces are short, so it is there that sizes lie close together.
const FINE_WORDS = 600;
const FINE_RATIO = 1.02;
const COARSE_RATIO = 1.15;

const classes = sizeClasses();
const classOfWords = classByWords();

/**
 * Bytes by the piece: each piece gets the next larger of many sizes, and one that is given back is used again for the same size. An address counts in
 * words of four bytes, so that 32 bits reach 16 GB; 0 is none. The first byte of a piece is its size.
 */
export class Arena {
  readonly pages: Uint8Array[] = [];
  /** Words handed out of the last page. */
  #used = PAGE_BYTES / 4;
  readonly #free = new Uint32Array(classes.length);

  /**
   * Keeps these bytes and returns where; 0 for none.
   * @throws {EngineFault} `memory.full`: the lists of ties fill 4 GB, or this one is longer than a page
   */
  keep(bytes: Uint8Array): number {
    if (bytes.length === 0) return 0;
    const size = classOfWords[(bytes.length + 4) >> 2];
    if (size === undefined) throw new EngineFault("memory.full", "a list is longer than a page");
    const address = this.#take(size);
    const { page, at } = this.find(address);
    page[at] = size;
    page.set(bytes, at + 1);
    return address;
  }

  /** Gives a piece back. */
  drop(address: number): void {
    if (address === 0) return;
    const { page, at } = this.find(address);
    const size = page[at] as number;
    new DataView(page.buffer).setUint32(at, this.#free[size] as number);
    this.#free[size] = address;
  }

  /** The page of an address, and where in it the piece begins: its size, then its bytes. */
  find(address: number): { readonly page: Uint8Array; readonly at: number } {
    return { page: this.pages[Math.floor(((address - 1) * 4) / PAGE_BYTES)] as Uint8Array, at: ((address - 1) * 4) % PAGE_BYTES };
  }

  /** What a snapshot needs besides the pages. */
  get state(): { readonly used: number; readonly free: readonly number[] } {
    return { used: this.#used, free: [...this.#free] };
  }

  restore(pages: readonly Uint8Array[], { used, free }: Arena["state"]): void {
    this.pages.push(...pages);
    this.#used = used;
    this.#free.set(free);
  }

  get bytes(): number {
    return this.pages.length * ARENA_PAGE_BYTES - (PAGE_BYTES - this.#used * 4);
  }

  #take(size: number): number {
    const reused = this.#free[size] as number;
    if (reused > 0) {
      const { page, at } = this.find(reused);
      this.#free[size] = new DataView(page.buffer).getUint32(at);
      return reused;
    }
    const words = classes[size] as number;
    if (this.#used + words > PAGE_BYTES / 4) {
      if (this.pages.length >= PAGES_MAX) throw new EngineFault("memory.full", "lists of ties fill 4 GB");
      this.pages.push(new Uint8Array(ARENA_PAGE_BYTES));
      this.#used = 0;
    }
    const address = ((this.pages.length - 1) * PAGE_BYTES) / 4 + this.#used + 1;
    this.#used += words;
    return address;
  }
}

/** Sizes in words of four bytes, the largest a page; as many as a byte can tell apart. */
function sizeClasses(): number[] {
  const sizes = [1];
  while ((sizes.at(-1) ?? 0) < PAGE_BYTES / 4) {
    const last = sizes.at(-1) ?? 1;
    const ratio = last < FINE_WORDS ? FINE_RATIO : COARSE_RATIO;
    sizes.push(Math.min(PAGE_BYTES / 4, Math.max(last + 1, Math.floor(last * ratio))));
  }
  return sizes;
}

function classByWords(): Uint8Array {
  const byWords = new Uint8Array(PAGE_BYTES / 4 + 1);
  let size = 0;
  for (let words = 0; words < byWords.length; words++) {
    while ((classes[size] as number) < words) size++;
    byWords[words] = size;
  }
  return byWords;
}
