import { readFileSync } from "node:fs";
import path from "node:path";
import { build, type BuildOptions, type Loader, type Metafile } from "esbuild";
import type { Built, Document, FunctionBuild } from "../evaluated.ts";
import { failureOf } from "./failure.ts";
import { root } from "./places.ts";

/** A bundle on the disk; its entry is bundle.mjs. */
export interface Bundle {
  /** The directory that holds it. */
  readonly out: string;
  /** What esbuild wrote, by name within the directory. */
  readonly outputs: Metafile["outputs"];
  readonly warnings: readonly string[];
}

// The parts of the `nodejs` options that reach esbuild.
interface NodeOptions {
  readonly install?: Document | readonly string[];
  readonly loader?: Record<string, Loader>;
  readonly splitting?: boolean;
  readonly minify?: boolean;
  readonly banner?: string;
  readonly sourcemap?: boolean;
  readonly esbuild?: Pick<BuildOptions, "external" | "keepNames" | "sourcemap" | "target" | "mainFields" | "conditions" | "define">;
}

const targets: Record<string, string> = { "nodejs24.x": "es2024", "nodejs22.x": "es2023", "nodejs20.x": "es2023" };

const commonJs = `import { createRequire as topLevelCreateRequire } from 'module';
const require = topLevelCreateRequire(import.meta.url);
import { fileURLToPath as topLevelFileUrlToPath, URL as topLevelURL } from "url"
const __filename = topLevelFileUrlToPath(import.meta.url)
const __dirname = topLevelFileUrlToPath(new topLevelURL(".", import.meta.url))
`;

/** A handler, and how it is to be bundled. */
export interface Bundling extends Pick<FunctionBuild, "runtime" | "properties"> {
  readonly file: string;
}

/** Why there is no bundle, in a sentence. */
export interface Refusal {
  readonly refusal: string;
}

/** A bundle that was just made, and the files it was made of, relative to the root. */
interface FreshBundle extends Bundle {
  readonly sources: readonly string[];
}

/** What SST 4.17 tells esbuild (pkg/runtime/node/build.go), of whatever entries and wherever the output goes. */
export function esbuildOptions({ runtime, properties }: Pick<Bundling, "runtime" | "properties">) {
  const { install = [], loader, splitting = false, minify = false, banner = "", esbuild: own = {} } = properties as NodeOptions;
  const installed = Array.isArray(install) ? (install as readonly string[]) : Object.keys(install);
  return {
    absWorkingDir: root,
    bundle: true,
    platform: "node",
    format: "esm",
    target: own.target ?? targets[runtime] ?? "es2023",
    mainFields: own.mainFields ?? ["module", "main"],
    ...(own.conditions && { conditions: own.conditions }),
    ...(own.define && { define: own.define }),
    ...(loader && { loader }),
    external: ["sharp", "pg-native", ...installed, ...(own.external ?? [])],
    keepNames: own.keepNames ?? true,
    minify,
    splitting,
    banner: { js: commonJs + banner },
    metafile: true,
    logLevel: "silent",
  } as const satisfies BuildOptions;
}

/** Bundles a handler into a directory as SST does, with the same version of esbuild. Answers with a sentence when that fails. */
export async function bundle({ file, runtime, properties }: Bundling, out: string): Promise<FreshBundle | Refusal> {
  const options = esbuildOptions({ runtime, properties });
  try {
    const { metafile, warnings } = await build({
      ...options,
      entryPoints: [file],
      sourcemap: (properties as NodeOptions).esbuild?.sourcemap ?? "linked",
      ...(options.splitting
        ? { outdir: out, outExtension: { ".js": ".mjs" }, entryNames: "bundle" }
        : { outfile: path.join(out, "bundle.mjs") }),
    });
    const outputs = within(out, metafile.outputs);
    return { out, outputs, sources: Object.keys(metafile.inputs), warnings: warnings.map(({ text }) => text) };
  } catch (error) {
    return { refusal: failureOf(error).line };
  }
}

/** esbuild names files as they lie under its working directory; a bundle may be moved. */
function within(out: string, outputs: Metafile["outputs"]): Metafile["outputs"] {
  const nameOf = (file: string): string => path.relative(out, path.resolve(root, file));
  return Object.fromEntries(
    Object.entries(outputs).map(([file, output]) => [
      nameOf(file),
      { ...output, imports: output.imports.map((one) => (one.external ? one : { ...one, path: nameOf(one.path) })) },
    ]),
  );
}

/** How large a bundle is, given the files that were loaded when it started. */
export function sizeOf(
  { out, outputs }: Bundle,
  loaded: readonly string[],
): Pick<Built, "bytes" | "eagerBytes" | "startBytes" | "startBytesByPackage"> {
  const modules = Object.entries(outputs).filter(([file]) => !file.endsWith(".map"));
  const started = modules.filter(([file]) => loaded.includes(path.join(out, file)));
  const byPackage: Record<string, number> = {};
  for (const [, { inputs }] of started) {
    for (const [source, { bytesInOutput }] of Object.entries(inputs)) {
      const name = [...source.matchAll(/node_modules\/((?:@[^/]+\/)?[^/]+)/g)].at(-1)?.[1] ?? "(app)";
      byPackage[name] = (byPackage[name] ?? 0) + bytesInOutput;
    }
  }
  const total = (files: typeof modules): number => files.reduce((sum, [, { bytes }]) => sum + bytes, 0);
  return {
    bytes: total(modules),
    eagerBytes: total(eagerOf(outputs, "bundle.mjs")),
    startBytes: total(started),
    startBytesByPackage: byPackage,
  };
}

/** A module and everything that it imports statically, and so on. */
export function eagerOf(outputs: Bundle["outputs"], entry: string): [string, Bundle["outputs"][string]][] {
  const eager = new Map<string, Bundle["outputs"][string]>();
  const waiting = [entry];
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    const output = outputs[file];
    if (!output || eager.has(file)) continue;
    eager.set(file, output);
    waiting.push(
      ...output.imports.filter(({ kind, external }) => kind === "import-statement" && !external).map((imported) => imported.path),
    );
  }
  return [...eager];
}

/** Those of the names that stand somewhere in a bundle's code, which may know them without the prefix that its environment tells. */
export function namedIn({ out, outputs }: Bundle, names: readonly string[], prefix: string): string[] {
  const modules = names.length === 0 ? [] : Object.keys(outputs).filter((file) => file.endsWith(".mjs"));
  const code = modules.map((file) => readFileSync(path.join(out, file), "utf8")).join("\n");
  const known = (name: string): string => (name.startsWith(prefix) ? name.slice(prefix.length) : name);
  return names.filter((name) => new RegExp(`\\b${known(name)}\\b`).test(code));
}
