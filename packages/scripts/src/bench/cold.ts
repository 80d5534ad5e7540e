import { execFile } from "node:child_process";
import path from "node:path";
import { promisify } from "node:util";
import type { Built } from "@pendo/infra/evaluated";
import { type Bundle, sizeOf } from "@pendo/infra/evaluate/bundle";
import { keptBundle } from "@pendo/infra/evaluate/keptBundle";
import { start } from "@pendo/infra/evaluate/start";
import { bundling, type Entry } from "@pendo/infra/startBudgets";

type Links = Parameters<typeof start>[0]["links"];

/** A bundled entry, and how much of it is loaded when. */
export interface ColdEntry extends Entry {
  readonly bundle: Bundle;
  readonly size: Pick<Built, "bytes" | "eagerBytes" | "startBytes" | "startBytesByPackage">;
}

const region = "eu-west-1";
const run = promisify(execFile);

// Plain JavaScript, so that Node has no types to strip. `argv[1]` is the first argument, since there is no file.
const child = `
if (process.argv[1]) await import(process.argv[1]);
const { user, system } = process.cpuUsage();
process.stdout.write(String((user + system) / 1000));
process.exit(0);`;

/** Bundles an entry as it is deployed, and starts it once to see what it loads. Throws where it does not start. */
export async function bundled(entry: Entry, links: Links): Promise<ColdEntry> {
  const made = await keptBundle({ ...bundling, file: entry.file });
  if ("refusal" in made) throw new Error(`${entry.name} cannot be bundled: ${made.refusal}`);
  const exported = entry.name === "authorizer" ? "session" : "handler";
  const { refusal, loaded } = await start({ entry: fileOf(made), exported, links, environment: {}, region });
  if (refusal !== undefined) throw new Error(`${entry.name} does not start: ${refusal}`);
  return { ...entry, bundle: made, size: sizeOf(made, loaded) };
}

/** Milliseconds of processor time, user and system, of a process that imports the bundle; of a bare Node without one. */
export async function cpuMsOf(bundle: Bundle | null, links: Links): Promise<number> {
  const { stdout } = await run(process.execPath, ["--input-type=module", "-e", child, ...(bundle ? [fileOf(bundle)] : [])], {
    env: { AWS_REGION: region, SST_RESOURCES_JSON: JSON.stringify(links) },
  });
  return Number(stdout);
}

/** The median; of an even count, the mean of the two in the middle. NaN of nothing. */
export function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? (sorted[middle] ?? NaN) : ((sorted[middle - 1] ?? NaN) + (sorted[middle] ?? NaN)) / 2;
}

function fileOf({ out }: Bundle): string {
  return path.join(out, "bundle.mjs");
}
