// The inner loops of the index, in AssemblyScript (TypeScript's syntax with WebAssembly's types); `npm run engine:kernel` compiles it.
// src/index/plainKernel.ts does the same in plain JavaScript and must answer the same, bit for bit. The layout is explained in src/index/layout.ts.
// No object is ever made and no static data exists: all memory past the first page belongs to the index.

const CHUNK_BYTES: usize = 1664;
const PRICES: usize = 160;
const RADII: usize = 192;
const PRICE_RESTS: usize = 224;
const SPOTS: usize = 256;
const REPLIES: usize = 512;
const ROWS: usize = 576;
const VECTORS: usize = 640;

const CHORDS: usize = 65536;
const BOUNDS: usize = 69632;
const QUERY: usize = 77824;
const HEAP_SCORES: usize = 78336;
const HEAP_TIES: usize = 82432;
const HEAP_ROWS: usize = 84480;
const SURVIVORS: usize = 86528;
const YES: usize = 90624;
const YES_BACK: usize = 98816;
const REACH: usize = 107008;
const LEAVES: usize = 116288;
const WALKS: usize = 115200;
const WALKS_END: usize = 115264;
const LIST: usize = 115264;
const LIST_MAX: i32 = 64;
const NEXTS: usize = 196608;
const UNSEEN: usize = 21168128;
const CHUNKS: usize = 26411008;
const PRICE_BASE: u32 = 704643072;
const BATCH: i32 = 256;

// @ts-ignore: decorator
@inline
function chunkAt(chunk: u32): usize {
  return CHUNKS + <usize>chunk * CHUNK_BYTES;
}

// @ts-ignore: decorator
@inline
function nextOf(chunk: i32): i32 {
  return load<i32>(NEXTS + (<usize>chunk << 2));
}

/** e to the power of a number from −40 to 0: reduced by powers of two, then a polynomial. Only operations that round alike everywhere. */
function expNegative(y: f64): f64 {
  const k = floor<f64>(y * 1.4426950408889634 + 0.5);
  const r = y - k * 0.6931471803691238 - k * 1.9082149292705877e-10;
  let p: f64 = 1.0 / 479001600.0;
  p = p * r + 1.0 / 39916800.0;
  p = p * r + 1.0 / 3628800.0;
  p = p * r + 1.0 / 362880.0;
  p = p * r + 1.0 / 40320.0;
  p = p * r + 1.0 / 5040.0;
  p = p * r + 1.0 / 720.0;
  p = p * r + 1.0 / 120.0;
  p = p * r + 1.0 / 24.0;
  p = p * r + 1.0 / 6.0;
  p = p * r + 0.5;
  p = p * r + 1.0;
  p = p * r + 1.0;
  return p * reinterpret<f64>(<u64>(1023 + <i64>k) << 52);
}

export function sigmoid(x: f64): f64 {
  if (x >= 0) return 1.0 / (1.0 + expNegative(x > 40 ? -40 : -x));
  const e = expNegative(x < -40 ? -40 : x);
  return e / (1.0 + e);
}

// @ts-ignore: decorator
@inline
function bound(x: f64): f64 {
  const step = floor<f64>((x + 16.0) * 32.0);
  return load<f64>(BOUNDS + (<usize>(step < 0 ? 0 : step > 1023 ? 1023 : <i32>step) << 3));
}

/** The four partial sums of the product of a vector, widened already, with one in memory. */
// @ts-ignore: decorator
@inline
function sums(a0: v128, a1: v128, a2: v128, a3: v128, at: usize): v128 {
  return i32x4.add(
    i32x4.add(i32x4.dot_i16x8_s(a0, v128.load8x8_s(at)), i32x4.dot_i16x8_s(a1, v128.load8x8_s(at, 8))),
    i32x4.add(i32x4.dot_i16x8_s(a2, v128.load8x8_s(at, 16)), i32x4.dot_i16x8_s(a3, v128.load8x8_s(at, 24))),
  );
}

// @ts-ignore: decorator
@inline
function total(sum: v128): i32 {
  const half = i32x4.add(sum, i32x4.shuffle(sum, sum, 2, 3, 0, 1));
  return i32x4.extract_lane(half, 0) + i32x4.extract_lane(half, 1);
}

/** Spreads a row over 32 bits, differently for each seed: it decides between equal scores. */
export function tieOf(row: u32, seed: u32): u32 {
  let h = row ^ seed;
  h = (h ^ (h >>> 16)) * 0x7feb352d;
  h = (h ^ (h >>> 15)) * 0x846ca68b;
  return h ^ (h >>> 16);
}

