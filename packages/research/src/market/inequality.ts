/**
 * How unequally something is shared out, from 0 (all alike) to nearly 1 (one has it all): the Gini coefficient, as half the mean difference between two
 * over the mean. Of nothing at all it is 0.
 */
export function gini(shares: ArrayLike<number>): number {
  const sorted = Float64Array.from(shares).sort();
  let total = 0;
  let weighted = 0;
  for (const [rank, share] of sorted.entries()) {
    total += share;
    weighted += (2 * (rank + 1) - sorted.length - 1) * share;
  }
  return total > 0 ? weighted / (sorted.length * total) : 0;
}

/** The part of everything that goes to the best-off: those who are `fraction` of all, at least one. */
export function topShare(shares: ArrayLike<number>, fraction: number): number {
  const sorted = Float64Array.from(shares).sort().reverse();
  const total = sorted.reduce((sum, share) => sum + share, 0);
  const top = sorted.subarray(0, Math.max(1, Math.round(fraction * sorted.length))).reduce((sum, share) => sum + share, 0);
  return total > 0 ? top / total : 0;
}
