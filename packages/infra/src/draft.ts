import type { Evaluated, Resource } from "./evaluated.ts";

/** A stage as it would be if something in it were otherwise. Every change answers a new draft. */
export interface Draft {
  /** With an input changed; undefined takes it away. `path` is of names between dots, and "protect" and "retainOnDelete" are no inputs. */
  with(type: string, name: string, path: string, value: unknown): Draft & Evaluated;
  /** With a resource's inputs changed in place. */
  editing(type: string, name: string, change: Edit): Draft & Evaluated;
  /** Without a resource. */
  without(type: string, name: string): Draft & Evaluated;
  /** With one more resource, as another of its type. */
  adding(type: string, name: string, inputs: Record<string, unknown>): Draft & Evaluated;
}

// What a provider's inputs look like, each mistake knows itself.
// oxlint-disable-next-line typescript/no-explicit-any
export type Edit = (inputs: any) => void;

/** A draft that is still as the stage is. */
export function draftOf(evaluated: Evaluated): Draft & Evaluated {
  const next = (resources: readonly Resource[]): Draft & Evaluated => draftOf({ ...evaluated, resources });
  const changed = (type: string, name: string, change: (resource: Resource) => Resource[]): Draft & Evaluated => {
    const isMeant = (resource: Resource): boolean => resource.type === type && resource.name === name;
    if (!evaluated.resources.some(isMeant)) throw new Error(`There is no ${type} ${name}.`);
    return next(evaluated.resources.flatMap((resource) => (isMeant(resource) ? change(resource) : [resource])));
  };
  return {
    ...evaluated,
    with: (type, name, path, value) =>
      changed(type, name, (resource) => [
        path === "protect" || path === "retainOnDelete"
          ? { ...resource, [path]: value }
          : { ...resource, inputs: replaced(resource.inputs, path.split("."), value) as Resource["inputs"] },
      ]),
    editing: (type, name, change) =>
      changed(type, name, (resource) => {
        const inputs = structuredClone(resource.inputs);
        change(inputs);
        return [{ ...resource, inputs }];
      }),
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
