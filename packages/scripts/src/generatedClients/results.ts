import type { LanguageName } from "./languages.ts";

/** One thing that was done with a client. */
export interface Step {
  readonly done: "generated" | "compiled" | "checked" | "walked";
  readonly sec: number;
  /** What went wrong. Undefined if nothing did. */
  readonly wrong?: string;
}

export interface Result {
  readonly language: LanguageName;
  /** The number of generated files. */
  readonly files: number;
  readonly steps: readonly Step[];
}

/** One line about a client: `python: 412 files, generated in 9 s, compiled in 2 s, walked in 5 s`. */
export function lineOf({ language, files, steps }: Result): string {
  const parts = steps.map(({ done, sec, wrong }) => `${wrong === undefined ? done : `NOT ${done}`} in ${sec} s`);
  return [`${language}: ${files} files`, ...parts].join(", ");
}

/** How many steps passed and failed. */
export function countsOf(results: readonly Result[]): { passed: number; failed: number } {
  const steps = results.flatMap((result) => result.steps);
  const failed = steps.filter(({ wrong }) => wrong !== undefined).length;
  return { passed: steps.length - failed, failed };
}
