import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { layers, layerTable } from "./layers.ts";

const root = path.resolve(import.meta.dirname, "../../../..");
const packages = readdirSync(path.join(root, "packages"));

/** The packages of this repository that a package names as its dependencies. */
function dependenciesOf(name: string, kind: "dependencies" | "devDependencies"): string[] {
  const manifest = JSON.parse(readFileSync(path.join(root, "packages", name, "package.json"), "utf8")) as Record<string, object>;
  return Object.keys(manifest[kind] ?? {}).flatMap((dependency) => /^@pendo\/(.*)$/.exec(dependency)?.[1] ?? []);
}

test("README prints the table of packages as the linter holds it", () => {
  expect(readFileSync(path.join(root, "README.md"), "utf8")).toContain(`\n${layerTable()}\n`);
});

test("every package has a layer", () => {
  expect(Object.keys(layers).toSorted()).toEqual([...packages, "stacks"].toSorted());
});

test.each(packages)("%s depends on no package that it may not import", (name) => {
  const { imports = [], testImports = [] } = layers[name] ?? {};

  expect(dependenciesOf(name, "dependencies").filter((other) => !imports.includes(other))).toEqual(name === "functions" ? ["client"] : []);
  expect(dependenciesOf(name, "devDependencies").filter((other) => ![...imports, ...testImports].includes(other))).toEqual([]);
});

test("packages import each other in no circle", () => {
  const above = (name: string, path: readonly string[]): void => {
    expect(path).not.toContain(name);
    for (const next of layers[name]?.imports ?? []) above(next, [...path, name]);
  };

  for (const name of Object.keys(layers)) above(name, []);
});
