import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";

/**
 * Moves the source maps of a bundle into `kept`, with a copy of each module, so that none is deployed. A module and its map get the same debug id,
 * which follows from their content: equal modules of several functions are kept once. Doing it twice changes nothing.
 */
export function keepSourceMaps(bundle: string, kept: string): void {
  mkdirSync(kept, { recursive: true });
  for (const name of readdirSync(bundle).filter((file) => file.endsWith(".mjs"))) {
    const module = path.join(bundle, name);
    const map = `${module}.map`;
    if (!existsSync(map)) continue;
    const code = readFileSync(module, "utf8").replace(/\n\/\/# sourceMappingURL=\S+\s*$/, "\n");
    const { debugId, text } = identified(code, readFileSync(map, "utf8"));
    const marked = `${code.trimEnd()}\n//# debugId=${debugId}\n`;
    // A new file: the old one may be linked from elsewhere.
    rmSync(module);
    writeFileSync(module, marked);
    writeFileSync(path.join(kept, `${debugId}.mjs`), `${marked}//# sourceMappingURL=${debugId}.mjs.map\n`);
    writeFileSync(path.join(kept, `${debugId}.mjs.map`), text);
    rmSync(map);
  }
}

function identified(code: string, map: string): { debugId: string; text: string } {
  const hash = createHash("sha256").update(code).update(map).digest("hex");
  // The form of a UUID of version 5, which Sentry asks for.
  const debugId = [hash.slice(0, 8), hash.slice(8, 12), `5${hash.slice(13, 16)}`, `8${hash.slice(17, 20)}`, hash.slice(20, 32)].join("-");
  return { debugId, text: JSON.stringify({ ...(JSON.parse(map) as object), debugId, debug_id: debugId }) };
}

/** Where the maps of a stage wait for its release; `work` is SST's own directory, `.sst`. */
export function keptMapsOf(work: string, stage: string): string {
  return path.join(work, "maps", stage);
}
