import path from "node:path";
import { build, type BuildOptions, type Loader, type Metafile } from "esbuild";
import type { Built, Document, FunctionBuild } from "../evaluated.ts";
import { failureOf } from "./failure.ts";
import { root } from "./places.ts";

/** A bundle on the disk. */
export interface Bundle {
  readonly entry: string;
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

interface Bundling extends Pick<FunctionBuild, "runtime" | "properties"> {
  readonly file: string;
  readonly out: string;
}

/** Bundles a handler as SST 4.17 does (pkg/runtime/node/build.go), with the same version of esbuild. Answers with a sentence when that fails. */
export async function bundle({ file, out, runtime, properties }: Bundling): Promise<Bundle | { readonly refusal: string }> {
  const { install = [], loader, splitting = false, minify = false, banner = "", esbuild: own = {} } = properties as NodeOptions;
  const installed = Array.isArray(install) ? (install as readonly string[]) : Object.keys(install);
  try {
    const { metafile, warnings } = await build({
      entryPoints: [file],
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
      sourcemap: own.sourcemap ?? "linked",
      splitting,
      ...(splitting ? { outdir: out, outExtension: { ".js": ".mjs" }, entryNames: "bundle" } : { outfile: path.join(out, "bundle.mjs") }),
      banner: { js: commonJs + banner },
      metafile: true,
      logLevel: "silent",
    });
    return { entry: path.join(out, "bundle.mjs"), outputs: metafile.outputs, warnings: warnings.map(({ text }) => text) };
  } catch (error) {
    return { refusal: failureOf(error).line };
  }
}

/** How large a bundle is, given the files that were loaded when it started. */
export function sizeOf(
  { outputs }: Bundle,
  loaded: readonly string[],
): Pick<Built, "bytes" | "eagerBytes" | "startBytes" | "startBytesByPackage"> {
  const modules = Object.entries(outputs).filter(([file]) => !file.endsWith(".map"));
  const started = modules.filter(([file]) => loaded.includes(path.resolve(root, file)));
  const byPackage: Record<string, number> = {};
  for (const [, { inputs }] of started) {
    for (const [source, { bytesInOutput }] of Object.entries(inputs)) {
      const name = [...source.matchAll(/node_modules\/((?:@[^/]+\/)?[^/]+)/g)].at(-1)?.[1] ?? "(app)";
      byPackage[name] = (byPackage[name] ?? 0) + bytesInOutput;
    }
  }
  const total = (files: typeof modules): number => files.reduce((sum, [, { bytes }]) => sum + bytes, 0);
  return { bytes: total(modules), eagerBytes: total(eagerOf(outputs)), startBytes: total(started), startBytesByPackage: byPackage };
}

/** The module that Lambda asks for, and everything that it imports statically. */
function eagerOf(outputs: Bundle["outputs"]): [string, Bundle["outputs"][string]][] {
  const eager = new Map<string, Bundle["outputs"][string]>();
  const waiting = Object.keys(outputs).filter((file) => path.basename(file) === "bundle.mjs");
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
