// A picture's 64-bit fingerprint from its lowest frequencies, which survive scaling, re-encoding and small changes of colour: the DCT hash described
// in C. Zauner, "Implementation and Benchmarking of Perceptual Image Hash Functions" (2010), section 3.2.1.

/** The side of the grey square that is hashed, in pixels. */
export const HASH_SIDE_PX = 32;
const BITS_SIDE = 8;
/** Below this deviation of its greys a picture is so flat that noise decides its bits, and all flat pictures would look alike. */
const DEVIATION_MIN = 4;

const cosines = Array.from({ length: BITS_SIDE }, (_, k) =>
  Array.from({ length: HASH_SIDE_PX }, (_, n) => Math.cos((Math.PI / HASH_SIDE_PX) * (n + 0.5) * k)),
);

/** The hash as 16 hexadecimal digits, or null for a picture that is too flat to have one. `grey` holds 32 × 32 bytes, row by row. */
export function perceptualHash(grey: Uint8Array): string | null {
  if (grey.length !== HASH_SIDE_PX ** 2) throw new RangeError(`expected ${HASH_SIDE_PX ** 2} greys, not ${grey.length}`);
  if (deviation(grey) < DEVIATION_MIN) return null;
  const frequencies = lowFrequencies(grey);
  // The first one is the mean brightness; it would only pull the median.
  const median = frequencies.slice(1).toSorted((a, b) => a - b)[Math.floor((frequencies.length - 1) / 2)] ?? 0;
  let hex = "";
  for (let at = 0; at < frequencies.length; at += 4) {
    const bits = frequencies.slice(at, at + 4).map((value) => (value > median ? 1 : 0));
    hex += Number.parseInt(bits.join(""), 2).toString(16);
  }
  return hex;
}

function lowFrequencies(grey: Uint8Array): number[] {
  const rows = Array.from({ length: HASH_SIDE_PX }, (_, y) => {
    const row = grey.subarray(y * HASH_SIDE_PX, (y + 1) * HASH_SIDE_PX);
    return cosines.map((wave) => wave.reduce((sum, cosine, x) => sum + cosine * (row[x] ?? 0), 0));
  });
  return cosines.flatMap((wave) => cosines.map((_, k) => wave.reduce((sum, cosine, y) => sum + cosine * (rows[y]?.[k] ?? 0), 0)));
}

function deviation(grey: Uint8Array): number {
  const mean = grey.reduce((sum, value) => sum + value, 0) / grey.length;
  return Math.sqrt(grey.reduce((sum, value) => sum + (value - mean) ** 2, 0) / grey.length);
}
