import { readFileSync } from "node:fs";
import { build } from "esbuild";
import { platformModules, root, work } from "./places.ts";

interface Program {
  /** The program's text, which imports the configuration. */
  readonly code: string;
  readonly config: string;
  readonly outfile: string;
  /** Goes before everything, once. */
  readonly banner?: string;
  /** Goes before every file, on its first line, so that lines keep their numbers: the globals of SST and of the providers. */
  readonly globals?: string;
  readonly define?: Record<string, string>;
  readonly inject?: string[];
}

// What SST's own program puts before the configuration, so that CommonJS habits work in it.
const commonJs = `
import { createRequire as topLevelCreateRequire } from 'module';
const require = topLevelCreateRequire(import.meta.url);
import { fileURLToPath as topLevelFileUrlToPath, URL as topLevelURL } from "url"
const __filename = topLevelFileUrlToPath(import.meta.url)
const __dirname = topLevelFileUrlToPath(new topLevelURL(".", import.meta.url))
`;

// They are loaded from the platform as they are, because their modules hold state that must exist once.
const external = [
  ...["@pulumi/*", "@pulumiverse/*", "@sst-provider/*", "@aws-sdk/*"],
  ...["undici", "esbuild", "archiver", "glob", "vite"],
];

/** Bundles the configuration as SST's program does (pkg/js/js.go), and returns the files that it is made of, relative to the root. */
export async function buildProgram({ code, config, outfile, banner = "", globals, define, inject }: Program): Promise<string[]> {
  const { metafile } = await build({
    stdin: { contents: code, resolveDir: root, sourcefile: "eval.ts", loader: "ts" },
    absWorkingDir: root,
    nodePaths: [platformModules],
    bundle: true,
    platform: "node",
    format: "esm",
    mainFields: ["module", "main"],
    external,
    banner: { js: commonJs + banner },
    ...(define && { define }),
    ...(inject && { inject }),
    sourcemap: "linked",
    logLevel: "silent",
    metafile: true,
    outfile,
    plugins: [
      {
        name: "top-level imports",
        setup({ onResolve }) {
          if (globals !== undefined) return;
          onResolve({ filter: /.*/ }, ({ importer, kind, path }) => {
            if (importer !== config || kind !== "import-statement") return undefined;
            return { errors: [{ text: `The configuration may have no top-level imports: import "${path}" inside run()` }] };
          });
        },
      },
      {
        name: "globals",
        setup({ onLoad }) {
          if (globals === undefined) return;
          onLoad({ filter: /\.(js|ts|jsx|tsx)$/ }, ({ path }) =>
            path.startsWith(work) ? undefined : { contents: globals + readFileSync(path, "utf8"), loader: "default" },
          );
        },
      },
    ],
  });
  return Object.keys(metafile.inputs).filter((file) => !file.startsWith("<") && file !== "eval.ts");
}
