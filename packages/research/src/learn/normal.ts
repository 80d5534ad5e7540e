/** The chance that a standard normal number is below x: Abramowitz and Stegun 26.2.17, to within 8·10⁻⁸. */
export function normalBelow(x: number): number {
  const far = Math.abs(x);
  if (far > 38) return x > 0 ? 1 : 0;
  const t = 1 / (1 + 0.2316419 * far);
  const series = t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  const beyond = (Math.exp((-far * far) / 2) / Math.sqrt(2 * Math.PI)) * series;
  return x > 0 ? 1 - beyond : beyond;
}

/** The standard normal number below which a chance lies: Acklam's rational approximation, to within 1.2·10⁻⁹ of the number. */
export function normalQuantile(chance: number): number {
  if (!(chance > 0)) return -Infinity;
  if (chance >= 1) return Infinity;
  if (chance < 0.02425) return tail(Math.sqrt(-2 * Math.log(chance)));
  if (chance > 1 - 0.02425) return -tail(Math.sqrt(-2 * Math.log(1 - chance)));
  const q = chance - 0.5;
  const r = q * q;
  const above =
    ((((-39.69683028665376 * r + 220.9460984245205) * r - 275.9285104469687) * r + 138.357751867269) * r - 30.66479806614716) * r +
    2.506628277459239;
  const under =
    ((((-54.47609879822406 * r + 161.5858368580409) * r - 155.6989798598866) * r + 66.80131188771972) * r - 13.28068155288572) * r + 1;
  return (q * above) / under;
}

function tail(q: number): number {
  const above =
    ((((-0.007784894002430293 * q - 0.3223964580411365) * q - 2.400758277161838) * q - 2.549732539343734) * q + 4.374664141464968) * q +
    2.938163982698783;
  const under = (((0.007784695709041462 * q + 0.3224671290700398) * q + 2.445134137142996) * q + 3.754408661907416) * q + 1;
  return above / under;
}
