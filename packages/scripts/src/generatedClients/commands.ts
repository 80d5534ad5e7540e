import { copyFile, mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { root } from "../faults/faults.ts";
import type { Tools } from "./install.ts";
import { type LanguageName, quickJava } from "./languages.ts";
import type { Step } from "./results.ts";

/** A command that must end with 0, and what it does. */
export interface Command {
  readonly done: Step["done"];
  readonly program: string;
  readonly args: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
}

/** Where a language's files are: the generated client, and everything else. */
export interface Place {
  readonly client: string;
  readonly work: string;
}

/** A language's own directory. In TypeScript and Python the walk imports the client from beside it. */
export function placeOf(directory: string, language: LanguageName): Place {
  const work = path.join(directory, language);
  return { work, client: path.join(work, language === "typescript" ? "pendo" : "client") };
}

/** Writes what a client needs beside it. */
export async function prepare(language: LanguageName, { work }: Place): Promise<void> {
  await mkdir(work, { recursive: true });
  const walk = walks[language];
  if (walk !== undefined) await copyFile(path.join(import.meta.dirname, walk), path.join(work, walk));
  for (const [name, text] of Object.entries(configurations[language])) await writeFile(path.join(work, name), text);
}

const walks: Readonly<Record<LanguageName, string | undefined>> = {
  typescript: "walk.ts",
  python: "walk.py",
  kotlin: "Walk.kt",
  swift: undefined,
};

const typescriptOptions = {
  ...{ target: "es2024", lib: ["es2024", "dom", "dom.iterable"], module: "nodenext", outDir: "out" },
  ...{ strict: true, noUncheckedIndexedAccess: true, noImplicitReturns: true, noFallthroughCasesInSwitch: true },
  ...{ types: ["node"], typeRoots: [path.join(root, "node_modules", "@types")], skipLibCheck: true },
};

/** The files with which a compiler reads the walk strictly. */
const configurations: Readonly<Record<LanguageName, Readonly<Record<string, string>>>> = {
  typescript: {
    "package.json": JSON.stringify({ type: "module" }),
    "tsconfig.json": JSON.stringify({ compilerOptions: typescriptOptions, files: [walks.typescript] }),
  },
  python: { "mypy.ini": "[mypy]\nstrict = True\nplugins = pydantic.mypy\n[mypy-pendo.*]\nignore_errors = True\n" },
  kotlin: {},
  swift: {},
};

/** What compiles a client and walks the main job with it. `args` are those of the walk. */
export function commandsOf(language: LanguageName, tools: Tools, { work, client }: Place, args: readonly string[]): Command[] {
  switch (language) {
    case "typescript":
      return [
        { done: "compiled", program: process.execPath, args: [path.join(root, "scripts/run.mjs"), "tsc", "-p", work] },
        { done: "walked", program: process.execPath, args: [path.join(work, "out/walk.js"), ...args] },
      ];
    case "python":
      return [
        { done: "compiled", program: tools.python, args: ["-m", "compileall", "-q", client] },
        { done: "checked", program: tools.python, args: ["-m", "mypy", "walk.py"], environment: { MYPYPATH: client } },
        { done: "walked", program: tools.python, args: ["walk.py", ...args], environment: { PYTHONPATH: client } },
      ];
    case "kotlin":
      return kotlinCommands(tools, { work, client }, args);
    case "swift":
      // Its clients are for Apple's platforms.
      return process.platform === "darwin" ? [{ done: "compiled", program: "swift", args: ["build", "--package-path", client] }] : [];
  }
}

function kotlinCommands(tools: Tools, { work, client }: Place, args: readonly string[]): Command[] {
  const libraries = tools.kotlinLibraries.join(path.delimiter);
  const classes = path.join(work, "classes");
  const sources = [path.join(client, "src/main/kotlin"), path.join(work, "Walk.kt")];
  const compiler = [...quickJava, "-cp", tools.kotlinCompiler.join(path.delimiter), "org.jetbrains.kotlin.cli.jvm.K2JVMCompiler"];
  return [
    {
      done: "compiled",
      program: "java",
      args: [
        ...compiler,
        "-no-stdlib",
        "-no-reflect",
        "-nowarn",
        `-Xplugin=${tools.kotlinPlugin}`,
        "-cp",
        libraries,
        "-d",
        classes,
        ...sources,
      ],
    },
    { done: "walked", program: "java", args: ["-cp", [classes, libraries].join(path.delimiter), "WalkKt", ...args] },
  ];
}
