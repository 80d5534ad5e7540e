import { crc32 } from "node:zlib";
import { EngineFault } from "../faults.ts";
import { ARENA_PAGE_BYTES } from "./arena.ts";
import { grown, LeafTable } from "./leafTable.ts";
import { AREA } from "./layout.ts";
import { MatchIndex, type IndexOptions } from "./matchIndex.ts";
import { chunkAt, leafWord, nextWord } from "./memory.ts";
import type { RecentTie } from "./ties.ts";

// A snapshot is the memory as it is, column by column, so that loading one takes no longer than reading it: the same rows, slots and trees come back, and
// so the same answers. The version changes with the layout; an older one is refused, and the population is loaded from the database instead.

export const SNAPSHOT_VERSION = 5;
const MAGIC = 0x50_45_4e_58;
/** Magic, version, length of what follows as two words, its checksum. */
const HEADER_BYTES = 20;

interface Meta {
  readonly position: string;
  readonly chunks: number;
  readonly freeChunk: number;
  readonly nodes: number;
  readonly freeNode: number;
  readonly unshown: number;
  readonly size: number;
  readonly settledMs: number | null;
  readonly arena: { readonly used: number; readonly free: readonly number[] };
  readonly recent: readonly (readonly [number, readonly RecentTie[]])[];
  readonly lengths: readonly number[];
}

/**
 * The whole index as bytes, in parts to be written one after the other. They are windows on the index: whoever writes them lets nothing change until
 * they are written. `position` is the host's: from where events must be played again.
 */
export function snapshot(index: MatchIndex, position: string): Uint8Array[] {
  const { memory, rows, ties, cells, leaves } = index;
  const { table } = leaves;
  const roots = Int32Array.from([...cells.all()].flatMap(({ cell, root }) => [cell.row, cell.column, root]));
  const sections: Uint8Array[] = [
    bytesOf(rows.words.subarray(0, rows.count * 4)),
    bytesOf(rows.slots.subarray(0, rows.count)),
    bytesOf(rows.versions.subarray(0, rows.count * 2)),
    // It is made longer only when somebody new has ties.
    bytesOf(grown(ties.addresses, rows.count, Uint32Array)),
    bytesOf(roots),
    ...LeafTable.columns.map((name) => bytesOf(table[name].subarray(0, table.count * widthOf(name)))),
    // Whom a viewer must not see is marked only while their deck is made.
    bytesOf(memory.i32.subarray(nextWord(0), nextWord(memory.chunks))),
    bytesOf(memory.i32.subarray(leafWord(0), leafWord(memory.chunks))),
    memory.u8.subarray(AREA.chunks, chunkAt(memory.chunks)),
    ...ties.arena.pages,
  ];
  const meta: Meta = {
    position,
    chunks: memory.chunks,
    freeChunk: memory.firstFreeChunk,
    nodes: table.count,
    freeNode: table.firstFree,
    unshown: index.unshown,
    size: index.size,
    settledMs: Number.isFinite(ties.settledMs) ? ties.settledMs : null,
    arena: ties.arena.state,
    recent: [...ties.recent],
    lengths: sections.map((section) => section.length),
  };
  const metaBytes = new TextEncoder().encode(JSON.stringify(meta));
  const metaLength = new Uint8Array(4);
  new DataView(metaLength.buffer).setUint32(0, metaBytes.length);
  const parts = [metaLength, metaBytes, ...sections];
  const header = new DataView(new ArrayBuffer(HEADER_BYTES));
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  header.setUint32(0, MAGIC);
  header.setUint32(4, SNAPSHOT_VERSION);
  header.setUint32(8, Math.floor(length / 2 ** 32));
  header.setUint32(12, length % 2 ** 32);
  header.setUint32(
    16,
    parts.reduce((sum, part) => crc32(part, sum), 0),
  );
  return [new Uint8Array(header.buffer), ...parts];
}