/** Whether the first is worse: a lower score, or the higher tie, or the higher row. */
// @ts-ignore: decorator
@inline
function worse(aScore: f64, aTie: u32, aRow: u32, bScore: f64, bTie: u32, bRow: u32): bool {
  if (aScore != bScore) return aScore < bScore;
  return aTie != bTie ? aTie > bTie : aRow > bRow;
}

// @ts-ignore: decorator
@inline
function place(i: i32, score: f64, tie: u32, row: u32): void {
  store<f64>(HEAP_SCORES + (<usize>i << 3), score);
  store<u32>(HEAP_TIES + (<usize>i << 2), tie);
  store<u32>(HEAP_ROWS + (<usize>i << 2), row);
}

// @ts-ignore: decorator
@inline
function worseAt(i: i32, score: f64, tie: u32, row: u32): bool {
  return worse(
    load<f64>(HEAP_SCORES + (<usize>i << 3)), load<u32>(HEAP_TIES + (<usize>i << 2)), load<u32>(HEAP_ROWS + (<usize>i << 2)),
    score, tie, row,
  );
}

// @ts-ignore: decorator
@inline
function copy(to: i32, from: i32): void {
  place(
    to, load<f64>(HEAP_SCORES + (<usize>from << 3)), load<u32>(HEAP_TIES + (<usize>from << 2)), load<u32>(HEAP_ROWS + (<usize>from << 2)),
  );
}

/** Keeps the best deckSize of all that are offered, the worst of them on top of the heap. */
function offer(score: f64, tie: u32, row: u32): void {
  const size = load<i32>(QUERY, 92);
  const count = load<i32>(QUERY, 100);
  let i = 0;
  if (count < size) {
    store<i32>(QUERY, count + 1, 100);
    i = count;
    while (i > 0) {
      const parent = (i - 1) >> 1;
      // The better one sinks below the worse one.
      if (worseAt(parent, score, tie, row)) break;
      copy(i, parent);
      i = parent;
    }
  } else {
    if (!worseAt(0, score, tie, row)) return;
    for (;;) {
      let child = 2 * i + 1;
      if (child >= size) break;
      if (child + 1 < size && worseAt(child + 1,
        load<f64>(HEAP_SCORES + (<usize>child << 3)), load<u32>(HEAP_TIES + (<usize>child << 2)), load<u32>(HEAP_ROWS + (<usize>child << 2)))) child++;
      if (!worseAt(child, score, tie, row)) break;
      copy(i, child);
      i = child;
    }
  }
  place(i, score, tie, row);
}

// @ts-ignore: decorator
@inline
function within(at: usize, radiusAt: usize, x: f64, y: f64, z: f64, chord: f64): bool {
  const dx = x - <f64>load<i32>(at), dy = y - <f64>load<i32>(at, 4), dz = z - <f64>load<i32>(at, 8);
  const squared = dx * dx + dy * dy + dz * dz;
  return <bool>(i32(squared <= chord) & i32(squared <= load<f64>(CHORDS + (<usize>load<u16>(radiusAt) << 3))));
}

/**
 * Asks memory for what the filter reads of a chunk, so that it is there when its turn comes: nothing waits for these loads, but a branch on a load that
 * misses the caches holds up everything behind it; so this is done for several chunks at once. The sum only keeps the compiler from leaving them out.
 */
// @ts-ignore: decorator
@inline
function touch(chunk: i32): i32 {
  const hot = chunkAt(chunk);
  return load<i32>(hot) + load<i32>(hot, 64) + load<i32>(hot, 128);
}

/** Keeps, of the survivors from one on, those within both radii; answers how many there are then. */
function keepNear(from: i32, count: i32): i32 {
  const x = <f64>load<i32>(QUERY, 80), y = <f64>load<i32>(QUERY, 84), z = <f64>load<i32>(QUERY, 88), chord = load<f64>(QUERY, 120);
  let kept = from;
  let touched = 0;
  // As `touch` does.
  for (let i = from; i < count; i++) {
    const slot = load<u32>(SURVIVORS + (<usize>i << 2));
    const hot = chunkAt(slot >> 4);
    touched += load<i32>(hot + SPOTS + (<usize>(slot & 15) << 4)) + load<i32>(hot, 192);
  }
  store<i32>(QUERY, touched, 160);
  for (let i = from; i < count; i++) {
    const slot = load<u32>(SURVIVORS + (<usize>i << 2));
    const hot = chunkAt(slot >> 4), lane = <usize>(slot & 15);
    // Written in any case and counted if right: a branch that depends on a load which misses the caches would cost more than all the rest.
    store<u32>(SURVIVORS + (<usize>kept << 2), slot);
    kept += i32(within(hot + SPOTS + (lane << 4), hot + RADII + (lane << 1), x, y, z, chord));
  }
  return kept;
}

