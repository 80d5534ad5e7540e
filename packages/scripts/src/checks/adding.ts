import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";

/** A step of docs/adding.md: a whole new file, a change of a file, or a command. */
export type Step =
  | { readonly kind: "file" | "diff"; readonly file: string; readonly text: string }
  | { readonly kind: "command"; readonly command: string };

const MIGRATIONS = "packages/core/migrations";

/** The steps as the page prints them: numbered, each with a path or a command in backticks at its beginning. */
export function stepsOf(page: string): Step[] {
  return [...page.matchAll(/^\d+\. `([^`]+)`.*\n([^]*?)(?=^\d+\. |^## |(?![^]))/gm)].map(([, subject = "", body = ""]) => {
    if (subject.startsWith("npm ")) return { kind: "command", command: subject };
    const [, indent = "", language, text = ""] = /^( *)```(\w+)\n([^]*?)^ *```$/m.exec(body) ?? [];
    if (language === undefined) throw new Error(`The step of ${subject} has no block.`);
    const content = text.replaceAll(new RegExp(`^${indent}`, "gm"), "");
    return { kind: language === "diff" ? "diff" : "file", file: subject, text: content };
  });
}

/** Carries out a step in the repository at `root`. Throws where the page no longer fits the file. */
export function applyStep(step: Exclude<Step, { kind: "command" }>, root: string): void {
  const file = path.join(root, step.file.replace(`${MIGRATIONS}/NNNN`, `${MIGRATIONS}/${nextNumber(root)}`));
  if (step.kind === "diff") {
    writeFileSync(file, changed(readFileSync(file, "utf8"), step.text, step.file));
    return;
  }
  if (existsSync(file)) throw new Error(`${step.file} exists already.`);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, step.text);
}

function nextNumber(root: string): string {
  const last = readdirSync(path.join(root, MIGRATIONS)).toSorted().at(-1) ?? "0";
  return String(Number.parseInt(last, 10) + 1).padStart(4, "0");
}

/** `text` with the hunks of a diff without line numbers: each must fit in exactly one place. */
export function changed(text: string, diff: string, file: string): string {
  return diff
    .split(/^@@\n/m)
    .reduce((lines, hunk) => withHunk(lines, hunk.trimEnd().split("\n"), file), text.split("\n"))
    .join("\n");
}

function withHunk(lines: readonly string[], hunk: readonly string[], file: string): string[] {
  const before = hunk.filter((line) => !line.startsWith("+")).map((line) => line.slice(1));
  const places = [...lines.keys()].filter((at) => before.every((line, i) => restOf(lines[at + i], line) !== undefined));
  const [at, ...others] = places;
  if (at === undefined || others.length > 0)
    throw new Error(`${file}: "${before.join("\\n")}" is there ${at === undefined ? "not once" : "more than once"}.`);
  let next = at;
  let rest = "";
  const after = hunk.flatMap((line) => {
    if (line.startsWith("+")) return [line.slice(1).replace(/…$/, () => rest)];
    rest = restOf(lines[next], line.slice(1)) ?? "";
    const kept = lines[next++] ?? "";
    return line.startsWith("-") ? [] : [kept];
  });
  return [...lines.slice(0, at), ...after, ...lines.slice(next)];
}

/** What a line has after a pattern that ends in "…"; "" where the two are equal, undefined where they differ. */
function restOf(line: string | undefined, pattern: string): string | undefined {
  if (line === undefined) return undefined;
  if (!pattern.endsWith("…")) return line === pattern ? "" : undefined;
  const prefix = pattern.slice(0, -1);
  return line.startsWith(prefix) ? line.slice(prefix.length) : undefined;
}
