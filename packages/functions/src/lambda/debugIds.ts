import { closeSync, existsSync, fstatSync, openSync, readSync } from "node:fs";
import { fileURLToPath } from "node:url";

const TAIL_BYTES = 256;
const DEBUG_ID = /\n\/\/# debugId=([0-9a-f-]{36})\s*$/;

/** The debug id of each module that a bug's frames name, by which Sentry finds its source map. It is read only when there is a bug. */
export function debugIdsOf(files: Iterable<string | undefined>): { type: "sourcemap"; code_file: string; debug_id: string }[] {
  return [...new Set(files)].flatMap((file) => {
    const debugId = file?.endsWith(".mjs") ? DEBUG_ID.exec(tailOf(file.startsWith("file:") ? fileURLToPath(file) : file))?.[1] : undefined;
    return file && debugId ? [{ type: "sourcemap" as const, code_file: file, debug_id: debugId }] : [];
  });
}

function tailOf(file: string): string {
  if (!existsSync(file)) return "";
  const open = openSync(file, "r");
  try {
    const { size } = fstatSync(open);
    const bytes = Buffer.alloc(Math.min(size, TAIL_BYTES));
    readSync(open, bytes, 0, bytes.length, size - bytes.length);
    return bytes.toString("utf8");
  } finally {
    closeSync(open);
  }
}