/** Adds the slots of the eligible people in the chunks of the list, from one on, to the survivors, until these make a batch; answers where it stopped. */
function filterList(from: i32, until: i32): i32 {
  const vGender = i8x16.splat(load<u8>(QUERY, 64)), vAccepts = i8x16.splat(load<u8>(QUERY, 65));
  const vIntent = i8x16.splat(load<u8>(QUERY, 66)), vWants = i8x16.splat(load<u8>(QUERY, 67)), vAge = i8x16.splat(load<u8>(QUERY, 68));
  const vBornFirst = i16x8.splat(load<u16>(QUERY, 70)), vBornLast = i16x8.splat(load<u16>(QUERY, 72));
  const vFacts = i16x8.splat(load<u16>(QUERY, 74)), vDealbreakers = i16x8.splat(load<u16>(QUERY, 76));
  const none = i8x16.splat(0);
  const near = load<i32>(QUERY, 116);
  let count = near;
  let i = from;
  for (; i < until && count < BATCH; i++) {
    const chunk = load<i32>(LIST + (<usize>i << 3));
    const hot = chunkAt(chunk);
    const a = v128.load(hot), b = v128.load(hot, 16);
    let bad = v128.or(i8x16.eq(v128.and(a, vGender), none), i8x16.eq(v128.and(a, vAccepts), none));
    bad = v128.or(bad, v128.or(i8x16.eq(v128.and(b, vIntent), none), i8x16.eq(v128.and(b, vWants), none)));
    const ages = v128.and(i8x16.le_u(v128.load(hot, 32), vAge), i8x16.ge_u(v128.load(hot, 48), vAge));
    const ok = v128.andnot(ages, bad);
    const born0 = v128.load(hot, 64), born1 = v128.load(hot, 80);
    let ok0 = v128.and(i16x8.ge_u(born0, vBornFirst), i16x8.le_u(born0, vBornLast));
    let ok1 = v128.and(i16x8.ge_u(born1, vBornFirst), i16x8.le_u(born1, vBornLast));
    const clash0 = v128.or(v128.and(v128.load(hot, 96), vDealbreakers), v128.and(v128.load(hot, 128), vFacts));
    const clash1 = v128.or(v128.and(v128.load(hot, 112), vDealbreakers), v128.and(v128.load(hot, 144), vFacts));
    const vPriceLeast = i16x8.splat(<i16>load<i32>(LIST + (<usize>i << 3), 4));
    ok0 = v128.and(v128.and(ok0, i16x8.eq(clash0, none)), i16x8.ge_u(v128.load(hot, 160), vPriceLeast));
    ok1 = v128.and(v128.and(ok1, i16x8.eq(clash1, none)), i16x8.ge_u(v128.load(hot, 176), vPriceLeast));
    let bits = i8x16.bitmask(v128.and(ok, i8x16.narrow_i16x8_s(ok0, ok1)));
    bits &= ~<i32>load<u16>(UNSEEN + (<usize>chunk << 1));
    // Three are written in any case, because how many there are is what the processor cannot foretell; distances follow for many at once.
    const end = SURVIVORS + (<usize>count << 2), slot = chunk << 4;
    count += popcnt(bits);
    store<i32>(end, slot + ctz(bits));
    bits &= bits - 1;
    store<i32>(end, slot + ctz(bits), 4);
    bits &= bits - 1;
    store<i32>(end, slot + ctz(bits), 8);
    bits &= bits - 1;
    for (let at = end + 12; bits != 0; at += 4) {
      store<i32>(at, slot + ctz(bits));
      bits &= bits - 1;
    }
  }
  store<i32>(QUERY, keepNear(near, count), 116);
  return i;
}

/**
 * Writes the slots of a leaf's eligible people to the survivors, from a chunk on, until they make a batch. Answers the chunk at which to go on, or −1; how
 * many survivors there are is left where the query is.
 */
export function filter(first: i32): i32 {
  let chunk = first;
  store<i32>(QUERY, 0, 116);
  while (chunk >= 0 && load<i32>(QUERY, 116) < BATCH) {
    store<i32>(LIST, chunk);
    store<i32>(LIST, 0, 4);
    filterList(0, 1);
    chunk = nextOf(chunk);
  }
  return chunk;
}

