/** A time to live in whole milliseconds, at least one: Redis refuses zero, and a computed rest may have run out. */
export function ttlMs(ttlSec: number): number {
  return Math.max(1, Math.ceil(ttlSec * 1000));
}
