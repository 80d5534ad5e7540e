import { entries, startBudgets } from "@pendo/infra/startBudgets";
import { bundled, type ColdEntry, cpuMsOf, median } from "./bench/cold.ts";
import { fakeLinks } from "./bench/coldLinks.ts";
import { machine, table } from "./bench/report.ts";
import { ArgumentError, commandLine } from "../../../scripts/commandLine.mjs";
import { wholeNumber } from "./terminal/arguments.ts";
import { progressBar } from "./terminal/progressBar.ts";

// `npm run bench:cold`: what each function reads and computes before its first request. Ends with 1 where a budget is exceeded.
const say = (line: string): void => void process.stdout.write(`${line}\n`);
const command = {
  name: "bench:cold",
  about: "Measures what each Lambda function reads and computes before its first request. It ends with 1 where a budget is exceeded.",
  options: {
    runs: { type: "string", value: "N", default: "9", says: "runs of each function, in turns" },
    only: { type: "string", value: "ENTRY", says: "one function, such as http/swipes, with its bytes by package" },
  },
} as const;
const { runs, all } = commandLine(command, ({ runs, only }) => {
  const all = entries().filter(({ name }) => only === undefined || name === only);
  if (all.length === 0) throw new ArgumentError(`--only must be an entry, such as http/swipes, not "${only}".`);
  return { runs: wholeNumber("runs", runs, 1, 99), all };
});
await bench(all, runs);

async function bench(all: ReturnType<typeof entries>, runs: number): Promise<void> {
  const links = fakeLinks();
  say(`${machine()}; ${runs} runs of each entry in turns, medians`);
  const bundling = progressBar({ label: "bundling", unit: "entries", total: all.length, out: process.stderr });
  const cold: ColdEntry[] = [];
  for (const entry of all) {
    cold.push(await bundled(entry, links));
    bundling.at(cold.length);
  }
  bundling.end();

  // In turns, so that whatever else the machine does meets all of them alike.
  const importing = progressBar({ label: "importing", unit: "processes", total: runs * (cold.length + 1), out: process.stderr });
  const bareMs: number[] = [];
  const cpuMs = new Map<string, number[]>(cold.map(({ name }) => [name, []]));
  for (let run = 0; run < runs; run += 1) {
    bareMs.push(await cpuMsOf(null, links));
    for (const [i, { name, bundle }] of cold.entries()) {
      cpuMs.get(name)?.push(await cpuMsOf(bundle, links));
      importing.at(run * (cold.length + 1) + i + 2);
    }
  }
  importing.end();
  report(cold, median(bareMs), cpuMs);
}

function report(cold: readonly ColdEntry[], bareMs: number, cpuMs: ReadonlyMap<string, readonly number[]>): void {
  const rows = cold.map(({ name, kind, size }) => {
    const times = cpuMs.get(name) ?? [];
    const [overBareMs, leastMs] = [median(times) - bareMs, Math.min(...times) - bareMs];
    const budget = startBudgets[kind];
    const over = [
      size.eagerBytes > budget.eagerBytes && "read at once",
      size.startBytes > budget.startBytes && "by its start",
      overBareMs > budget.cpuMs && "CPU",
    ].filter((what) => what !== false);
    if (over.length > 0) process.exitCode = 1;
    return [
      name,
      kB(size.eagerBytes),
      kB(size.startBytes),
      kB(size.bytes),
      overBareMs.toFixed(0),
      leastMs.toFixed(0),
      over.join(", ") || "no",
    ];
  });
  say(table(["entry", "read at once, kB", "by its start, kB", "in all, kB", "CPU ms over bare Node", "least", "over budget"], rows));
  say(`bare Node: ${bareMs.toFixed(0)} ms`);
  const [only, ...others] = cold;
  if (!only || others.length > 0) return;
  const byPackage = Object.entries(only.size.startBytesByPackage).toSorted(([, a], [, b]) => b - a);
  say(
    table(
      ["package", "kB by its start"],
      byPackage.map(([name, bytes]) => [name, kB(bytes)]),
    ),
  );
}

function kB(bytes: number): string {
  return (bytes / 1000).toFixed(bytes < 10_000 ? 1 : 0);
}
