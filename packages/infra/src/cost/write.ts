import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { commandLine } from "../../../../scripts/commandLine.mjs";
import { evaluate } from "../evaluate/evaluate.ts";
import { root } from "../evaluate/places.ts";
import { type Graph, graphOf } from "../graph.ts";
import { sizes } from "./assumptions.ts";
import { billsOf } from "./bill.ts";
import { chart, dollars } from "./chart.ts";
import { page } from "./page.ts";

commandLine({
  name: "cost",
  about: "Evaluates the stages of the AWS side, unless they are unchanged, and writes docs/cost.md with its picture.",
});
try {
  const graphs = new Map<string, Graph>();
  for (const stage of new Set(sizes.map((size) => size.stage))) {
    const options = { stage, dev: false, bundle: false, config: "sst.config.ts", withoutSecrets: [] };
    const { graph } = await evaluate(options, { say: (line) => process.stderr.write(`${line}\n`) });
    graphs.set(stage, graphOf(graph));
  }
  write((stage) => {
    const found = graphs.get(stage);
    if (!found) throw new Error(`The stage ${stage} was not evaluated.`);
    return found;
  });
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exitCode = 1;
}

function write(graph: (stage: string) => Graph): void {
  const bills = billsOf(graph);
  mkdirSync(path.join(root, "docs/pictures"), { recursive: true });
  writeFileSync(path.join(root, "docs/cost.md"), page(bills, graph));
  writeFileSync(path.join(root, "docs/pictures/cost.svg"), chart(bills));
  for (const { size, usd, fixedUsd } of bills)
    process.stdout.write(`${size.label}: ${dollars(usd)} a month, ${dollars(fixedUsd)} of it before anybody comes\n`);
}
