import { describe, expect, test } from "vitest";
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
  const graphs = new Map<string, Graph>();
  const graph = (name: string): Graph => {
    const found = graphs.get(name) ?? load(name);
    graphs.set(name, found);
    return found;
  };
  describe.each(promises.map((promise) => [promise.says, promise] as const))(`${about}: %s`, (_, { in: names, wrong, broken }) => {
    test.each(names)("in %s", (name) => {
      expect(wrong(graph(name))).toEqual([]);
    });
    test("is noticed where it is broken", () => {
      const whole = graph(names[0] ?? "production");
      const draft = broken(draftOf(whole));
      expect(draft.resources === whole.resources && draft.functions === whole.functions, "nothing was broken").toBe(false);
      expect(wrong(graphOf(draft))).not.toEqual([]);
    });
  });
}

export interface Draft {
  /** With an input changed; undefined takes it away. `path` is of names between dots, and "protect" and "retainOnDelete" are no inputs. */
  with(type: string, name: string, path: string, value: unknown): Draft & Evaluated;
  /** Without a resource. */
  without(type: string, name: string): Draft & Evaluated;
  /** With one more resource, as another of its type. */
  adding(type: string, name: string, inputs: Record<string, unknown>): Draft & Evaluated;
}

function draftOf(evaluated: Evaluated): Draft & Evaluated {
  const next = (resources: readonly Resource[]): Draft & Evaluated => draftOf({ ...evaluated, resources });
  const changed = (type: string, name: string, change: (resource: Resource) => Resource[]): Draft & Evaluated => {
    if (!evaluated.resources.some((resource) => resource.type === type && resource.name === name))
      throw new Error(`There is no ${type} ${name}.`);
    return next(
      evaluated.resources.flatMap((resource) => (resource.type === type && resource.name === name ? change(resource) : [resource])),
    );
  };
  return {
    ...evaluated,
    with: (type, name, path, value) =>
      changed(type, name, (resource) => [
        path === "protect" || path === "retainOnDelete"
          ? { ...resource, [path]: value }
          : { ...resource, inputs: replaced(resource.inputs, path.split("."), value) as Resource["inputs"] },
      ]),
    without: (type, name) => changed(type, name, () => []),
    adding(type, name, inputs) {
      const urn = `urn:planted::${type}::${name}`;
      const made: Resource = {
        urn,
        type,
        name,
        id: `${name}-id`,
        custom: true,
        dependsOn: [],
        propertyDependencies: {},
        secrets: [],
        inputs,
        outputs: {},
      };
      return next([...evaluated.resources, made]);
    },
  };
}

/** A value with one inside replaced. Text that holds JSON stays text. */
function replaced(value: unknown, [step, ...rest]: readonly string[], by: unknown): unknown {
  if (step === undefined) return by;
  if (typeof value === "string") return JSON.stringify(replaced(JSON.parse(value), [step, ...rest], by));
  if (Array.isArray(value)) return value.map((item: unknown, i) => (String(i) === step ? replaced(item, rest, by) : item));
  const object = (value ?? {}) as Record<string, unknown>;
  return { ...object, [step]: replaced(object[step], rest, by) };
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
