import { CHUNK_BYTES } from "./layout.ts";
import { AXIS } from "./leafTable.ts";
import type { MatchIndex } from "./matchIndex.ts";
import { chunkAt, leafWord, nextWord } from "./memory.ts";
import { readRow } from "./slots.ts";

/**
 * Lays the chunks of each leaf side by side, and leaves in the order of their trees: a search then finds in few pages of memory what lay scattered
 * in the order in which people came. It changes no answer; it pays after a load, and what comes later scatters only itself. It moves everybody once.
 */
export function tidy(index: MatchIndex): void {
  const { memory, leaves, rows } = index;
  const { table } = leaves;
  const order = new Int32Array(memory.chunks);
  const leafAt = new Int32Array(memory.chunks);
  let used = 0;
  const visit = (node: number): void => {
    if (table.axis[node] !== AXIS.leaf) {
      visit(table.left[node] as number);
      visit(table.right[node] as number);
      return;
    }
    for (let chunk = table.left[node] as number; chunk >= 0; chunk = memory.i32[nextWord(chunk)] as number) {
      leafAt[used] = node;
      order[used++] = chunk;
    }
  };
  visit(index.unshown);
  for (const { root } of index.cells.all()) visit(root);
  // Empty ones come last. They hold nobody, as places that nobody ever had.
  const isUsed = new Uint8Array(order.length);
  for (const chunk of order.subarray(0, used)) isUsed[chunk] = 1;
  for (let [chunk, at] = [0, used]; chunk < order.length; chunk++) if (isUsed[chunk] === 0) order[at++] = chunk;
  arrange(index, order);
  memory.restore(used, -1);
  for (let chunk = 0; chunk < used; chunk++) {
    const leaf = leafAt[chunk] as number;
    if (chunk === 0 || leafAt[chunk - 1] !== leaf) table.left[leaf] = chunk;
    memory.i32[nextWord(chunk)] = chunk + 1 < used && leafAt[chunk + 1] === leaf ? chunk + 1 : -1;
    memory.i32[leafWord(chunk)] = leaf;
  }
  const tell = (slot: number): void => {
    rows.slots[readRow(memory, slot)] = slot;
  };
  for (let chunk = 0; chunk < used; chunk++)
    if (chunk === 0 || leafAt[chunk - 1] !== leafAt[chunk]) leaves.each(leafAt[chunk] as number, tell);
}

/** Puts at each place the chunk that this order says, ring by ring, with room for one chunk and no more. */
function arrange({ memory: { u8 } }: MatchIndex, order: Int32Array): void {
  const held = new Uint8Array(CHUNK_BYTES);
  const isPlaced = new Uint8Array(order.length);
  for (let first = 0; first < order.length; first++) {
    if (isPlaced[first] === 1) continue;
    held.set(u8.subarray(chunkAt(first), chunkAt(first + 1)));
    let place = first;
    for (;;) {
      isPlaced[place] = 1;
      const from = order[place] as number;
      if (from === first) break;
      u8.copyWithin(chunkAt(place), chunkAt(from), chunkAt(from + 1));
      place = from;
    }
    u8.set(held, chunkAt(place));
  }
}
