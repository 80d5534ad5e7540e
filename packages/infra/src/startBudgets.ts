import { readdirSync } from "node:fs";
import path from "node:path";
import { root } from "./evaluate/places.ts";

/**
 * How every function is bundled. Minified and split: what is loaded later lies in files of its own, and half the bytes are half of what V8 reads.
 * Names are kept (SST's default), so that an error in the log is a `PostgresError` thrown in `relayRound`; that costs 6 % of the bytes.
 * Without maps: Node would read them with the first error, and each costs as much again as the code.
 */
export const bundling = { runtime: "nodejs24.x", properties: { minify: true, splitting: true, sourcemap: false } } as const;

/** What a function may cost before its first request. */
export interface StartBudget {
  /** The entry and what it imports statically. */
  readonly eagerBytes: number;
  /** Everything that is loaded by the time that the handler is there: the adapters of its ports as well. */
  readonly startBytes: number;
  /** Processor time, beyond that of a Node that imports nothing. */
  readonly cpuMs: number;
}

export type EntryKind = "http" | "queue" | "schedule" | "other";

/** People wait for HTTP alone. The others load the SDK of the one service that they are there for while they start. */
export const startBudgets: Readonly<Record<EntryKind, StartBudget>> = {
  http: { eagerBytes: 257_000, startBytes: 450_000, cpuMs: 90 },
  queue: { eagerBytes: 250_000, startBytes: 800_000, cpuMs: 140 },
  schedule: { eagerBytes: 250_000, startBytes: 800_000, cpuMs: 140 },
  other: { eagerBytes: 250_000, startBytes: 800_000, cpuMs: 140 },
};

export interface Entry {
  /** `http/swipes`, `socket`. */
  readonly name: string;
  readonly kind: EntryKind;
  /** Absolute. */
  readonly file: string;
}

/** Where the entries of the functions lie. */
export const lambdas = path.join(root, "packages/functions/src/lambda");

/** The entries that serve the contract, as they lie in packages/functions/src/lambda. */
export function entries(): Entry[] {
  const folders = (["http", "queue", "schedule"] as const).flatMap((kind) =>
    readdirSync(path.join(lambdas, kind))
      .filter((file) => file.endsWith(".ts") && !file.endsWith(".test.ts"))
      .map((file) => ({ name: `${kind}/${path.basename(file, ".ts")}`, kind, file: path.join(lambdas, kind, file) })),
  );
  const others = ["socket", "authorizer"].map((name) => ({ name, kind: "other" as const, file: path.join(lambdas, `${name}.ts`) }));
  return [...folders, ...others];
}
