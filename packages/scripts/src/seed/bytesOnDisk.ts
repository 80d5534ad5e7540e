import { lstatSync, readdirSync } from "node:fs";
import path from "node:path";

/** What a directory takes on the disk, in bytes. A file with several names counts once. */
export function bytesOnDisk(directory: string): number {
  const seen = new Set<number>();
  let bytes = 0;
  const add = (at: string): void => {
    const { ino, blocks, size } = lstatSync(at);
    // Windows tells no blocks.
    if (!seen.has(ino)) bytes += blocks === undefined ? size : blocks * 512;
    seen.add(ino);
  };
  add(directory);
  for (const entry of readdirSync(directory, { recursive: true, withFileTypes: true })) add(path.join(entry.parentPath, entry.name));
  return bytes;
}
