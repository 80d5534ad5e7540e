import type { Graph } from "../graph.ts";
import { type Size, sizes } from "./assumptions.ts";
import { fixedOf, summed } from "./fixed.ts";
import type { Line } from "./line.ts";
import type { Service } from "./prices.ts";
import { usageOf } from "./usage.ts";

/** What a stage of a size costs in a month. */
export interface Bill {
  readonly size: Size;
  readonly lines: readonly Line[];
  readonly fixedUsd: number;
  readonly usd: number;
}

/** What the resources of a stage cost a month at this size, in US dollars, the most expensive line first. */
export function billOf(graph: Graph, size: Size): Bill {
  const lines = summed([...fixedOf(graph, size), ...usageOf(graph, size)]).toSorted((a, b) => b.usd - a.usd);
  const total = (some: readonly Line[]): number => some.reduce((sum, { usd }) => sum + usd, 0);
  return { size, lines, fixedUsd: total(lines.filter(({ fixed }) => fixed)), usd: total(lines) };
}

/** The bills of everything that is compared. */
export function billsOf(graph: (stage: Size["stage"]) => Graph): Bill[] {
  return sizes.map((size) => billOf(graph(size.stage), size));
}

/** A bill by service, the dearest first. */
export function byService({ lines }: Bill): readonly { readonly service: Service; readonly fixedUsd: number; readonly usd: number }[] {
  const groups = Map.groupBy(lines, ({ service }) => service);
  return [...groups]
    .map(([service, own]) => ({
      service,
      fixedUsd: own.reduce((sum, { usd, fixed }) => sum + (fixed ? usd : 0), 0),
      usd: own.reduce((sum, { usd }) => sum + usd, 0),
    }))
    .toSorted((a, b) => b.usd - a.usd);
}
