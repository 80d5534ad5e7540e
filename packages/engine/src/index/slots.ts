import type { Point } from "../eligibility/sphere.ts";
import { AREA, CHUNK, PART, REPLY, SPOT } from "./layout.ts";
import { chunkAt, type EngineMemory } from "./memory.ts";
import { priceCode, priceOf, priceRest, scaleOf, type PackedPerson, type PackedTraits } from "./packed.ts";

/** What a slot says of a person: everything but whether they are shown, which the leaf tells. */
export type PersonInSlot = Omit<PackedPerson, "visible">;

// A slot is a place in a chunk: chunk × 16 + lane. The unit of an index is the last part of its name: a byte, or an element of `u16` or `u32`.

const spotByte = (slot: number): number => chunkAt(slot >>> 4) + PART.spots + (slot & 15) * SPOT.bytes;
const replyByte = (slot: number): number => chunkAt(slot >>> 4) + PART.replies + (slot & 15) * REPLY.bytes;
const priceU16 = (slot: number): number => (chunkAt(slot >>> 4) + PART.prices) / 2 + (slot & 15);
const priceRestU16 = (slot: number): number => (chunkAt(slot >>> 4) + PART.priceRests) / 2 + (slot & 15);
const rowU32 = (slot: number): number => (chunkAt(slot >>> 4) + PART.rows) / 4 + (slot & 15);

/** Writes what a slot holds of a user, except for the place: `writePoint` writes that one. */
export function writePerson({ u8, u16 }: EngineMemory, slot: number, person: PersonInSlot): void {
  const chunkStart = chunkAt(slot >>> 4);
  const lane = slot & 15;
  u8[chunkStart + PART.wantsAndIntent + lane] = person.wantsAndIntent;
  u8[chunkStart + PART.acceptsAndGender + lane] = person.acceptsAndGender;
  u8[chunkStart + PART.ageMin + lane] = person.ageMin;
  u8[chunkStart + PART.ageMax + lane] = person.ageMax;
  const half = chunkStart / 2 + lane;
  u16[half + PART.birthDay / 2] = person.birthDay;
  u16[half + PART.facts / 2] = person.facts;
  u16[half + PART.dealbreakers / 2] = person.dealbreakers;
  u16[half + PART.radiusKm / 2] = person.radiusKm;
}

/** What a slot holds of a user, the place included, as an object of its own. */
export function readPerson(memory: EngineMemory, slot: number): PersonInSlot {
  const { u8, u16 } = memory;
  const chunkStart = chunkAt(slot >>> 4);
  const lane = slot & 15;
  const half = chunkStart / 2 + lane;
  return {
    wantsAndIntent: u8[chunkStart + PART.wantsAndIntent + lane] as number,
    acceptsAndGender: u8[chunkStart + PART.acceptsAndGender + lane] as number,
    ageMin: u8[chunkStart + PART.ageMin + lane] as number,
    ageMax: u8[chunkStart + PART.ageMax + lane] as number,
    birthDay: u16[half + PART.birthDay / 2] as number,
    facts: u16[half + PART.facts / 2] as number,
    dealbreakers: u16[half + PART.dealbreakers / 2] as number,
    radiusKm: u16[half + PART.radiusKm / 2] as number,
    point: readPoint(memory, slot),
  };
}

/** Writes the place of the user in a slot, in the fixed-point units of `Point`. */
export function writePoint({ i32 }: EngineMemory, slot: number, { x, y, z }: Point): void {
  const at = spotByte(slot) / 4;
  i32[at] = x;
  i32[at + 1] = y;
  i32[at + 2] = z;
}

/** The place of the user in a slot, in the fixed-point units of `Point`. */
export function readPoint({ i32 }: EngineMemory, slot: number): Point {
  const at = spotByte(slot) / 4;
  return { x: i32[at] as number, y: i32[at + 1] as number, z: i32[at + 2] as number };
}

const vectorsByte = (slot: number): number => chunkAt(slot >>> 4) + PART.vectors + (slot & 15) * 64;

/** Writes the packed traits of a slot. The price takes two fields: a code by which searches compare, and the rest of its precision. */
export function writeTraits({ u16, i16, i8 }: EngineMemory, slot: number, traits: PackedTraits): void {
  const [spot, reply] = [spotByte(slot) / 2, replyByte(slot) / 2];
  u16[priceU16(slot)] = priceCode(traits.price);
  u16[priceRestU16(slot)] = priceRest(traits.price);
  u16[reply + REPLY.likesScale / 2] = traits.likesScale;
  u16[spot + SPOT.isScale / 2] = traits.isScale;
  i16[reply + REPLY.actorBias / 2] = traits.actorBias;
  i16[spot + SPOT.targetBias / 2] = traits.targetBias;
  i8.set(traits.vectors, vectorsByte(slot));
}

