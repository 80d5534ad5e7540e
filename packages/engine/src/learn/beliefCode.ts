import type { Traits } from "../index/population.ts";
import { LEARNED_DIMENSIONS } from "../score/coldStart.ts";
import type { Belief } from "./belief.ts";

const SCALARS = 8;
/** Of so many numbers is what was learned of a person; what their answers say is none of it. */
export const LEARNED_WIDTH: number = SCALARS + 2 * LEARNED_DIMENSIONS;

/** Writes what was learned, from a place on. The place after the biases and variances holds the day, which is never 0. */
export function writeLearned(into: Float32Array, at: number, belief: Belief): void {
  const { actor, target, actorVariance, targetVariance, covariance, likesVariance, isVariance, day } = belief;
  into.set([actor, target, actorVariance, targetVariance, covariance, likesVariance, isVariance, day], at);
  into.set(belief.likes, at + SCALARS);
  into.set(belief.is, at + SCALARS + LEARNED_DIMENSIONS);
}

/** What was written, of somebody whose answers say this: a copy, to be learned with. */
export function readLearned(from: Float32Array, at: number, prior: Traits): Belief {
  const number = (place: number): number => from[at + place] as number;
  const vector = (place: number): Float32Array => from.slice(at + place, at + place + LEARNED_DIMENSIONS);
  return {
    prior,
    actor: number(0),
    target: number(1),
    actorVariance: number(2),
    targetVariance: number(3),
    covariance: number(4),
    likesVariance: number(5),
    isVariance: number(6),
    day: number(7),
    likes: vector(SCALARS),
    is: vector(SCALARS + LEARNED_DIMENSIONS),
  };
}

/** The same as bytes for a store: 136 of them. */
export function encodeLearned(belief: Belief): Uint8Array {
  const numbers = new Float32Array(LEARNED_WIDTH);
  writeLearned(numbers, 0, belief);
  return new Uint8Array(numbers.buffer);
}

/** What `encodeLearned` wrote; nothing where the bytes are not of that length, as those of another version would not be. */
export function decodeLearned(bytes: Uint8Array, prior: Traits): Belief | undefined {
  if (bytes.byteLength !== LEARNED_WIDTH * Float32Array.BYTES_PER_ELEMENT) return undefined;
  // A copy, which begins where numbers may begin.
  return readLearned(new Float32Array(Uint8Array.from(bytes).buffer), 0, prior);
}
