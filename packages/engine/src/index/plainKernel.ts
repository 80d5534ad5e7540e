import { AREA, BIAS_STEP, BOUND_RANGE, BOUND_STEPS, CHUNK, PART, QUERY, REPLY, SPOT, SURVIVORS_BATCH } from "./layout.ts";
import { chunkAt, nextWord, type EngineMemory } from "./memory.ts";
import { priceCodeBelow, priceOf, scaleOf } from "./packed.ts";
import { sigmoid } from "./sigmoid.ts";
import { tieOf } from "./tie.ts";

/** What goes through the population. The viewer stands in the query area, the leaves in theirs, and the best end up in the heap. */
export interface Kernel {
  /** Writes who of a leaf passes the filter, from this chunk on, to the survivors; answers the chunk at which to go on, or −1. */
  filter(first: number): number;
  /** Looks at this number of leaves, and keeps the best users of them in the heap. */
  scan(leaves: number): void;
}

// Line by line what kernel/kernel.as does, for where WebAssembly's SIMD is missing; comments are there.

/** The kernel in plain JavaScript, slower and with the same answers. */
export function plainKernel(memory: EngineMemory): Kernel {
  return { filter: (first) => filter(memory, first), scan: (leaves) => scan(memory, leaves) };
}

function filter({ u8, u16, i32, f64 }: EngineMemory, first: number): number {
  const q = AREA.query;
  const [gender, accepts] = [u8[q + QUERY.gender] as number, u8[q + QUERY.accepts] as number];
  const [intent, wants] = [u8[q + QUERY.intent] as number, u8[q + QUERY.wants] as number];
  const [age, bornFirst, bornLast] = [
    u8[q + QUERY.age] as number,
    u16[(q + QUERY.bornFirst) >> 1] as number,
    u16[(q + QUERY.bornLast) >> 1] as number,
  ];
  const [facts, dealbreakers] = [u16[(q + QUERY.facts) >> 1] as number, u16[(q + QUERY.dealbreakers) >> 1] as number];
  const [x, y, z] = [i32[(q + QUERY.x) >> 2] as number, i32[(q + QUERY.y) >> 2] as number, i32[(q + QUERY.z) >> 2] as number];
  const priceLeast = u16[(q + QUERY.priceLeast) >> 1] as number;
  const chord = f64[(q + QUERY.chord) >> 3] as number;
  let count = i32[(q + QUERY.survivors) >> 2] as number;
  let chunk = first;
  while (chunk >= 0 && count < SURVIVORS_BATCH) {
    const hot = chunkAt(chunk);
    const unseen = u16[(AREA.unseen >> 1) + chunk] as number;
    for (let lane = 0; lane < CHUNK; lane++) {
      const a = u8[hot + lane] as number;
      if ((a & gender) === 0 || (a & accepts) === 0) continue;
      const b = u8[hot + PART.acceptsAndGender + lane] as number;
      if ((b & intent) === 0 || (b & wants) === 0) continue;
      if ((u8[hot + PART.ageMin + lane] as number) > age || (u8[hot + PART.ageMax + lane] as number) < age) continue;
      const half = hot / 2 + lane;
      const born = u16[half + PART.birthDay / 2] as number;
      if (born < bornFirst || born > bornLast) continue;
      if (((u16[half + PART.facts / 2] as number) & dealbreakers) !== 0 || ((u16[half + PART.dealbreakers / 2] as number) & facts) !== 0)
        continue;
      if ((u16[half + PART.prices / 2] as number) < priceLeast) continue;
      if (((unseen >> lane) & 1) !== 0) continue;
      const spot = (hot + PART.spots + lane * SPOT.bytes) / 4;
      const [dx, dy, dz] = [x - (i32[spot] as number), y - (i32[spot + 1] as number), z - (i32[spot + 2] as number)];
      const squared = dx * dx + dy * dy + dz * dz;
      const theirs = f64[(AREA.chords >> 3) + (u16[half + PART.radiusKm / 2] as number)] as number;
      if (squared <= chord && squared <= theirs) i32[(AREA.survivors >> 2) + count++] = (chunk << 4) + lane;
    }
    chunk = i32[nextWord(chunk)] as number;
  }
  i32[(q + QUERY.survivors) >> 2] = count;
  return chunk;
}

function dot(i8: Int8Array, a: number, b: number): number {
  let sum = 0;
  for (let k = 0; k < 32; k++) sum += (i8[a + k] as number) * (i8[b + k] as number);
  return sum;
}

function bound(f64: Float64Array, x: number): number {
  const step = Math.floor((x + BOUND_RANGE) * BOUND_STEPS);
  return f64[(AREA.sigmoidBounds >> 3) + Math.min(Math.max(step, 0), 2 * BOUND_RANGE * BOUND_STEPS - 1)] as number;
}

