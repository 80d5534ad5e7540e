import { describe, expect, test } from "vitest";
import { type Draft, draftOf, type Edit } from "../draft.ts";
import type { Evaluated, Resource } from "../evaluated.ts";
import { type Graph, graphOf, load } from "../graph.ts";
import { at } from "../read.ts";

/** Something that the stacks promise, and how it would look if they broke it. */
export interface Promised {
  readonly says: string;
  /** The graphs that it is held in. The first one is where it is broken on purpose. */
  readonly in: readonly GraphName[];
  /** One line for everything that breaks the promise. */
  readonly wrong: (graph: Graph) => readonly string[];
  /** The same stage, with the promise broken. */
  readonly broken: (draft: Draft & Evaluated) => Evaluated;
}
type GraphName = "production" | "staging" | "pr-42" | "local.dev";

/** A test for every promise in every graph, and one that shows that it would be noticed if it were broken. */
export function promised(about: string, promises: readonly Promised[]): void {
  describe.each(promises.map((promise) => [promise.says, promise] as const))(`${about}: %s`, (_, { in: names, wrong, broken }) => {
    test.each(names)("in %s", (name) => {
      expect(wrong(load(name))).toEqual([]);
    });
    test("is noticed where it is broken", () => {
      const whole = load(names[0] ?? "production");
      const draft = broken(draftOf(whole));
      expect(draft.resources === whole.resources && draft.functions === whole.functions, "nothing was broken").toBe(false);
      expect(wrong(graphOf(draft))).not.toEqual([]);
    });
  });
}

/** A change to one resource that a promise must notice. Without `change` the resource is gone. */
export interface Spoil {
  readonly type: string;
  readonly name: string;
  readonly change?: Edit;
}

interface Checked {
  readonly stage?: GraphName;
  /** Throws where the promise is broken. */
  readonly check: (graph: Graph) => void;
  readonly spoils: readonly Spoil[];
}

/** A test that a stage keeps a promise, and that it would not pass if the stage were spoiled in any of these ways. */
export function promise(name: string, { stage = "production", check, spoils }: Checked): void {
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

function passes(check: Checked["check"], graph: Graph): boolean {
  try {
    check(graph);
    return true;
  } catch {
    return false;
  }
}

function spoiled(graph: Graph, { type, name, change }: Spoil): Graph {
  const draft = draftOf(graph);
  return graphOf(change ? draft.editing(type, name, change) : draft.without(type, name));
}

/** A line for every resource that fails. */
export function failing(resources: readonly Resource[], ok: (resource: Resource) => boolean): readonly string[] {
  // What is about nothing would hold for ever.
  if (resources.length === 0) return ["there is nothing that it could be about"];
  return resources.filter((resource) => !ok(resource)).map(({ name }) => name);
}

/** A line where something is not so. */
export function unless(isSo: boolean, line: string): readonly string[] {
  return isSo ? [] : [line];
}

interface Stated {
  readonly says: string;
  readonly in: Promised["in"];
  readonly type: string;
  readonly names: readonly string[];
  /** By path; "protect" and "retainOnDelete" are no inputs. */
  readonly inputs: Readonly<Record<string, unknown>>;
  /** What breaks the promise: a path, and another value. */
  readonly not: readonly [path: string, value: unknown];
}

/** The promise that resources have these inputs. */
export function stated({ says, in: names, type, names: resources, inputs, not }: Stated): Promised {
  return {
    says,
    in: names,
    wrong: (graph) =>
      resources
        // A stage without a standby has none of its resources.
        .filter((name) => graph.stage === "production" || !name.startsWith("Standby"))
        .flatMap((name) => {
          const resource = graph.one(type, name);
          return Object.entries(inputs)
            .filter(([path, expected]) => JSON.stringify(valueAt(resource, path)) !== JSON.stringify(expected))
            .map(([path]) => `${name}: ${path} is ${JSON.stringify(valueAt(resource, path))}`);
        }),
    broken: (draft) => draft.with(type, resources.at(-1) ?? "", ...not),
  };
}

function valueAt(resource: Resource, path: string): unknown {
  return path === "protect" || path === "retainOnDelete" ? resource[path] : at(resource.inputs, path);
}
