import { Time } from "@pendo/contract/time";
import * as z from "zod";
import { Fault } from "./fault.ts";

/** The key of a list that is sorted by a time, and then by an id. */
export const TimeKey = z.tuple([Time.transform((time) => new Date(time)), z.uuid()]);

/** Makes the opaque cursor of a list from the sort key of its last row. */
export function encode(sortKey: readonly (string | number)[]): string {
  return Buffer.from(JSON.stringify(sortKey)).toString("base64url");
}

/**
 * Reads a cursor back, in the shape that this list gives out.
 * @throws {Fault} `input.invalid`: the cursor is not one of this list; `fields` names `/cursor`
 */
export function decode<Key extends z.ZodType>(cursor: string, sortKey: Key): z.output<Key> {
  const parsed = sortKey.safeParse(jsonOrNull(Buffer.from(cursor, "base64url").toString("utf8")));
  if (!parsed.success) throw strangeCursor();
  return parsed.data;
}

/** For a cursor that is not one of this list, or no longer. */
export const strangeCursor = (): Fault => new Fault("input.invalid", { fields: { "/cursor": "is not a cursor of this list" } });

function jsonOrNull(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
