import { expect } from "vitest";
import type { Resource } from "../../evaluated.ts";
import type { Graph } from "../../graph.ts";

/** A row of what Pendo's infrastructure must have, as production fulfils it. */
export interface Row {
  readonly id: string;
  readonly required: string;
  /** What fulfils it. */
  readonly by: string;
  /** The resources that it would not be fulfilled without, each missed by `check` when it is gone. */
  readonly resources: readonly ResourceName[];
  readonly check: (graph: Graph) => void;
  /** What of it is not built yet. */
  readonly missing?: string;
}

export type ResourceName = readonly [type: string, name: string];

/** The inputs of a resource. Throws where it is not there. */
export function inputsOf(graph: Graph, type: string, name: string): Resource["inputs"] {
  return graph.one(type, name).inputs;
}

/** Expects each of these resources, with these inputs. */
export function expectAll(graph: Graph, names: readonly ResourceName[], inputs: object = {}): void {
  for (const [type, name] of names) expect(inputsOf(graph, type, name), name).toMatchObject(inputs);
}

/** The texts of a dashboard, to look for metrics in. */
export function dashboard(graph: Graph, name: string): string {
  return JSON.stringify(inputsOf(graph, "aws:cloudwatch/dashboard:Dashboard", name));
}