/** The packed traits of a slot. The vectors are a copy, so that a later write does not change them. */
export function readTraits(memory: EngineMemory, slot: number): PackedTraits {
  const { u16, i16, i8 } = memory;
  const [spot, reply] = [spotByte(slot) / 2, replyByte(slot) / 2];
  const vectors = vectorsByte(slot);
  return {
    price: readPrice(memory, slot),
    likesScale: u16[reply + REPLY.likesScale / 2] as number,
    isScale: u16[spot + SPOT.isScale / 2] as number,
    actorBias: i16[reply + REPLY.actorBias / 2] as number,
    targetBias: i16[spot + SPOT.targetBias / 2] as number,
    vectors: i8.slice(vectors, vectors + 64),
  };
}

/** A bias alone, by which a leaf's bounds grow. */
export function readBias({ i16 }: EngineMemory, slot: number, which: "actorBias" | "targetBias"): number {
  return i16[(which === "actorBias" ? replyByte(slot) + REPLY.actorBias : spotByte(slot) + SPOT.targetBias) / 2] as number;
}

/** The price alone, by which leaves are divided. */
export function readPrice({ u16 }: EngineMemory, slot: number): number {
  return priceOf(u16[priceU16(slot)] as number, u16[priceRestU16(slot)] as number);
}

/** The row of the user in a slot. */
export function readRow({ u32 }: EngineMemory, slot: number): number {
  return u32[rowU32(slot)] as number;
}

/** Sets the row of the user in a slot. The row's own slot is in `Rows`, and is set there. */
export function writeRow({ u32 }: EngineMemory, slot: number, row: number): void {
  u32[rowU32(slot)] = row;
}

/** The Euclidean length of one of a slot's vectors, scale included. */
export function lengthOf({ i8, u16 }: EngineMemory, slot: number, which: "is" | "likes"): number {
  const from = vectorsByte(slot) + (which === "is" ? 0 : 32);
  let sum = 0;
  for (let k = from; k < from + 32; k++) sum += (i8[k] as number) * (i8[k] as number);
  return Math.sqrt(sum) * scaleOf(u16[(which === "is" ? spotByte(slot) + SPOT.isScale : replyByte(slot) + REPLY.likesScale) / 2] as number);
}

/** Copies a person with everything to another slot. */
export function copySlot(memory: EngineMemory, to: number, from: number): void {
  const { u8, u16, i32 } = memory;
  const [byteTo, byteFrom] = [chunkAt(to >>> 4) + (to & 15), chunkAt(from >>> 4) + (from & 15)];
  for (let field = 0; field < PART.birthDay; field += CHUNK) u8[byteTo + field] = u8[byteFrom + field] as number;
  const [halfTo, halfFrom] = [chunkAt(to >>> 4) / 2 + (to & 15), chunkAt(from >>> 4) / 2 + (from & 15)];
  for (let field = PART.birthDay / 2; field < PART.spots / 2; field += CHUNK) u16[halfTo + field] = u16[halfFrom + field] as number;
  const [spotTo, spotFrom] = [spotByte(to) / 4, spotByte(from) / 4];
  for (let word = 0; word < SPOT.bytes / 4; word++) i32[spotTo + word] = i32[spotFrom + word] as number;
  writeRow(memory, to, readRow(memory, from));
  i32[replyByte(to) / 4] = i32[replyByte(from) / 4] as number;
  const [vectorTo, vectorFrom] = [vectorsByte(to) / 4, vectorsByte(from) / 4];
  for (let word = 0; word < 16; word++) i32[vectorTo + word] = i32[vectorFrom + word] as number;
}

/** Makes a slot one that passes no filter. */
export function clearSlot({ u8 }: EngineMemory, slot: number): void {
  u8[chunkAt(slot >>> 4) + (slot & 15)] = 0;
}

/** Hides a slot from the present viewer, or shows it again. */
export function setUnseen({ u16 }: EngineMemory, slot: number, unseen: boolean): void {
  const at = (AREA.unseen >> 1) + (slot >>> 4);
  const bit = 1 << (slot & 15);
  u16[at] = unseen ? (u16[at] as number) | bit : (u16[at] as number) & ~bit;
}
