import path from "node:path";
import { root } from "./places.ts";

/** What went wrong while the graph was evaluated: one readable line, and everything that is known. */
export interface Failure {
  readonly line: string;
  readonly detail: string;
}

interface BuildFailure {
  readonly errors: readonly { readonly text: string; readonly location: { file: string; line: number } | null }[];
}

/** Any thrown value as a failure. A line says where in the configuration it came from, unless it was thrown there to be read. */
export function failureOf(thrown: unknown): Failure {
  if (isBuildFailure(thrown)) {
    const lines = thrown.errors.map(({ text, location }) => `${text}${location ? ` (${shortened(location.file)}:${location.line})` : ""}`);
    return { line: oneLine(lines[0] ?? "The configuration cannot be built."), detail: lines.join("\n") };
  }
  const error = thrown instanceof Error ? thrown : new Error(String(thrown));
  const { message, stack = message } = error;
  const frames = stack
    .slice(stack.startsWith(String(error)) ? String(error).length : 0)
    .split("\n")
    .filter((line) => /^\s+at /.test(line))
    .map(placeOf);
  const own = frames.findIndex((frame) => frame !== undefined);
  // Thrown by the configuration's own code, on purpose: the message stands for itself.
  const meant = own === 0 && error.constructor.name === "Error";
  const place = meant || own < 0 || isVisible(error) ? "" : ` (${frames[own]})`;
  return { line: `${oneLine(message || String(error))}${place}`, detail: stack };
}

/** SST's own errors that are made to be read. */
function isVisible(error: Error): boolean {
  for (let kind: unknown = error.constructor; typeof kind === "function"; kind = Object.getPrototypeOf(kind))
    if (/^_?VisibleError$/.test(kind.name)) return true;
  return false;
}

/** `stacks/queues.ts:12` of a stack's line, where that is a file of ours. */
function placeOf(line: string): string | undefined {
  const [, file, at] = /\(?(?:file:\/\/)?([^\s()]+?):(\d+):\d+\)?$/.exec(line) ?? [];
  if (file === undefined || !path.isAbsolute(file)) return undefined;
  const short = shortened(file);
  return /^\.\.|^\.sst|node_modules|^packages\/infra\/src\/evaluate\/[^/]+$/.test(short) ? undefined : `${short}:${at}`;
}

function shortened(file: string): string {
  return path.relative(root, path.resolve(root, file));
}

function isBuildFailure(thrown: unknown): thrown is BuildFailure {
  return thrown instanceof Error && "errors" in thrown && Array.isArray(thrown.errors) && "warnings" in thrown;
}

function oneLine(text: string): string {
  return text
    .trim()
    .split(/\s*\n\s*/)
    .join(" ");
}
