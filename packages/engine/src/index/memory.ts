import { EngineFault } from "../faults.ts";
import { chordSquaredOf, RADIUS_MAX_KM } from "../eligibility/sphere.ts";
import { AREA, BOUND_RANGE, BOUND_STEPS, CHUNK_BYTES, CHUNK_META_BYTES } from "./layout.ts";
import { sigmoid } from "./sigmoid.ts";
import { webAssembly, type WasmMemory } from "./webAssembly.ts";

const PAGE_BYTES = 65_536;
const PAGES_MAX = 65_536;

/** The memory that the kernel works on, and windows on it. It grows, and whoever keeps a window must take it anew after that. */
export class EngineMemory {
  readonly wasm: WasmMemory;
  u8 = new Uint8Array(0);
  i8 = new Int8Array(0);
  u16 = new Uint16Array(0);
  i16 = new Int16Array(0);
  i32 = new Int32Array(0);
  u32 = new Uint32Array(0);
  f32 = new Float32Array(0);
  f64 = new Float64Array(0);
  /** Chunks ever handed out: what lies behind them was never touched. */
  chunks = 0;
  #freeChunk = -1;

  constructor() {
    this.wasm = new webAssembly.Memory({ initial: Math.ceil(AREA.chunks / PAGE_BYTES), maximum: PAGES_MAX });
    this.#look();
    for (let km = 0; km <= RADIUS_MAX_KM; km++) this.f64[(AREA.chords >> 3) + km] = chordSquaredOf(km);
    const steps = 2 * BOUND_RANGE * BOUND_STEPS;
    for (let i = 0; i < steps; i++) {
      // The upper end of the step, and a little more than rounding can take away.
      const upper = i === steps - 1 ? 1 : sigmoid((i + 1) / BOUND_STEPS - BOUND_RANGE);
      this.f64[(AREA.sigmoidBounds >> 3) + i] = upper * (1 + 1e-9);
    }
  }

  /** Bytes that hold something, the areas before the chunks included. */
  get bytes(): number {
    return AREA.nexts + this.chunks * (CHUNK_BYTES + CHUNK_META_BYTES);
  }

  /**
   * An empty chunk that belongs to this leaf and is followed by `next`.
   * @throws {EngineFault} `memory.full`: a shard holds at most 4 GB
   */
  takeChunk(leaf: number, next: number): number {
    let chunk = this.#freeChunk;
    if (chunk >= 0) this.#freeChunk = this.i32[nextWord(chunk)] as number;
    else {
      this.#reserve(this.chunks + 1);
      chunk = this.chunks++;
    }
    this.i32[nextWord(chunk)] = next;
    this.i32[leafWord(chunk)] = leaf;
    return chunk;
  }

  /** Gives an empty chunk back. */
  freeChunk(chunk: number): void {
    this.i32[nextWord(chunk)] = this.#freeChunk;
    this.i32[leafWord(chunk)] = -1;
    this.#freeChunk = chunk;
  }

  /** The first of the chunks that wait to be used again, or −1: part of a snapshot. */
  get firstFreeChunk(): number {
    return this.#freeChunk;
  }

  /** Makes room for a snapshot's chunks, which the caller then copies to where they belong. */
  restore(chunks: number, firstFreeChunk: number): void {
    this.#reserve(chunks);
    this.chunks = chunks;
    this.#freeChunk = firstFreeChunk;
  }

  #reserve(chunks: number): void {
    const bytes = AREA.chunks + chunks * CHUNK_BYTES;
    const missing = Math.ceil((bytes - this.wasm.buffer.byteLength) / PAGE_BYTES);
    if (missing <= 0) return;
    const pages = this.wasm.buffer.byteLength / PAGE_BYTES;
    if (pages + missing > PAGES_MAX) throw new EngineFault("memory.full", "a shard holds 4 GB; split it");
    // A little ahead, because growing makes all windows new; pages that nobody touched cost nothing.
    this.wasm.grow(Math.min(PAGES_MAX - pages, Math.max(missing, Math.ceil(pages / 16))));
    this.#look();
  }

  #look(): void {
    const { buffer } = this.wasm;
    this.u8 = new Uint8Array(buffer);
    this.i8 = new Int8Array(buffer);
    this.u16 = new Uint16Array(buffer);
    this.i16 = new Int16Array(buffer);
    this.i32 = new Int32Array(buffer);
    this.u32 = new Uint32Array(buffer);
    this.f32 = new Float32Array(buffer);
    this.f64 = new Float64Array(buffer);
  }
}

/** Where a chunk begins, in bytes. */
export function chunkAt(chunk: number): number {
  return AREA.chunks + chunk * CHUNK_BYTES;
}

/** Which 32-bit word holds a chunk's successor. */
export function nextWord(chunk: number): number {
  return (AREA.nexts >> 2) + chunk;
}

/** Which 32-bit word holds a chunk's leaf. */
export function leafWord(chunk: number): number {
  return (AREA.leafOf >> 2) + chunk;
}
