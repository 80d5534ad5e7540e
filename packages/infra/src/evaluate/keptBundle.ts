import { createHash } from "node:crypto";
import { existsSync, readFileSync, readdirSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { Bundle, Bundling, Refusal } from "./bundle.ts";
import { bundle } from "./bundle.ts";
import { hashOf } from "./key.ts";
import { work } from "./places.ts";

const kept = path.join(work, "bundles");
const keptDays = 7;

interface Manifest {
  readonly outputs: Bundle["outputs"];
  readonly warnings: readonly string[];
  /** Our own files that it was made of, and a hash of them; those of packages are as the lockfile says. */
  readonly sources: readonly string[];
  readonly hash: string;
}

/**
 * A bundle, made only when something that it is made of has changed: a change of the stacks leaves all of them as they are. They stay in .sst/bundles/
 * for a week after they were asked for.
 */
export async function keptBundle(bundling: Bundling): Promise<Bundle | Refusal> {
  const key = createHash("sha256")
    .update(JSON.stringify([bundling, process.version]))
    .update(hashOf(["package-lock.json", "packages/infra/src/evaluate/bundle.ts"]));
  const place = path.join(kept, key.digest("hex").slice(0, 24));
  const [out, manifestFile] = [path.join(place, "code"), path.join(place, "manifest.json")];
  if (existsSync(manifestFile)) {
    const manifest = JSON.parse(readFileSync(manifestFile, "utf8")) as Manifest;
    if (hashOf(manifest.sources) === manifest.hash) {
      utimesSync(place, new Date(), new Date());
      return { ...manifest, out };
    }
  }
  const fresh = `${place}.${process.pid}`;
  try {
    const made = await bundle(bundling, path.join(fresh, "code"));
    if ("refusal" in made) return made;
    const sources = made.sources.filter((file) => !file.includes("node_modules"));
    const manifest: Manifest = { outputs: made.outputs, warnings: made.warnings, sources, hash: hashOf(sources) };
    writeFileSync(path.join(fresh, "manifest.json"), JSON.stringify(manifest));
    rmSync(place, { recursive: true, force: true });
    renameSync(fresh, place);
    return { ...manifest, out };
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
}

/** Removes the bundles that nobody asked for in a while. */
export function forgetBundles(): void {
  if (!existsSync(kept)) return;
  for (const name of readdirSync(kept)) {
    const directory = path.join(kept, name);
    const unusedMs = Date.now() - (statSync(directory, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
    if (unusedMs > keptDays * 86_400_000) rmSync(directory, { recursive: true, force: true });
  }
}
