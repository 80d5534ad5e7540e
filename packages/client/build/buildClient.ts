import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { build, type Plugin } from "esbuild";
import * as contractData from "@pendo/client/contractData";
import manifest from "../package.json" with { type: "json" };

const here = path.resolve(import.meta.dirname, "..");
const root = path.resolve(here, "../..");
const run = promisify(execFile);

/** Writes the package: one module, its declarations with those of the contract, and a manifest. */
export async function buildClient(directory: string): Promise<void> {
  await rm(directory, { recursive: true, force: true });
  await mkdir(directory, { recursive: true });
  await Promise.all([bundle(directory), declare(directory)]);
  await writeFile(path.join(directory, "package.json"), `${JSON.stringify(published, null, 2)}\n`);
  await writeFile(path.join(directory, "README.md"), readme);
  await cp(path.join(root, "LICENSE"), path.join(directory, "LICENSE"));
}

const published = {
  name: manifest.name,
  version: manifest.version,
  description: "The typed client of Pendo: HTTP, and a socket that reconnects.",
  license: "Apache-2.0",
  type: "module",
  sideEffects: false,
  engines: { node: ">=20" },
  exports: { ".": { types: "./types/client/src/index.d.ts", default: "./index.js" } },
  // For the declarations alone: no code of it is loaded.
  dependencies: { zod: manifest.dependencies.zod },
};

const readme = `# @pendo/client

The typed client of Pendo, for browsers and Node 20 or newer. On Node 20, give \`live\` the WebSocket of the package \`ws\`.
The quickstart is docs/quickstart.md in the repository of Pendo.
`;

async function bundle(directory: string): Promise<void> {
  await build({
    entryPoints: [path.join(here, "src/index.ts")],
    outfile: path.join(directory, "index.js"),
    bundle: true,
    format: "esm",
    platform: "neutral",
    target: ["es2022", "node20"],
    sourcemap: "linked",
    plugins: [valuesOfContract],
    logLevel: "error",
  });
}

/** Puts the values of contractData.ts in its place. */
const valuesOfContract: Plugin = {
  name: "values of the contract",
  setup: ({ onLoad }) => {
    onLoad({ filter: /\/contractData\.ts$/ }, () => ({
      contents: Object.entries(contractData)
        .map(([name, value]) => `export const ${name} = ${JSON.stringify(value)};`)
        .join("\n"),
      loader: "js",
    }));
  },
};

/** The declarations of the client and of what it uses of the contract, without names that only this repository resolves. */
async function declare(directory: string): Promise<void> {
  const types = path.resolve(directory, "types");
  const cache = path.join(root, ".cache");
  await mkdir(cache, { recursive: true });
  const work = await mkdtemp(path.join(cache, "client-types-"));
  try {
    const compilerOptions = {
      ...{ noEmit: false, declaration: true, emitDeclarationOnly: true, incremental: false, tsBuildInfoFile: null },
      ...{ outDir: types, rootDir: path.join(root, "packages") },
    };
    const project = path.join(work, "tsconfig.json");
    // The contract is named besides, since declarations are made of no module that is found under node_modules.
    const include = [path.join(here, "src/index.ts"), path.join(root, "packages/contract/src")];
    const settings = { extends: path.join(root, "tsconfig.json"), compilerOptions, include, exclude: ["**/*.test.ts"] };
    await writeFile(project, JSON.stringify(settings));
    await run(process.execPath, [path.join(root, "scripts/run.mjs"), "tsc", "-p", project], { cwd: root });
  } finally {
    await rm(work, { recursive: true });
  }
  for (const file of await readdir(types, { recursive: true })) {
    if (!file.endsWith(".d.ts")) continue;
    const at = path.join(types, file);
    const toContract = path.posix.relative(path.posix.dirname(file.split(path.sep).join("/")), "contract/src");
    const text = await readFile(at, "utf8");
    await writeFile(
      at,
      text
        .replaceAll(/(["'])@pendo\/contract\/([\w/]+)\1/g, (_, quote: string, name: string) => `${quote}${toContract}/${name}.js${quote}`)
        .replaceAll(/(["'])(\.{1,2}\/[\w/.]+)\.ts\1/g, "$1$2.js$1"),
    );
  }
}