/**
 * An index as it was when the snapshot was taken, and the host's position.
 * @throws {EngineFault} `snapshot.notOurs`: the file is no snapshot
 * @throws {EngineFault} `snapshot.otherVersion`: another version wrote it
 * @throws {EngineFault} `snapshot.truncated`: it is shorter than it says
 * @throws {EngineFault} `snapshot.corrupt`: a checksum differs, and nothing was made of it
 */
export function restore(bytes: Uint8Array, options: IndexOptions = {}): { readonly index: MatchIndex; readonly position: string } {
  const { meta, sections } = open(bytes);
  const index = new MatchIndex(options);
  const next = (): Uint8Array => sections.shift() ?? new Uint8Array(0);
  index.rows.restore(words(next(), Uint32Array), words(next(), Int32Array), words(next(), Uint32Array));
  index.ties.addresses = words(next(), Uint32Array);
  const roots = words(next(), Int32Array);
  for (let i = 0; i < roots.length; i += 3)
    index.cells.setRootAt({ row: roots[i] as number, column: roots[i + 1] as number }, roots[i + 2] as number);
  const { table } = index.leaves;
  table.restore(meta.nodes, meta.freeNode);
  for (const name of LeafTable.columns) new Uint8Array(table[name].buffer).set(next());
  index.memory.restore(meta.chunks, meta.freeChunk);
  for (const area of [AREA.nexts, AREA.leafOf, AREA.chunks]) index.memory.u8.set(next(), area);
  index.ties.arena.restore(
    sections.map((page) => page.slice()),
    meta.arena,
  );
  for (const [row, facts] of meta.recent) index.ties.recent.set(row, [...facts]);
  index.ties.settledMs = meta.settledMs ?? Number.NEGATIVE_INFINITY;
  index.size = meta.size;
  return { index, position: meta.position };
}

function open(bytes: Uint8Array): { readonly meta: Meta; readonly sections: Uint8Array[] } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 4 || view.getUint32(0) !== MAGIC) throw new EngineFault("snapshot.notOurs", "it does not begin as snapshots do");
  if (bytes.length < HEADER_BYTES) throw new EngineFault("snapshot.truncated", "it ends within the header");
  if (view.getUint32(4) !== SNAPSHOT_VERSION) throw new EngineFault("snapshot.otherVersion", "it was written by another version");
  // A buffer of Node's would answer windows on itself where copies are meant.
  const body = new Uint8Array(bytes.buffer, bytes.byteOffset + HEADER_BYTES, bytes.byteLength - HEADER_BYTES);
  const length = view.getUint32(8) * 2 ** 32 + view.getUint32(12);
  if (body.length < length) throw new EngineFault("snapshot.truncated", "it is shorter than it says");
  if (body.length > length || crc32(body) !== view.getUint32(16)) throw new EngineFault("snapshot.corrupt", "the checksum differs");
  const metaLength = view.getUint32(HEADER_BYTES);
  const meta = JSON.parse(new TextDecoder().decode(body.subarray(4, 4 + metaLength))) as Meta;
  let from = 4 + metaLength;
  const sections = meta.lengths.map((size) => body.subarray(from, (from += size)));
  const pages = sections.slice(8 + LeafTable.columns.length);
  if (pages.some((page) => page.length !== ARENA_PAGE_BYTES)) throw new EngineFault("snapshot.corrupt", "a page has another length");
  return { meta, sections };
}

type Numbers = Int8Array | Uint8Array | Int16Array | Uint16Array | Int32Array | Uint32Array | Float32Array | Float64Array;

function bytesOf({ buffer, byteOffset, byteLength }: Numbers): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

/** A copy, because a section may begin anywhere and numbers may not. */
function words<T>(bytes: Uint8Array, Kind: new (buffer: ArrayBuffer) => T): T {
  return new Kind(bytes.slice().buffer);
}

function widthOf(column: string): number {
  return column === "least" || column === "most" ? 4 : 1;
}
