import path from "node:path";
import { writeEntries } from "@pendo/functions/lambda/entries";
import { beforeAll, expect, test } from "vitest";
import { evaluate } from "./evaluate/evaluate.ts";
import { keptBundle } from "./evaluate/keptBundle.ts";
import { root } from "./evaluate/places.ts";
import { start } from "./evaluate/start.ts";
import type { Evaluated, FunctionBuild } from "./evaluated.ts";
import { startBudgets } from "./startBudgets.ts";

// Each handler is bundled as SST does, and started with its links alone: one that lacks a link fails the evaluation already. It is done once for all
// stages, since their bundles are the same.
let graph: Evaluated;
beforeAll(async () => {
  const options = { stage: "staging", dev: false, bundle: true, config: "sst.config.ts", withoutSecrets: [] };
  graph = (await evaluate(options, { say: () => undefined })).graph;
  // An evaluation that was kept does not write them.
  writeEntries(root);
}, 3_600_000);

/** Functions of which none is linked to anything that it does not read. */
const surplus = ({ links, built }: FunctionBuild): string[] =>
  Object.keys(links).filter((name) => !built?.uses.includes(name) && !built?.names.includes(name));

test("every function is bundled and started, and linked to nothing that it does not use", () => {
  expect(graph.functions.length).toBeGreaterThan(30);
  expect(graph.functions.filter(({ built }) => built === undefined)).toEqual([]);
  expect(graph.functions.map((built) => [built.functionID, surplus(built)]).filter(([, names]) => names?.length)).toEqual([]);
});

test("a link that no code reads is found out", () => {
  const [one] = graph.functions;
  expect(surplus({ ...one!, links: { ...one!.links, Mistaken: {} } })).toEqual(["Mistaken"]);
});

test("a function that reads its links while it starts names the one that it lacks", async () => {
  const { handler, runtime, properties, links, built } = graph.functions.find(({ functionID }) => functionID === "SwipesApi")!;
  const bundled = await keptBundle({ file: path.join(root, `${handler.slice(0, handler.lastIndexOf("."))}.ts`), runtime, properties });
  if ("refusal" in bundled) throw new Error(bundled.refusal);
  const entry = path.join(bundled.out, "bundle.mjs");
  expect(built?.uses).toContain("Cache");
  for (const name of built!.uses) {
    const { [name]: _, ...others } = links;
    const { refusal } = await start({ entry, exported: "handler", links: others, environment: {}, region: "eu-west-1" });
    // What is optional may be absent.
    if (!["Search", "Media"].includes(name)) expect(refusal).toContain(`not linked to the resource ${name}.`);
  }
}, 120_000);

test("a function of the API keeps its start budget before it can answer, and no other bundle than that of the documents is larger than 2 MB", () => {
  const api = graph.functions.filter(({ functionID }) => functionID.endsWith("Api"));
  expect(api.length).toBeGreaterThan(20);
  expect(
    api.filter(({ built }) => (built?.startBytes ?? Infinity) > startBudgets.http.startBytes).map(({ functionID }) => functionID),
  ).toEqual([]);
  // The documents bring the script of their page, which only a request for it reads.
  const large = graph.functions.filter(({ built }) => (built?.bytes ?? Infinity) > 2_000_000).map(({ functionID }) => functionID);
  expect(large).toEqual(["DocsApi"]);
});

test("no source map is a resource of the graph", () => {
  expect(graph.resources.filter(({ urn }) => /Sourcemap\d+$/.test(urn))).toEqual([]);
});

test("bundles come without warnings", () => {
  expect(graph.functions.flatMap(({ built }) => built?.warnings ?? [])).toEqual([]);
});
