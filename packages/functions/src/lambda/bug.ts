import { scrub } from "@pendo/core/scrub";

/** A bug without anything that a caller may have written. */
export interface Bug {
  readonly type: string;
  /** What the thrower said, scrubbed. */
  readonly message: string;
  /** What the thrower names as a code, such as PostgreSQL's or Node's. */
  readonly code: string | null;
  /** Where in our code and the libraries it was thrown. */
  readonly stack: string;
  /** The same of its causes, from the nearest on. */
  readonly causes: string;
}

const NAME = /^[A-Za-z][\w.$]{0,79}$/;
const FRAME = /^ {4}at (async |new )?([\w$.<>[\] #]{1,120} \()?(file:\/\/\/|\/|node:|[A-Z]:\\)[^\s()"']{1,300}:\d{1,7}:\d{1,7}\)?$/;
const FRAMES_MAX = 30;
const CAUSES_MAX = 5;

/**
 * Says what was thrown and where. Parsers quote what they could not read, databases quote the row, clients quote the address with its token: of its
 * message these are replaced.
 */
export function describeBug(error: unknown): Bug {
  const causes: string[] = [];
  for (let cause = causeOf(error); cause !== undefined && causes.length < CAUSES_MAX; cause = causeOf(cause)) {
    const code = codeOf(cause);
    causes.push(`${typeOf(cause)}${code === null ? "" : ` ${code}`}: ${messageOf(cause)}\n${framesOf(cause)}`);
  }
  return { type: typeOf(error), message: messageOf(error), code: codeOf(error), stack: framesOf(error), causes: causes.join("\n") };
}

function typeOf(error: unknown): string {
  if (!(error instanceof Error)) return `thrown ${typeof error}`;
  return NAME.test(error.name) ? error.name : "Error";
}

function messageOf(error: unknown): string {
  return error instanceof Error && typeof error.message === "string" ? scrub(error.message) : "";
}

function codeOf(error: unknown): string | null {
  if (typeof error !== "object" || error === null || !("code" in error)) return null;
  const code = String(error.code);
  return NAME.test(code) || /^[0-9A-Z]{5}$/.test(code) ? code : null;
}

function causeOf(error: unknown): unknown {
  return error instanceof Error ? error.cause : undefined;
}

function framesOf(error: unknown): string {
  if (!(error instanceof Error) || typeof error.stack !== "string") return "";
  // The stack begins with the message, which may hold lines that look like frames.
  const start = error.stack.lastIndexOf(error.message);
  const frames = error.message && start >= 0 ? error.stack.slice(start + error.message.length) : error.stack;
  return frames
    .split("\n")
    .filter((line) => FRAME.test(line))
    .slice(0, FRAMES_MAX)
    .join("\n");
}
