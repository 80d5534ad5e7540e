import { expect, test } from "vitest";
import type { Resource } from "../evaluated.ts";
import { type Graph, graphOf, load } from "../graph.ts";

/** A change to one resource that the promise must notice. Without `change` the resource is gone. */
export interface Spoil {
  readonly type: string;
  readonly name: string;
  // What a provider's inputs look like, each mistake knows itself.
  // oxlint-disable-next-line typescript/no-explicit-any
  readonly change?: (inputs: any) => void;
}

interface Promised {
  readonly stage?: string;
  readonly check: (graph: Graph) => void;
  readonly spoils: readonly Spoil[];
}

/** A test that a stage keeps a promise, and that it would not pass if the stage were spoiled in any of these ways. */
export function promise(name: string, { stage = "production", check, spoils }: Promised): void {
  test(`${name}`, () => {
    const graph = load(stage);
    check(graph);
    if (spoils.length === 0) throw new Error("A promise that nothing can break promises nothing.");
    for (const spoil of spoils) {
      const how = `${spoil.name} was spoiled (${String(spoil.change ?? "gone")}), and `;
      expect(how + (passes(check, spoiled(graph, spoil)) ? "nobody noticed" : "it was noticed")).toBe(`${how}it was noticed`);
    }
  });
}

function passes(check: Promised["check"], graph: Graph): boolean {
  try {
    check(graph);
    return true;
  } catch {
    return false;
  }
}

function spoiled(graph: Graph, { type, name, change }: Spoil): Graph {
  const found = graph.one(type, name);
  const inputs = structuredClone(found.inputs);
  change?.(inputs);
  const resources = graph.resources.flatMap((one): Resource[] => (one !== found ? [one] : change ? [{ ...one, inputs }] : []));
  return graphOf({ ...graph, resources });
}
