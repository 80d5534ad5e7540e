// How the population lies in memory. People are kept in chunks of 16, so that one SIMD instruction looks at a byte of all of them. Everything of a chunk
// lies together, first what the filter reads, then what scoring reads: whoever passes the filter is then in a page of memory that the processor has just
// found, which costs more than reading it. Chunks are only ever added, so memory grows without moving anybody. The kernel (kernel/kernel.as) knows
// these numbers too; a test compares them.

/** People in a chunk. */
export const CHUNK = 16;

/** Bytes from a chunk's beginning. What is not said to be of the chunk is an array of 16. */
export const PART = {
  /** Bits 0–2: genders wanted. Bits 3–7: the own intent, one bit. Zero in an empty slot, which so passes no filter. */
  wantsAndIntent: 0,
  /** Bits 0–4: intents accepted, the last bit for none. Bits 5–7: the own gender, one bit. */
  acceptsAndGender: 16,
  ageMin: 32,
  ageMax: 48,
  birthDay: 64,
  facts: 96,
  dealbreakers: 128,
  /** As `priceCode` makes them: 16 bits, larger where the price is higher. The filter reads up to here. */
  prices: 160,
  radiusKm: 192,
  /** What prices have besides: `priceRest`. */
  priceRests: 224,
  /** 16 bytes each, see SPOT. */
  spots: 256,
  /** 4 bytes each, see REPLY. */
  replies: 512,
  rows: 576,
  /** 64 bytes each: is, likes. */
  vectors: 640,
} as const;
/** A whole number of the processor's lines of 64 bytes, so that nobody's vectors lie in two. */
export const CHUNK_BYTES = PART.vectors + 64 * CHUNK;
/** No more fit into 4 GB. */
const CHUNKS_MAX = 2_621_440;
/** What is kept of a chunk outside of it. */
export const CHUNK_META_BYTES = 10;

/** Where a person is, as 32-bit integers; and what decides with their vector what the viewer says of them: a scale and a bias, 16 bits each. */
export const SPOT = { x: 0, y: 4, z: 8, isScale: 12, targetBias: 14, bytes: 16 } as const;
/** What decides what they say of the viewer. Scales are the upper halves of floats; biases count in steps of 1/2048. */
export const REPLY = { likesScale: 0, actorBias: 2, bytes: 4 } as const;

/** What lies before the chunks, and where. The first page is the compiler's. */
export const AREA = {
  /** Squares of chords by radius in km: 512 doubles. */
  chords: 65_536,
  /** Upper bounds of the sigmoid: 1024 doubles. */
  sigmoidBounds: 69_632,
  query: 77_824,
  /** The best so far: scores (512 doubles), then ties and rows (512 integers each). */
  heapScores: 78_336,
  heapTies: 82_432,
  heapRows: 84_480,
  /** Who passed the filter, up to 1024 slots; then, as doubles, each one's two products and the bound of the score. */
  survivors: 86_528,
  /** Eight walks through leaves: the next chunk, and where the leaf stands among those to look at. Then up to 128 chunks with codes of prices. */
  walks: 115_200,
  /** Leaves to look at: the bound as a double, the first chunk, and as a float how large a part of anybody's price the score can be. */
  leaves: 116_288,
  /**
   * Of every chunk the next one of its leaf, or −1 (32 bits); its leaf (32 bits); and 16 bits of whom the present viewer must not see. They lie close together
   * so that the way through a leaf is known before its chunks are there. Room for as many as there can ever be: what nobody touches takes no memory.
   */
  nexts: 196_608,
  leafOf: 196_608 + 4 * CHUNKS_MAX,
  unseen: 196_608 + 8 * CHUNKS_MAX,
  chunks: 196_608 + CHUNK_META_BYTES * CHUNKS_MAX,
} as const;

/** How many leaves one call of the kernel looks at. */
export const LEAVES_MAX = (AREA.nexts - AREA.leaves) >> 4;
/** So many, and up to 15 more, are scored together. */
export const SURVIVORS_BATCH = 256;
/** The largest deck. */
export const DECK_MAX = 512;

/** The viewer, for the kernel: bytes from AREA.query. */
export const QUERY = {
  /** 64 bytes: what the viewer likes, then what the viewer is; each meets its opposite in a candidate's vectors. */
  vectors: 0,
  gender: 64,
  /** Intents accepted, shifted to where a candidate's own intent is. */
  accepts: 65,
  intent: 66,
  /** Genders wanted, shifted to where a candidate's own gender is. */
  wants: 67,
  age: 68,
  bornFirst: 70,
  bornLast: 72,
  facts: 74,
  dealbreakers: 76,
  /** The code of the least price that is worth a look. */
  priceLeast: 78,
  x: 80,
  y: 84,
  z: 88,
  deckSize: 92,
  seed: 96,
  heapCount: 100,
  /** Out: how many leaves were passed over, how many people the filter passed, how many were scored in full. */
  skipped: 104,
  passed: 108,
  scored: 112,
  survivors: 116,
  chord: 120,
  likesScale: 128,
  isScale: 136,
  actorBias: 144,
  targetBias: 152,
  /** What the kernel needs for itself: two words. */
  own: 160,
} as const;

/** How finely biases are kept. */
export const BIAS_STEP = 1 / 2048;
/** The sigmoid's bounds: from −16 to 16 in steps of 1/32. */
export const BOUND_RANGE = 16;
export const BOUND_STEPS = 32;
