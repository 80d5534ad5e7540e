import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";

const root = path.resolve(import.meta.dirname, "../../..");

/** A piece of code and the one mistake that must keep it from compiling. */
export interface Mistake {
  readonly promise: string;
  /**
   * Holds `<<right|wrong>>` once: the code compiles with the first and must not compile with the second. The error is
   * expected on that line, or on the line that ends in `// error` where the compiler reports it elsewhere.
   */
  readonly code: string;
}

export interface Verdict {
  /** The lines of the mistaken code that have errors; it should be one line. */
  readonly wrongLines: readonly number[];
  /** Where the error is expected. */
  readonly line: number;
  /** What the compiler says of the right code; it should be nothing. */
  readonly rightErrors: readonly string[];
}

const choice = /<<(.*?)\|(.*?)>>/s;

/** Compiles all the code, right and wrong, under the repository's own settings and in one run of the compiler. */
export function compile(mistakes: readonly Mistake[]): Verdict[] {
  mkdirSync(path.join(root, ".cache"), { recursive: true });
  // Inside the repository, so that its packages are found.
  const dir = mkdtempSync(path.join(root, ".cache", "mistakes-"));
  try {
    mistakes.forEach(({ promise, code }, index) => {
      if (code.split("<<").length !== 2 || !choice.test(code)) throw new Error(`"${promise}" needs exactly one <<right|wrong>>.`);
      writeFileSync(path.join(dir, `right${index}.ts`), code.replace(choice, "$1"));
      writeFileSync(path.join(dir, `wrong${index}.ts`), code.replace(choice, "$2"));
    });
    // A mistake must be an error by itself, and not because it leaves something unused.
    const compilerOptions = { noUnusedLocals: false, noUnusedParameters: false };
    writeFileSync(path.join(dir, "tsconfig.json"), JSON.stringify({ extends: "../../tsconfig.json", compilerOptions, include: ["*.ts"] }));
    const errors = runCompiler(dir);
    return mistakes.map(({ code }, index) => ({
      wrongLines: [...new Set(errors.filter(({ file }) => file === `wrong${index}.ts`).map(({ line }) => line))],
      line: expectedLine(code),
      rightErrors: errors.filter(({ file }) => file === `right${index}.ts`).map(({ line, text }) => `${line}: ${text}`),
    }));
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

interface CompileError {
  readonly file: string;
  readonly line: number;
  readonly text: string;
}

function runCompiler(dir: string): CompileError[] {
  const require = createRequire(import.meta.url);
  const tsc = path.join(path.dirname(require.resolve("typescript/package.json")), "bin/tsc");
  const { stdout, stderr, status } = spawnSync(process.execPath, [tsc, "-p", ".", "--pretty", "false"], { cwd: dir, encoding: "utf8" });
  // An error outside these files belongs to `npm run typecheck`; one about the settings would make every test meaningless.
  const broken = /^error TS\d+.*$/m.exec(stdout)?.[0] ?? (status === null || stderr ? stderr || "tsc was killed" : undefined);
  if (broken !== undefined) throw new Error(broken);
  return [...stdout.matchAll(/^((?:right|wrong)\d+\.ts)\((\d+),\d+\): error (.*)$/gm)].map(([, file = "", line, text = ""]) => ({
    file,
    line: Number(line),
    text,
  }));
}

function expectedLine(code: string): number {
  const lines = code.replace(choice, "<<>>").split("\n");
  const marked = lines.findIndex((line) => line.endsWith("// error"));
  return 1 + (marked === -1 ? lines.findIndex((line) => line.includes("<<>>")) : marked);
}
