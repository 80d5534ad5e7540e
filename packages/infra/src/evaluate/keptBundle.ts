import { createHash } from "node:crypto";
import { existsSync, readFileSync, readdirSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { Bundle, Bundling, Refusal } from "./bundle.ts";
import { bundle } from "./bundle.ts";
import { hashOf } from "./key.ts";
import { work } from "./places.ts";

const kept = path.join(work, "bundles");
const keptMs = 3_600_000;

interface Manifest {
  readonly outputs: Bundle["outputs"];
  readonly warnings: readonly string[];
  /** Our own files that it was made of, and a hash of them; those of packages are as the lockfile says. */
  readonly sources: readonly string[];
  readonly hash: string;
}

/**
 * A bundle, made only when something that it is made of has changed: a change of the stacks leaves all of them as they are. Each handler has a directory
 * in .sst/bundles/, where what it was before stays for an hour, because another evaluation may be reading it.
 */
export async function keptBundle(bundling: Bundling): Promise<Bundle | Refusal> {
  const key = createHash("sha256").update(JSON.stringify(bundling)).digest("hex").slice(0, 24);
  const directory = path.join(kept, key);
  const before = manifests(directory).find(({ manifest }) => hashOfAll(manifest.sources) === manifest.hash);
  if (before) {
    utimesSync(before.place, new Date(), new Date());
    return { ...before.manifest, out: path.join(before.place, "code") };
  }
  const fresh = path.join(directory, `fresh-${process.pid}`);
  try {
    const made = await bundle(bundling, path.join(fresh, "code"));
    if ("refusal" in made) return made;
    const sources = made.sources.filter((file) => !file.includes("node_modules"));
    const manifest: Manifest = { outputs: made.outputs, warnings: made.warnings, sources, hash: hashOfAll(sources) };
    writeFileSync(path.join(fresh, "manifest.json"), JSON.stringify(manifest));
    const place = path.join(directory, manifest.hash.slice(0, 24));
    // Another process may have made the same just now.
    if (!existsSync(place)) renameSync(fresh, place);
    return { ...manifest, out: path.join(place, "code") };
  } finally {
    rmSync(fresh, { recursive: true, force: true });
    for (const { place } of manifests(directory).slice(1)) if (ageMs(place) > keptMs) rmSync(place, { recursive: true, force: true });
  }
}

/** What is kept of a handler, the latest first. */
function manifests(directory: string): { readonly place: string; readonly manifest: Manifest }[] {
  if (!existsSync(directory)) return [];
  return readdirSync(directory)
    .map((name) => path.join(directory, name))
    .filter((place) => existsSync(path.join(place, "manifest.json")))
    .map((place) => ({ place, manifest: JSON.parse(readFileSync(path.join(place, "manifest.json"), "utf8")) as Manifest }))
    .toSorted((a, b) => ageMs(a.place) - ageMs(b.place));
}

function ageMs(place: string): number {
  return Date.now() - (statSync(place, { throwIfNoEntry: false })?.mtimeMs ?? 0);
}

function hashOfAll(sources: readonly string[]): string {
  return hashOf(["package-lock.json", "packages/infra/src/evaluate/bundle.ts", ...sources]);
}
