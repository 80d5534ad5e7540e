import { readFile } from "node:fs/promises";
import path from "node:path";
import { z } from "zod";

/** The root of the repository. */
export const root = path.resolve(import.meta.dirname, "../../../..");

const Fault = z.strictObject({
  id: z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/),
  area: z.string(),
  /** What holds, as one sentence. */
  promise: z.string(),
  /** The tests that hold it: a file and the full name of a test in it, suites and test joined by " > ". */
  tests: z.array(z.strictObject({ file: z.string(), name: z.string() })),
  /** Names of further tests that the fault breaks at some moments and not at others, such as answers that were under way at a crash. */
  mayFail: z.array(z.string()).optional(),
  /** The patch that brings the fault back; empty where there is none. */
  patch: z.string(),
  /** What was measured with the fault and without it. */
  figures: z.strictObject({ before: z.string(), after: z.string() }).optional(),
});

/** One promise, the tests that hold it, and the patch that breaks it. */
export type Fault = z.infer<typeof Fault>;

/** Reads `faults.json`. Throws a ZodError that names the field where it is malformed. */
export async function readFaults(): Promise<Fault[]> {
  return z.array(Fault).parse(JSON.parse(await readFile(path.join(root, "faults.json"), "utf8")));
}
