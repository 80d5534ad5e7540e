import { randomFillSync } from "node:crypto";
import { v7 } from "uuid";

/** Everything random. Domain code asks it instead of `crypto` and `Math.random`. */
export interface Ids {
  /** A new id: a UUIDv7, monotonic within a process. The brand is the caller's to choose. */
  next<Id extends string>(): Id;
  /** Unguessable bytes, for secrets and tokens. */
  bytes(count: number): Uint8Array;
  /** An evenly distributed number in [0, 1), for ranking noise and jitter. */
  chance(): number;
}

// The system is asked for random bytes by the page: asking for each id took an eighth of a small request's time.
const POOL_BYTES = 4096;
const pool = Buffer.alloc(POOL_BYTES);
let unused = 0;

function randomBytes(count: number): Buffer {
  if (count > POOL_BYTES) return randomFillSync(Buffer.alloc(count));
  if (unused < count) {
    randomFillSync(pool);
    unused = POOL_BYTES;
  }
  unused -= count;
  const taken = Buffer.from(pool.subarray(unused, unused + count));
  // Each byte is given out once, and does not stay behind in memory.
  pool.fill(0, unused, unused + count);
  return taken;
}

let lastMs = 0;
let seq = 0;

/** RFC 9562, section 6.2, method 1: within a millisecond a counter goes up from a random start; when it is full, the next millisecond begins early. */
function nextId(): string {
  const random = randomBytes(16);
  const nowMs = Date.now();
  if (nowMs > lastMs) {
    lastMs = nowMs;
    seq = random.readUInt32BE(6) >>> 1;
  } else {
    seq = (seq + 1) >>> 0;
    if (seq === 0) lastMs++;
  }
  return v7({ random, msecs: lastMs, seq });
}

export const randomIds: Ids = {
  next: <Id extends string>() => nextId() as Id,
  bytes: randomBytes,
  chance: () => randomBytes(6).readUIntBE(0, 6) / 2 ** 48,
};
