import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import type { Evaluated, FunctionBuild, Resource } from "./evaluated.ts";
import { graphs } from "./evaluate/places.ts";
import { kinds } from "./kinds.ts";

/** An evaluated stage, and questions about it. What is asked about access is in access.ts, and about networks in network.ts. */
export interface Graph extends Evaluated {
  /** Every resource of a type. */
  all(type: string): readonly Resource[];
  /** The resource of a type and a logical name. Throws when there is none, and says which there are. */
  one(type: string, name: string): Resource;
  /** The resource of a type and a logical name, if there is one. */
  find(type: string, name: string): Resource | undefined;
  byUrn(urn: string): Resource | undefined;
  /** The resource of AWS with this ARN; a qualifier behind a function's ARN finds the function. */
  byArn(arn: string): Resource | undefined;
  /** The nearest component of SST that a resource is part of. */
  owner(resource: Resource): Resource | undefined;
  /** What a component is made of, at any depth. */
  parts(component: Resource, type?: string): readonly Resource[];
  /** Resources that were told something computed from this one, or to wait for it. These are edges of the graph, and no comparison of names. */
  dependents(resource: Resource, type?: string): readonly Resource[];
  /** Resources that this one was told something of, or waits for. */
  dependencies(resource: Resource, type?: string): readonly Resource[];
  /** The region of a resource, or of the parts of a component. */
  region(resource: Resource): string | undefined;
  /** The function of AWS that SST built under this name. */
  lambdaOf(build: FunctionBuild): Resource | undefined;
  /** A function's role. */
  roleOf(lambda: Resource): Resource;
}

const loaded = new Map<string, Graph>();

/** Reads the graph of a stage, once, out of .sst/graph/: `load("production")`, `load("local.dev")`, `load("staging.bundle")`. */
export function load(name: string): Graph {
  const known = loaded.get(name);
  if (known) return known;
  const file = path.join(graphs, `${name}.json`);
  if (!existsSync(file)) throw new Error(`There is no graph ${name}; \`npm run infra -- --stage ${name.split(".")[0]}\` makes one.`);
  const graph = graphOf(JSON.parse(readFileSync(file, "utf8")) as Evaluated);
  loaded.set(name, graph);
  return graph;
}

/** Questions about an evaluated stage. */
export function graphOf(evaluated: Evaluated): Graph {
  const { resources } = evaluated;
  const urns = new Map(resources.map((resource) => [resource.urn, resource]));
  const types = Map.groupBy(resources, ({ type }) => type);
  // A policy that is told the ARN of its topic has none itself.
  const arns = new Map(
    resources
      .filter(({ inputs }) => inputs["arn"] === undefined)
      .flatMap((resource) => (typeof resource.outputs["arn"] === "string" ? [[resource.outputs["arn"], resource]] : [])),
  );
  const children = Map.groupBy(resources, ({ parent }) => parent);

  const all = (type: string): readonly Resource[] => types.get(type) ?? [];
  const find = (type: string, name: string): Resource | undefined => all(type).find((resource) => resource.name === name);
  const one = (type: string, name: string): Resource => {
    const found = find(type, name);
    if (found) return found;
    const names = all(type).map((resource) => resource.name);
    throw new Error(`${evaluated.stage} has no ${type} ${name}; there ${names.length > 0 ? `are ${names.join(", ")}` : "is none at all"}.`);
  };
  const ofType = (type: string | undefined) => (resource: Resource) => type === undefined || resource.type === type;
  const parts = (component: Resource, type?: string): Resource[] =>
    (children.get(component.urn) ?? []).flatMap((part) => [...(ofType(type)(part) ? [part] : []), ...parts(part, type)]);

  return {
    ...evaluated,
    ...{ all, find, one, parts },
    byUrn: (urn) => urns.get(urn),
    byArn: (arn) => arns.get(arn) ?? arns.get(arn.split(":").slice(0, 7).join(":")),
    owner(resource) {
      let above = urns.get(resource.parent ?? "");
      while (above && !above.type.startsWith("sst:")) above = urns.get(above.parent ?? "");
      return above;
    },
    dependents: ({ urn }, type) => resources.filter((resource) => resource.dependsOn.includes(urn)).filter(ofType(type)),
    dependencies: ({ dependsOn }, type) => dependsOn.flatMap((urn) => urns.get(urn) ?? []).filter(ofType(type)),
    region: (resource) => resource.region ?? parts(resource).find(({ region }) => region !== undefined)?.region,
    lambdaOf: ({ functionID }) => find(kinds.lambda, `${functionID}Function`),
    roleOf(lambda) {
      const role = arns.get(String(lambda.inputs["role"]));
      if (role?.type === kinds.role) return role;
      throw new Error(`The role of the function ${lambda.name} is not part of this graph.`);
    },
  };
}