// @ts-ignore: decorator
@inline
function priceOf(slot: u32): f64 {
  const at = chunkAt(slot >> 4) + (<usize>(slot & 15) << 1);
  return <f64>reinterpret<f32>((<u32>load<u16>(at + PRICES) << 13) + PRICE_BASE + <u32>load<u16>(at + PRICE_RESTS));
}

/** No price of the same code is higher, and this one is known without the rest. */
// @ts-ignore: decorator
@inline
function priceBound(slot: u32): f64 {
  return <f64>reinterpret<f32>((<u32>load<u16>(chunkAt(slot >> 4) + PRICES + (<usize>(slot & 15) << 1)) << 13) + PRICE_BASE + 8191);
}

/** A code of which no price has a lower one that is at least this: rounded down, a little less than it is, because a float may round it up. */
function priceCodeBelow(price: f64): i32 {
  return min(max((reinterpret<i32>(<f32>(price * 0.999999)) - <i32>PRICE_BASE) >> 13, 0), 65535);
}

/** Keeps only survivors whose price, times two certain yeses, could still reach the deck. */
function dropCheap(count: i32, least: f64): i32 {
  let kept = 0;
  for (let i = 0; i < count; i++) {
    const slot = load<u32>(SURVIVORS + (<usize>i << 2));
    store<u32>(SURVIVORS + (<usize>kept << 2), slot);
    kept += i32(priceBound(slot) >= least);
  }
  return kept;
}

/** Asks memory for what scoring reads of so many survivors, as `touch` does: only by many loads in a row do many wait at the same time. */
// @ts-ignore: decorator
@inline
function touchTraits(from: i32, until: i32): i32 {
  let sum = 0;
  for (let i = from; i < until; i++) {
    const slot = load<u32>(SURVIVORS + (<usize>i << 2));
    sum += load<i32>(chunkAt(slot >> 4) + VECTORS + (<usize>(slot & 15) << 6));
  }
  return sum;
}

/**
 * Offers the survivors to the deck. First what the viewer would say, and who can reach the deck if they surely say yes; of those, what they would say;
 * then the exact score of those who can reach it by the bounds of both. Only the last has branches, so that loads of many people overlap.
 */
function score(survivors: i32): void {
  const likes0 = v128.load8x8_s(QUERY), likes1 = v128.load8x8_s(QUERY, 8), likes2 = v128.load8x8_s(QUERY, 16), likes3 = v128.load8x8_s(QUERY, 24);
  const is0 = v128.load8x8_s(QUERY, 32), is1 = v128.load8x8_s(QUERY, 40), is2 = v128.load8x8_s(QUERY, 48), is3 = v128.load8x8_s(QUERY, 56);
  const likesScale = load<f64>(QUERY, 128), isScale = load<f64>(QUERY, 136), actorBias = load<f64>(QUERY, 144), targetBias = load<f64>(QUERY, 152);
  const size = load<i32>(QUERY, 92);
  const seed = load<u32>(QUERY, 96);
  let least: f64 = load<i32>(QUERY, 100) < size ? -1.0 : load<f64>(HEAP_SCORES);
  const dear = least < 0 ? survivors : dropCheap(survivors, least);
  let touched = 0;
  let count = 0;
  for (let i = 0; i < dear; i++) {
    if ((i & 31) == 0) touched += touchTraits(i, min(i + 32, dear));
    const slot = load<u32>(SURVIVORS + (<usize>i << 2));
    const spot = chunkAt(slot >> 4) + SPOTS + (<usize>(slot & 15) << 4);
    const theirIs = <f64>reinterpret<f32>(<u32>load<u16>(spot, 12) << 16);
    const product = total(sums(likes0, likes1, likes2, likes3, chunkAt(slot >> 4) + VECTORS + (<usize>(slot & 15) << 6)));
    const u = <f64>product * (likesScale * theirIs) + (actorBias + <f64>load<i16>(spot, 14) * (1.0 / 2048.0));
    const reach = priceBound(slot) * bound(u);
    store<u32>(SURVIVORS + (<usize>count << 2), slot);
    store<f64>(YES + (<usize>count << 3), u);
    store<f64>(REACH + (<usize>count << 3), reach);
    count += i32(reach >= least);
  }
  for (let i = 0; i < count; i++) {
    const slot = load<u32>(SURVIVORS + (<usize>i << 2));
    const reply = chunkAt(slot >> 4) + REPLIES + (<usize>(slot & 15) << 2);
    const theirLikes = <f64>reinterpret<f32>(<u32>load<u16>(reply) << 16);
    const product = total(sums(is0, is1, is2, is3, chunkAt(slot >> 4) + VECTORS + 32 + (<usize>(slot & 15) << 6)));
    const v = <f64>product * (isScale * theirLikes) + (targetBias + <f64>load<i16>(reply, 2) * (1.0 / 2048.0));
    store<f64>(YES_BACK + (<usize>i << 3), v);
    store<f64>(REACH + (<usize>i << 3), load<f64>(REACH + (<usize>i << 3)) * bound(v));
  }
  let scored = 0;
  for (let i = 0; i < count; i++) {
    if (load<f64>(REACH + (<usize>i << 3)) < least) continue;
    const slot = load<u32>(SURVIVORS + (<usize>i << 2));
    const price = priceOf(slot);
    scored++;
    const row = load<u32>(chunkAt(slot >> 4) + ROWS + (<usize>(slot & 15) << 2));
    offer(price * sigmoid(load<f64>(YES + (<usize>i << 3))) * sigmoid(load<f64>(YES_BACK + (<usize>i << 3))), tieOf(row, seed), row);
    if (load<i32>(QUERY, 100) == size) least = load<f64>(HEAP_SCORES);
  }
  store<i32>(QUERY, load<i32>(QUERY, 108) + survivors, 108);
  store<i32>(QUERY, load<i32>(QUERY, 112) + scored, 112);
  store<i32>(QUERY, touched, 160);
}

