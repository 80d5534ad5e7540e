import * as z from "zod";
import { wholeNumberText } from "./number.ts";

// Every list is bounded, and continues behind an opaque cursor.
export const Cursor = z
  .string()
  .max(512)
  .regex(/^[A-Za-z0-9_.-]+$/, "is not a cursor");

/** The two query fields of every list. */
export function pageInput(limitMax = 100, limitDefault = 25) {
  return { cursor: Cursor.optional(), limit: wholeNumberText(1, limitMax).default(limitDefault) };
}

/** The answer of every list: `next` is null on the last page. */
export function page<T extends z.ZodType>(item: T) {
  return z.object({ items: z.array(item), next: z.string().nullable() });
}
