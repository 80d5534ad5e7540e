import { open, readFile, rename, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import type { Position } from "@pendo/core/discovery/population.sql";
import { EngineFault } from "@pendo/engine/faults";
import { restore, snapshot } from "@pendo/engine/index/snapshot";
import { tidy } from "@pendo/engine/index/tidy";
import * as z from "zod";
import { Beliefs } from "@pendo/engine/state/beliefs";
import { EngineState, type StateOptions } from "@pendo/engine/state/engineState";
import { Ledger } from "@pendo/engine/state/ledger";
import { Market } from "@pendo/engine/state/market";
import type { Heard, Waiting } from "@pendo/engine/state/learning";
import { WaitingPasses } from "@pendo/engine/state/waitingPasses";

// A file is: the line FORMAT; a line of JSON; the sections, one after the other. The JSON says how long each of them is, and has a checksum of all but the
// index, which has one of its own.

const FORMAT = "pendo-engine 7";
const FILE = "engine.snapshot";

/** The index, and all else: beliefs, ledger, market, blocks, who answered whose message, and what is yet to be settled of learning. */
const sectionNames = [
  "index",
  "numbers",
  "priors",
  "ledger",
  "market",
  "blocks",
  "answered",
  "passes",
  "beforeNumbers",
  "beforePriors",
  "waiting",
] as const;
type SectionName = (typeof sectionNames)[number];
type Sections = Readonly<Record<Exclude<SectionName, "index">, Uint8Array>>;

const Length = z.int().min(0);
const Head = z.object({ lengths: z.record(z.enum(sectionNames), Length), checksum: z.int(), learned: Length, pricedDay: Length });
type Head = z.infer<typeof Head>;

export interface WrittenSnapshot {
  /** Waits for the disk and puts the file in the place of the last one; answers its bytes. */
  keep(): Promise<number>;
}

/** Writes the state beside the last file. Nothing may change the state until it answers. */
export async function writeSnapshot(directory: string, state: EngineState, position: Position): Promise<WrittenSnapshot> {
  const index = snapshot(state.index, JSON.stringify(position));
  const sections = sectionsOf(state);
  const own = Object.values(sections);
  const lengths = Object.fromEntries(Object.entries(sections).map(([name, { length }]) => [name, length])) as Record<SectionName, number>;
  const kept = { learned: state.learning.learned, pricedDay: state.pricedDay };
  const head: Head = {
    lengths: { ...lengths, index: index.reduce((sum, part) => sum + part.length, 0) },
    checksum: checksumOf(own, kept),
    ...kept,
  };
  await mkdir(directory, { recursive: true });
  const path = join(directory, FILE);
  const file = await open(`${path}.new`, "w", 0o600);
  try {
    for (const part of [Buffer.from(`${FORMAT}\n${JSON.stringify(head)}\n`), ...index, ...own])
      if (part.length > 0) await file.writeFile(part);
  } catch (error) {
    await file.close();
    throw error;
  }
  return {
    keep: async () => {
      try {
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(`${path}.new`, path);
      return Object.values(head.lengths).reduce((sum, length) => sum + length, 0);
    },
  };
}

/**
 * The state as it was written, and its position; nothing where there is no file.
 * @throws {EngineFault} `snapshot.notOurs`: the file is no snapshot
 * @throws {EngineFault} `snapshot.otherVersion`: another version wrote it
 * @throws {EngineFault} `snapshot.truncated`: it is shorter than it says
 * @throws {EngineFault} `snapshot.corrupt`: a checksum differs, and nothing was made of it
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
  const parts = new Map<SectionName, Buffer>();
  let at = from;
  for (const name of sectionNames) parts.set(name, bytes.subarray(at, (at += head.lengths[name])));
  if (at > bytes.length) throw new EngineFault("snapshot.truncated", "it is shorter than it says");
  if (at < bytes.length) throw new EngineFault("snapshot.corrupt", "it is longer than it says");
  const { index, ...own } = Object.fromEntries(parts) as Record<SectionName, Buffer>;
  if (checksumOf(Object.values(own), head) !== head.checksum)
    throw new EngineFault("snapshot.corrupt", "the checksum of what was learned differs");
  const restored = restore(index);
  tidy(restored.index);
  const state = new EngineState(options, {
    index: restored.index,
    beliefs: beliefsOf(own.numbers, own.priors),
    ledger: ledgerOf(own.ledger),
    market: new Market(own.market),
    blocks: setOf(own.blocks),
    answered: setOf(own.answered),
    passes: new WaitingPasses(numbersOf(own.passes)),
  });
  state.learning.restore(head.learned, waitingOf(own));
  state.pricedDay = head.pricedDay;
  return { state, position: JSON.parse(restored.position) as Position };
}

function sectionsOf({ beliefs, ledger, market, blocks, answered, passes, learning }: EngineState): Sections {
  const { before, heard, isRight } = learning.waiting;
  const packed = new Beliefs();
  for (const [at, belief] of [...before.values()].entries()) packed.store(at, belief);
  return {
    numbers: bytesOf(beliefs.numbers),
    priors: bytesOf(beliefs.priors),
    ledger: bytesOf(ledger.numbers),
    market: market.content,
    blocks: bytesOf(Float64Array.from(blocks)),
    answered: bytesOf(Float64Array.from(answered)),
    passes: bytesOf(passes.content),
    beforeNumbers: bytesOf(packed.numbers),
    beforePriors: bytesOf(packed.priors),
    waiting: Buffer.from(JSON.stringify({ rows: [...before.keys()], heard, isRight })),
  };
}

function waitingOf({ beforeNumbers, beforePriors, waiting }: Record<keyof Sections, Buffer>): Waiting {
  const packed = beliefsOf(beforeNumbers, beforePriors);
  const { rows, heard, isRight } = JSON.parse(waiting.toString()) as { rows: number[]; heard: Heard[]; isRight: boolean };
  return { before: new Map(rows.map((row, at) => [row, packed.at(at)])), heard, isRight };
}

function setOf(numbers: Buffer): Set<number> {
  return new Set(numbersOf(numbers));
}

function numbersOf(bytes: Buffer): Float64Array {
  return new Float64Array(Uint8Array.from(bytes).buffer);
}

function beliefsOf(numbers: Buffer, priors: Buffer): Beliefs {
  const beliefs = new Beliefs();
  beliefs.numbers = new Float32Array(Uint8Array.from(numbers).buffer);
  beliefs.priors = new Int16Array(Uint8Array.from(priors).buffer);
  return beliefs;
}

function ledgerOf(numbers: Buffer): Ledger {
  const ledger = new Ledger();
  ledger.numbers = new Float32Array(Uint8Array.from(numbers).buffer);
  return ledger;
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
