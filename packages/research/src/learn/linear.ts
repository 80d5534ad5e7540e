/**
 * The lower triangle L with L·Lᵀ equal to the symmetric matrix, of which only the lower triangle is read (Cholesky). It must be positive definite; a RangeError
 * says so otherwise.
 */
export function cholesky(matrix: readonly Float64Array[]): Float64Array[] {
  const lower = matrix.map((line) => new Float64Array(line.length));
  for (const [i, line] of lower.entries()) {
    for (let j = 0; j <= i; j++) {
      const across = lower[j] as Float64Array;
      let sum = (matrix[i] as Float64Array)[j] as number;
      for (let k = 0; k < j; k++) sum -= (line[k] as number) * (across[k] as number);
      if (i === j && !(sum > 0)) throw new RangeError("the matrix is not positive definite");
      line[j] = i === j ? Math.sqrt(sum) : sum / (across[j] as number);
    }
  }
  return lower;
}

/** Solves L·x = b for a lower triangle. */
export function forward(lower: readonly Float64Array[], right: ArrayLike<number>): Float64Array {
  const found = new Float64Array(right.length);
  for (let i = 0; i < found.length; i++) {
    const line = lower[i] as Float64Array;
    let sum = right[i] as number;
    for (let k = 0; k < i; k++) sum -= (line[k] as number) * (found[k] as number);
    found[i] = sum / (line[i] as number);
  }
  return found;
}

/** Solves Lᵀ·x = b for a lower triangle. */
export function backward(lower: readonly Float64Array[], right: ArrayLike<number>): Float64Array {
  const found = Float64Array.from(right);
  for (let i = found.length - 1; i >= 0; i--) {
    const line = lower[i] as Float64Array;
    const value = (found[i] as number) / (line[i] as number);
    found[i] = value;
    for (let k = 0; k < i; k++) found[k] = (found[k] as number) - (line[k] as number) * value;
  }
  return found;
}

/** Solves A·x = b for a symmetric positive definite matrix, of which only the lower triangle is read. */
export function solve(matrix: readonly Float64Array[], right: ArrayLike<number>): Float64Array {
  const lower = cholesky(matrix);
  return backward(lower, forward(lower, right));
}
