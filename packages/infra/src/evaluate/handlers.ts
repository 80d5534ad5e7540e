import { existsSync, linkSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { build } from "esbuild";
import type { FunctionBuild } from "../evaluated.ts";
import type { Bundle, Bundling, Refusal } from "./bundle.ts";
import { keptBundle } from "./keptBundle.ts";
import { root } from "./places.ts";
import type { Method } from "./rpc.ts";
import type { Turns } from "./turns.ts";

type BuildRequest = Omit<FunctionBuild, "built"> & { readonly bundle?: string };

interface BuildReply {
  readonly handler: string;
  readonly out: string;
  readonly errors: readonly string[];
  readonly sourcemaps: readonly string[];
}

interface Building {
  /** A directory of this evaluation alone. */
  readonly scratch: string;
  /** Whether handlers are bundled, or only looked for. */
  readonly bundle: boolean;
  readonly functions: FunctionBuild[];
  /** Bundles by the function's component. */
  readonly bundles: Map<string, Bundle>;
  /** Functions of the same file and options share a bundle, as those of two regions do. */
  readonly shared: Map<string, Promise<Bundle | Refusal>>;
  readonly turns: Turns;
}

/** The part of SST that builds functions: finds each handler and its export, and bundles it if asked to. */
export function handlerMethods(building: Building): Record<string, Method> {
  return {
    "Runtime.Build": (input) => buildHandler(input as unknown as BuildRequest, building),
    "Runtime.AddTarget": async (input) => {
      const { errors } = await buildHandler(input as unknown as BuildRequest, { ...building, bundle: false });
      if (errors[0] !== undefined) throw new Error(errors[0]);
      return true;
    },
  };
}

async function buildHandler(asked: BuildRequest, building: Building): Promise<BuildReply> {
  const { functionID, handler } = asked;
  const out = path.join(building.scratch, "artifacts", `${functionID}-src`);
  mkdirSync(out, { recursive: true });
  const refuse = (why: string): BuildReply => ({ handler: "", out, errors: [`Function ${functionID}: ${why}`], sourcemaps: [] });
  // Bundled elsewhere, by SST or by a hook.
  if (asked.bundle) {
    building.functions.push(asked);
    return { handler, out: path.resolve(root, asked.bundle), errors: [], sourcemaps: [] };
  }
  const dot = handler.lastIndexOf(".");
  const [base, name] = [handler.slice(0, dot), handler.slice(dot + 1)];
  const file = [".ts", ".tsx", ".mts", ".cts", ".js", ".jsx", ".mjs", ".cjs"]
    .map((extension) => path.resolve(root, base + extension))
    .find((candidate) => existsSync(candidate));
  if (file === undefined) return refuse(`there is no file for the handler ${handler}.`);
  if (!(await exportsOf(file)).has(name)) return refuse(`${path.relative(root, file)} has no export "${name}".`);
  if (building.bundle) {
    const bundled = await bundledOnce({ ...asked, file }, building);
    if ("refusal" in bundled) return refuse(bundled.refusal);
    building.functions.push(asked);
    building.bundles.set(functionID, bundled);
    // A directory of its own, as SST makes one for each function: hooks may change it, while others read the bundle that is kept.
    for (const output of Object.keys(bundled.outputs)) {
      mkdirSync(path.dirname(path.join(out, output)), { recursive: true });
      linkSync(path.join(bundled.out, output), path.join(out, output));
    }
    const maps = Object.keys(bundled.outputs).filter((output) => output.endsWith(".map"));
    // SST names maps, of which it makes resources, only where the option is absent.
    const isNamed = (asked.properties as { sourcemap?: boolean }).sourcemap === undefined;
    const sourcemaps = (isNamed ? maps : []).map((map) => path.join(out, map));
    return { handler: `bundle.${name}`, out, errors: [], sourcemaps };
  }
  building.functions.push(asked);
  writeFileSync(path.join(out, "bundle.mjs"), "export {};\n");
  return { handler: `bundle.${name}`, out, errors: [], sourcemaps: [] };
}

/** Two at a time: each takes all the processor and some hundred megabytes. */
function bundledOnce({ file, runtime, properties }: Bundling, { shared, turns }: Building): Promise<Bundle | Refusal> {
  const key = JSON.stringify([file, runtime, properties]);
  const bundled = shared.get(key) ?? turns(() => keptBundle({ file, runtime, properties }));
  shared.set(key, bundled);
  return bundled;
}

const everything = { has: () => true };

/** The names that a file exports, as far as the file itself tells. */
async function exportsOf(file: string): Promise<{ has(name: string): boolean }> {
  const { metafile } = await build({
    entryPoints: [file],
    write: false,
    metafile: true,
    format: "esm",
    logLevel: "silent",
    outfile: "handler.mjs",
  });
  const names = Object.values(metafile.outputs).flatMap((output) => output.exports);
  return /^export \*/m.test(readFileSync(file, "utf8")) ? everything : new Set(names);
}
