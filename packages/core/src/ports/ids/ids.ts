import { randomBytes } from "node:crypto";
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

export const randomIds: Ids = {
  next: <Id extends string>() => v7() as Id,
  bytes: (count) => randomBytes(count),
  chance: () => randomBytes(6).readUIntBE(0, 6) / 2 ** 48,
};
