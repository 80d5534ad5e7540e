import { EngineFault } from "../faults.ts";
import type { IndexOptions } from "../index/matchIndex.ts";
import type { SnappedPosition } from "../index/population.ts";
import { restore, snapshot } from "../index/snapshot.ts";
import type { Range } from "./ranges.ts";
import { Shard } from "./shard.ts";

interface ShardHeader {
  readonly position: string;
  readonly range: Range;
  readonly waiting: readonly (readonly [number, SnappedPosition])[];
}

/** A shard as bytes, in parts: its index, its range, and the places that wait for their person. Nothing may change until they are written. */
export function shardSnapshot({ index, range, waitingPlaces }: Shard, position: string): Uint8Array[] {
  return snapshot(index, JSON.stringify({ position, range, waiting: [...waitingPlaces] } satisfies ShardHeader));
}

/**
 * A shard as it was, and the position from where its facts must be told again.
 * @throws {EngineFault} `snapshot.notOurs`: the bytes are no snapshot, or that of an index alone
 * @throws {EngineFault} `snapshot.otherVersion`: another version wrote it
 * @throws {EngineFault} `snapshot.truncated`: it is shorter than it says
 * @throws {EngineFault} `snapshot.corrupt`: a checksum differs, and nothing was made of it
 */
export function restoreShard(bytes: Uint8Array, options: IndexOptions = {}): { readonly shard: Shard; readonly position: string } {
  const { index, position: text } = restore(bytes, options);
  const { position, range, waiting } = keptIn(text);
  const shard = new Shard(range, index);
  for (const [row, place] of waiting) shard.waitingPlaces.set(row, place);
  return { shard, position };
}

function keptIn(text: string): ShardHeader {
  try {
    const kept = JSON.parse(text) as Partial<ShardHeader> | null;
    if (kept?.range && kept.waiting && typeof kept.position === "string") return kept as ShardHeader;
  } catch {
    // It was written for something else.
  }
  throw new EngineFault("snapshot.notOurs", "it is not of a shard");
}
