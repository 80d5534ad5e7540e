/** Two canary people who know each other, and nobody else. */
export interface CanaryPair {
  readonly emails: readonly [string, string];
  /** Where they live: in the Southern Ocean, each pair far from the others and from any land. */
  readonly lat: number;
  readonly lon: number;
}

/**
 * How many pairs take turns. An address may ask for 20 codes a day, and a run every five minutes asks for 288: with 24 pairs each asks for 12, which
 * leaves room for runs that are tried again.
 */
const PAIRS = 24;
const RUN_EVERY_MS = 300_000;
const LON_FROM = -160;
const LON_STEP = 2.5;

/** Whose turn it is. */
export function pairAt(at: Date, domain: string): CanaryPair {
  const index = Math.floor(at.getTime() / RUN_EVERY_MS) % PAIRS;
  const name = `canary-${String(index + 1).padStart(2, "0")}`;
  return { emails: [`${name}-a@${domain}`, `${name}-b@${domain}`], lat: -52, lon: LON_FROM + index * LON_STEP };
}

/** What they say about themselves. */
export const profile = {
  name: "Canary",
  birthDate: "1990-01-01",
  gender: "nonbinary",
  intent: "unsure",
  bio: "I look after this place, and meet nobody.",
} as const;

export const preferences = { genders: ["nonbinary"], ageMin: 18, ageMax: 120, radiusKm: 2 } as const;

/** Their picture: a landscape of 240 × 240 pixels, as JPEG. */
export const photo = (): Uint8Array<ArrayBuffer> => new Uint8Array(Buffer.from(PHOTO, "base64"));

const PHOTO = [
  "/9j/2wBDABQUFBQVFBcZGRcfIh4iHy4rJycrLkYyNjI2MkZqQk5CQk5Cal5yXVZdcl6phXZ2hanDpJukw+zT0+z/////////2wBDARQUFBQVFBcZGRcfIh4i",
  "Hy4rJycrLkYyNjI2MkZqQk5CQk5Cal5yXVZdcl6phXZ2hanDpJukw+zT0+z/////////wgARCADwAPADASIAAhEBAxEB/8QAGQABAQEBAQEAAAAAAAAAAAAA",
  "AAECBAMF/8QAGAEBAQEBAQAAAAAAAAAAAAAAAAIDBAH/2gAMAwEAAhADEAAAAPrI6+OoKgqCoKgqCoKgqCoKgqCoKgjI0yNMjTI0yNMjTI0yNMjTI0yNMjTI",
  "0yNMiIeVBUFQVBUFQVBUFQVBUFQVBUER6qCoKgqCoKgqCoKgqCoKgqCoIgqCoKgqCoKgqCoKgqCoKgqCoMoKgqCoKgqCoKgqCoKgrj659qK8qCoIgqCoKgrG",
  "ioKgqCoKkL89481urlZ+/XcvT151FKgiCoKgvljjyq+vg56+pfndvVHoi/KgqQvDPLmsMqAd/Ba8+o8vTszqDKCoLz48MKDCwFg7vT5vT0R0o2m8Ty5rDKgA",
  "ANd/zt6T3o6oiZNcmc81hlQAAAHtPJXgT6AAAAB69fz/AG2j15Yj0IoAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
  "AAAAAAAD/8QAKRABAAICAAQEBgMAAAAAAAAAAQIDABEgITAxECIyQRIUQGGAkSNicf/aAAgBAQABPwD8X1AVz5r+T+mb+rUDbl1zY6PT4UXa8ku3t12cY626",
  "6agbcttbHR6eCi7fll39urZaVn3yUmbtcquYcnmYImx6CgbcttZuj08VNvxmnudO24hyO+Krt8a7JQeXbITjM2cSgbcttZujtxiiJldhM+/Rtu9o/vijJi7H",
  "K7Sf2eBQNuW2s3R26MZMHZkZkzZxbyy7fKPbo13e0v34KBtyyxm6O3TrmwcETZwKBtyyxn/nTrtY8ntlljPkdurXZ8Dp7eMpETbk5s36uqzXlcnMjjJk7frV",
  "X8Dv/8QAIhEAAQMEAgIDAAAAAAAAAAAAAQIDEQAgITEQEmBxIjBB/9oACAECAQE/APFkqCtfc45OBqkqKTIpKgoSLnHIwN0FEGZpDgV7sccnA1yhZQaBBEix",
  "x38TYh2cK4ccnA1a2vqYOuCQKcc7YGru6uvWcXtOR8TS1lfrwv8A/8QAGhEBAAMBAQEAAAAAAAAAAAAAARARIGAAAv/aAAgBAwEBPwDpAh0EJWAlLyGEgMpc",
  "hqjf0eCuL//Z",
].join("");
