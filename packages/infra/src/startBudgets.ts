import path from "node:path";
import { contractEntries, writeEntries, type EntryKind as ContractKind } from "@pendo/functions/lambda/entries";
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

export type EntryKind = ContractKind | "other";

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

/** The entries of the contract, which are written first, those of the socket and of the authorizers. */
export function entries(): Entry[] {
  writeEntries(root);
  const generated = contractEntries().map(({ kind, name, path: file }) => ({ name: `${kind}/${name}`, kind, file: path.join(root, file) }));
  const others = ["socket", "authorizer"].map((name) => ({
    ...{ name, kind: "other" as const },
    file: path.join(root, "packages/functions/src/lambda", `${name}.ts`),
  }));
  return [...generated, ...others];
}
