/** Chance that repeats itself: the same seed throws the same numbers on every machine. */
export interface Dice {
  /** In [0, 1). */
  next(): number;
  /** A whole number from `min` to `max`, both included. */
  int(min: number, max: number): number;
  /** Bell-shaped around `mean`. */
  normal(mean: number, deviation: number): number;
  chance(probability: number): boolean;
  pick<T>(list: readonly T[]): T;
  /** One of the list, each as likely as its weight says. */
  weighted<T>(list: readonly (readonly [T, number])[]): T;
  /** Different ones of the list, in no order. */
  sample<T>(list: readonly T[], count: number): T[];
}

/** Dice for one purpose: what is thrown for one never changes what is thrown for another. */
export function dice(...seed: readonly (string | number)[]): Dice {
  let state = hashed(seed.join("\u0000"));
  const next = (): number => {
    state = (state + 0x9e3779b9) >>> 0;
    return mixed(state) / 2 ** 32;
  };
  const int = (min: number, max: number) => min + Math.floor(next() * (max - min + 1));
  const pick = <T>(list: readonly T[]): T => {
    if (list.length === 0) throw new RangeError("Nothing to pick from.");
    return list[int(0, list.length - 1)] as T;
  };
  return {
    next,
    int,
    pick,
    normal: (mean, deviation) => mean + deviation * Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next()),
    chance: (probability) => next() < probability,
    weighted: (list) => {
      let left = next() * list.reduce((sum, [, weight]) => sum + weight, 0);
      return (list.find(([, weight]) => (left -= weight) < 0) ?? pick(list))[0];
    },
    sample: (list, count) => {
      const rest = [...list];
      return Array.from({ length: Math.min(count, rest.length) }, () => rest.splice(int(0, rest.length - 1), 1)[0] as never);
    },
  };
}

function hashed(text: string): number {
  let hash = 0x811c9dc5;
  for (const char of text) hash = mixed((hash ^ (char.codePointAt(0) ?? 0)) >>> 0);
  return hash;
}

/** Spreads every bit over all others: the finalizer of MurmurHash3 (A. Appleby, 2008). */
function mixed(value: number): number {
  let bits = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return (bits ^ (bits >>> 16)) >>> 0;
}
