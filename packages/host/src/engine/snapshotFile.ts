import { open, readFile, rename, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import type { Position } from "@pendo/core/discovery/population.sql";
import { EngineFault } from "@pendo/engine/faults";
import { restore, snapshot } from "@pendo/engine/index/snapshot";
import * as z from "zod";
import { Beliefs } from "./beliefs.ts";
import { EngineState, type StateOptions } from "./engineState.ts";

// A file is: the line FORMAT; as one line of JSON the lengths of the index's own snapshot, of beliefs, priors and blocks, and a checksum of those
// three; then the four. The index has a checksum of its own.

const FORMAT = "pendo-engine 1";
const FILE = "engine.snapshot";

const Length = z.int().min(0);
const Head = z.object({ lengths: z.tuple([Length, Length, Length, Length]), checksum: z.int(), learned: Length, pricedDay: Length });
type Head = z.infer<typeof Head>;

/** Writes the state beside the last file and puts it in its place when it is whole; answers its bytes. Nothing may change the state meanwhile. */
export async function writeSnapshot(directory: string, state: EngineState, position: Position): Promise<number> {
  const index = snapshot(state.index, JSON.stringify(position));
  const { numbers, priors } = state.beliefs;
  const own = [bytesOf(numbers), bytesOf(priors), bytesOf(Float64Array.from(state.blocks))] as const;
  const head: Head = {
    lengths: [index.reduce((sum, part) => sum + part.length, 0), own[0].length, own[1].length, own[2].length],
    checksum: checksumOf(own, state),
    learned: state.learned,
    pricedDay: state.pricedDay,
  };
  await mkdir(directory, { recursive: true });
  const path = join(directory, FILE);
  const file = await open(`${path}.new`, "w", 0o600);
  try {
    for (const part of [Buffer.from(`${FORMAT}\n${JSON.stringify(head)}\n`), ...index, ...own])
      if (part.length > 0) await file.writeFile(part);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(`${path}.new`, path);
  return head.lengths.reduce((sum, length) => sum + length, 0);
}

/**
 * The state as it was written, and its position; nothing where there is no file.
 * @throws {EngineFault} `snapshot.notOurs`, `snapshot.otherVersion`, `snapshot.truncated` or `snapshot.corrupt`
 */
export async function readSnapshot(
  directory: string,
  options: StateOptions,
): Promise<{ readonly state: EngineState; readonly position: Position } | undefined> {
  const bytes = await readFile(join(directory, FILE)).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });
  if (bytes === undefined) return undefined;
  const { head, from } = headOf(bytes);
  const parts: Buffer[] = [];
  let at = from;
  for (const length of head.lengths) parts.push(bytes.subarray(at, (at += length)));
  if (at > bytes.length) throw new EngineFault("snapshot.truncated", "it is shorter than it says");
  if (at < bytes.length) throw new EngineFault("snapshot.corrupt", "it is longer than it says");
  const [index, numbers, priors, blocks] = parts as [Buffer, Buffer, Buffer, Buffer];
  if (checksumOf([numbers, priors, blocks], head) !== head.checksum)
    throw new EngineFault("snapshot.corrupt", "the checksum of what was learned differs");
  const restored = restore(index);
  const beliefs = new Beliefs();
  beliefs.numbers = new Float32Array(Uint8Array.from(numbers).buffer);
  beliefs.priors = new Int16Array(Uint8Array.from(priors).buffer);
  const state = new EngineState(options, {
    index: restored.index,
    beliefs,
    blocks: new Set(new Float64Array(Uint8Array.from(blocks).buffer)),
  });
  [state.learned, state.pricedDay] = [head.learned, head.pricedDay];
  return { state, position: JSON.parse(restored.position) as Position };
}

function headOf(bytes: Buffer): { head: Head; from: number } {
  const first = bytes.indexOf("\n");
  const format = bytes.subarray(0, Math.max(0, Math.min(first, 64))).toString("latin1");
  if (!format.startsWith("pendo-engine ")) throw new EngineFault("snapshot.notOurs", "it does not begin as snapshots do");
  if (format !== FORMAT) throw new EngineFault("snapshot.otherVersion", "it was written by another version");
  const second = bytes.indexOf("\n", first + 1);
  if (second < 0) throw new EngineFault("snapshot.truncated", "it ends within the head");
  try {
    return { head: Head.parse(JSON.parse(bytes.subarray(first + 1, second).toString("latin1"))), from: second + 1 };
  } catch {
    throw new EngineFault("snapshot.corrupt", "its head is unreadable");
  }
}

function checksumOf(parts: readonly Uint8Array[], { learned, pricedDay }: Pick<Head, "learned" | "pricedDay">): number {
  return parts.reduce((sum, part) => crc32(part, sum), crc32(`${learned} ${pricedDay}`));
}

function bytesOf({ buffer, byteOffset, byteLength }: Float32Array | Int16Array | Float64Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}
