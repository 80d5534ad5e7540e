import type { FaultCode } from "./faults.ts";

/**
 * The `type` of a problem (RFC 9457): the address of the code's entry in the error guide.
 * It is relative, because every stage and every machine has its own guide.
 */
export function problemType(code: FaultCode): string {
  return `/docs/errors#${code}`;
}

/** The `title` of a problem: the code in words, such as `Auth: code invalid`. */
export function problemTitle(code: FaultCode): string {
  const [noun = "", what = ""] = code.split(".");
  const words = what.replace(/([A-Z])/g, " $1").toLowerCase();
  return `${noun[0]?.toUpperCase()}${noun.slice(1)}: ${words}`;
}
