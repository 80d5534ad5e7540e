// Reads JSON whose shape a provider decides, by paths such as "clusterConfig.instanceCount" and "rules[0].priority". What is not there is undefined,
// or empty; what is there and of another kind is a mistake of the reader, and throws.

import type { Document } from "./evaluated.ts";

/** The value at a path. Text that holds JSON, as policies often are, is read through. */
export function at(value: unknown, path: string): unknown {
  const steps = path.replaceAll(/\[(\d+)\]/g, ".$1").split(".");
  let here = value;
  for (const step of steps) {
    const parsed = typeof here === "string" ? parsedJson(here) : here;
    if (typeof parsed !== "object" || parsed === null) return undefined;
    here = (parsed as Record<string, unknown>)[step];
  }
  return here ?? undefined;
}

/**
 * The text at a path; undefined where nothing is there.
 * @throws {Error} where the value is of another kind
 */
export function textAt(value: unknown, path: string): string | undefined {
  return checked(value, path, (found): found is string => typeof found === "string", "text");
}

/**
 * The number at a path; undefined where nothing is there.
 * @throws {Error} where the value is of another kind
 */
export function numberAt(value: unknown, path: string): number | undefined {
  return checked(value, path, (found): found is number => typeof found === "number", "a number");
}

/**
 * The boolean at a path; undefined where nothing is there.
 * @throws {Error} where the value is of another kind
 */
export function flagAt(value: unknown, path: string): boolean | undefined {
  return checked(value, path, (found): found is boolean => typeof found === "boolean", "a flag");
}

/** A list; one value alone counts as a list of one, as in policies. */
export function listAt(value: unknown, path: string): readonly unknown[] {
  const found = at(value, path);
  if (found === undefined) return [];
  return Array.isArray(found) ? (found as unknown[]) : [found];
}

/** A list of texts. */
export function textsAt(value: unknown, path: string): readonly string[] {
  return listAt(value, path).map((found) => {
    if (typeof found === "string") return found;
    throw new Error(`${path} holds ${JSON.stringify(found)}, which is not text.`);
  });
}

/** A list of documents. */
export function documentsAt(value: unknown, path: string): readonly Document[] {
  return listAt(value, path).map((found) => documentOf(found, path));
}

/** A document, given as such or as JSON text. */
export function documentAt(value: unknown, path: string): Document {
  const found = at(value, path);
  return found === undefined ? {} : documentOf(found, path);
}

function documentOf(found: unknown, path: string): Document {
  const parsed = typeof found === "string" ? parsedJson(found) : found;
  if (typeof parsed === "object" && parsed !== null && !Array.isArray(parsed)) return parsed as Document;
  throw new Error(`${path} holds ${JSON.stringify(found)}, which is no document.`);
}

function checked<Found>(value: unknown, path: string, is: (found: unknown) => found is Found, kind: string): Found | undefined {
  const found = at(value, path);
  if (found === undefined || is(found)) return found;
  throw new Error(`${path} holds ${JSON.stringify(found)}, which is not ${kind}.`);
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