/** The first chunk of the next leaf that may hold somebody good enough, whose place in the list of leaves then stands with this walk; −1 after the last. */
function begin(walk: usize, leaves: i32): i32 {
  const size = load<i32>(QUERY, 92);
  for (;;) {
    const i = load<i32>(QUERY, 164);
    if (i >= leaves) return -1;
    store<i32>(QUERY, i + 1, 164);
    const at = LEAVES + (<usize>i << 4);
    if (load<i32>(QUERY, 100) == size && load<f64>(at) < load<f64>(HEAP_SCORES)) {
      store<i32>(QUERY, load<i32>(QUERY, 104) + 1, 104);
      continue;
    }
    store<u32>(walk, <u32>at, 4);
    return load<i32>(at, 8);
  }
}

/**
 * Lists chunks of the next leaves, and asks memory for what the filter will read of them. Several leaves are walked through at the same time: where
 * a chunk's successor is must be waited for, and so several are waited for at once; that is also why nothing is done with a chunk before the list is full.
 */
function list(leaves: i32): i32 {
  const least: f64 = load<i32>(QUERY, 100) == load<i32>(QUERY, 92) ? load<f64>(HEAP_SCORES) : 0;
  let count = 0, touched = 0;
  for (let before = -1; count < LIST_MAX && count != before;) {
    before = count;
    for (let walk = WALKS; walk < WALKS_END; walk += 8) {
      let chunk = load<i32>(walk);
      if (chunk < 0) {
        chunk = begin(walk, leaves);
        if (chunk < 0) continue;
      }
      touched += touch(chunk);
      store<i32>(LIST + (<usize>count << 3), chunk);
      store<u32>(LIST + (<usize>count << 3), load<u32>(walk, 4), 4);
      store<i32>(walk, nextOf(chunk));
      count++;
    }
  }
  store<i32>(QUERY, touched, 160);
  for (let i = 0; i < count; i++) {
    const at = LIST + (<usize>i << 3);
    store<i32>(at, least > 0 ? priceCodeBelow(least / <f64>load<f32>(<usize>load<u32>(at, 4), 12)) : 0, 4);
  }
  return count;
}

/**
 * Goes through the first so many leaves of the list, about in order, and keeps the best of them all in the heap. Survivors of several leaves are scored
 * together, because looking at many at once is what hides the time that memory takes.
 */
export function scan(leaves: i32): void {
  store<i32>(QUERY, 0, 116);
  store<i32>(QUERY, 0, 164);
  for (let walk = WALKS; walk < WALKS_END; walk += 8) store<i32>(walk, -1);
  for (;;) {
    const count = list(leaves);
    if (count == 0) break;
    for (let i = 0; i < count;) {
      i = filterList(i, count);
      if (load<i32>(QUERY, 116) < BATCH) continue;
      score(load<i32>(QUERY, 116));
      store<i32>(QUERY, 0, 116);
    }
  }
  score(load<i32>(QUERY, 116));
}