function score(memory: EngineMemory, count: number): void {
  const { i8, i16, u16, i32, u32, f64 } = memory;
  const q = AREA.query;
  const [likesScale, isScale] = [f64[(q + QUERY.likesScale) >> 3] as number, f64[(q + QUERY.isScale) >> 3] as number];
  const [actorBias, targetBias] = [f64[(q + QUERY.actorBias) >> 3] as number, f64[(q + QUERY.targetBias) >> 3] as number];
  const [size, seed] = [i32[(q + QUERY.deckSize) >> 2] as number, u32[(q + QUERY.seed) >> 2] as number];
  const least = (): number => ((i32[(q + QUERY.heapCount) >> 2] as number) < size ? -1 : (f64[AREA.heapScores >> 3] as number));
  let scored = 0;
  for (let i = 0; i < count; i++) {
    const slot = i32[(AREA.survivors >> 2) + i] as number;
    const chunk = chunkAt(slot >>> 4);
    const lane = slot & 15;
    const [spot, reply] = [(chunk + PART.spots + lane * SPOT.bytes) / 2, (chunk + PART.replies + lane * REPLY.bytes) / 2];
    const price = priceOf(u16[(chunk + PART.prices) / 2 + lane] as number, u16[(chunk + PART.priceRests) / 2 + lane] as number);
    const vectors = chunk + PART.vectors + lane * 64;
    const [theirLikes, theirIs] = [scaleOf(u16[reply + REPLY.likesScale / 2] as number), scaleOf(u16[spot + SPOT.isScale / 2] as number)];
    const u = dot(i8, q, vectors) * (likesScale * theirIs) + (actorBias + (i16[spot + SPOT.targetBias / 2] as number) * BIAS_STEP);
    const v =
      dot(i8, q + 32, vectors + 32) * (isScale * theirLikes) + (targetBias + (i16[reply + REPLY.actorBias / 2] as number) * BIAS_STEP);
    if (price * bound(f64, u) * bound(f64, v) < least()) continue;
    scored++;
    const row = u32[(chunk + PART.rows) / 4 + lane] as number;
    offer(memory, { score: price * sigmoid(u) * sigmoid(v), tie: tieOf(row, seed), row });
  }
  i32[(q + QUERY.passed) >> 2] = (i32[(q + QUERY.passed) >> 2] as number) + count;
  i32[(q + QUERY.scored) >> 2] = (i32[(q + QUERY.scored) >> 2] as number) + scored;
}

interface Offered {
  readonly score: number;
  readonly tie: number;
  readonly row: number;
}

function worse(a: Offered, b: Offered): boolean {
  if (a.score !== b.score) return a.score < b.score;
  return a.tie !== b.tie ? a.tie > b.tie : a.row > b.row;
}

function offer({ i32, u32, f64 }: EngineMemory, offered: Offered): void {
  const size = i32[(AREA.query + QUERY.deckSize) >> 2] as number;
  const count = i32[(AREA.query + QUERY.heapCount) >> 2] as number;
  const at = (i: number): Offered => ({
    score: f64[(AREA.heapScores >> 3) + i] as number,
    tie: u32[(AREA.heapTies >> 2) + i] as number,
    row: u32[(AREA.heapRows >> 2) + i] as number,
  });
  const place = (i: number, { score, tie, row }: Offered): void => {
    f64[(AREA.heapScores >> 3) + i] = score;
    u32[(AREA.heapTies >> 2) + i] = tie;
    u32[(AREA.heapRows >> 2) + i] = row;
  };
  let i = 0;
  if (count < size) {
    i32[(AREA.query + QUERY.heapCount) >> 2] = count + 1;
    i = count;
    while (i > 0) {
      const parent = (i - 1) >> 1;
      if (worse(at(parent), offered)) break;
      place(i, at(parent));
      i = parent;
    }
  } else {
    if (!worse(at(0), offered)) return;
    for (;;) {
      let child = 2 * i + 1;
      if (child >= size) break;
      if (child + 1 < size && worse(at(child + 1), at(child))) child++;
      if (!worse(at(child), offered)) break;
      place(i, at(child));
      i = child;
    }
  }
  place(i, offered);
}

function scan(memory: EngineMemory, leaves: number): void {
  const { i32, u16, f32, f64 } = memory;
  const q = AREA.query >> 2;
  i32[q + QUERY.survivors / 4] = 0;
  for (let i = 0; i < leaves; i++) {
    const at = AREA.leaves + i * 16;
    const full = i32[q + QUERY.heapCount / 4] === i32[q + QUERY.deckSize / 4];
    if (full && (f64[at >> 3] as number) < (f64[AREA.heapScores >> 3] as number)) {
      i32[q + QUERY.skipped / 4] = (i32[q + QUERY.skipped / 4] as number) + 1;
      continue;
    }
    let chunk = i32[(at + 8) >> 2] as number;
    while (chunk >= 0) {
      const least = i32[q + QUERY.heapCount / 4] === i32[q + QUERY.deckSize / 4] ? (f64[AREA.heapScores >> 3] as number) : 0;
      u16[(AREA.query + QUERY.priceLeast) >> 1] = priceCodeBelow(least / (f32[(at + 12) >> 2] as number));
      chunk = filter(memory, chunk);
      const survivors = i32[q + QUERY.survivors / 4] as number;
      if (survivors < SURVIVORS_BATCH) continue;
      score(memory, survivors);
      i32[q + QUERY.survivors / 4] = 0;
    }
  }
  score(memory, i32[q + QUERY.survivors / 4] as number);
}
