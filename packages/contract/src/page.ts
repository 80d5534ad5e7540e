import * as z from "zod";
import { wholeNumberText } from "./number.ts";

// Every list is bounded. An opaque cursor leads to its next page.
export const Cursor = z
  .string()
  .max(512)
  .regex(/^[A-Za-z0-9_.-]+$/, "is not a cursor");

/** The query fields of every list. */
export function pageInput(limitMax = 100, limitDefault = 25) {
  return { cursor: Cursor.optional(), limit: wholeNumberText(1, limitMax).default(limitDefault) };
}

/** A page of a list. `next` is null on the last page. */
export function page<T extends z.ZodType>(item: T) {
  return z.object({ items: z.array(item), next: z.string().nullable() });
}
