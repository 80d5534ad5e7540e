/** What a package holds, and which other packages it may import. Imports run one way. */
export interface Layer {
  readonly directory: string;
  readonly holds: string;
  readonly imports: readonly string[];
  /** What its tests may import besides. */
  readonly testImports?: readonly string[];
}

const layer = (name: string, imports: readonly string[], holds: string, testImports: readonly string[] = []): Layer => ({
  directory: `packages/${name}/src`,
  holds,
  imports,
  testImports,
});

/** The packages, each above those that it imports. README and CONTRIBUTING print this table. */
export const layers: Readonly<Record<string, Layer>> = {
  contract: layer("contract", [], "routes, queues, events, frames, faults, ids, OpenAPI: data and no behaviour"),
  engine: layer("engine", ["contract"], "matching in memory: eligibility, the index and its kernel, the state, shards, scores; no I/O"),
  core: layer(
    "core",
    ["contract", "engine"],
    "the domain by noun, the ports, their adapters for AWS and a cluster, the [migrations](packages/core/migrations)",
    ["local"],
  ),
  local: layer("local", ["contract", "core"], "the adapters that only one machine uses, and the ports of tests"),
  client: layer("client", ["contract"], "the typed client: HTTP, and a socket that reconnects"),
  functions: layer("functions", ["contract", "core", "engine"], "handlers, the middleware around them, the Lambda entries", ["local"]),
  host: layer(
    "host",
    ["contract", "core", "engine", "functions", "local"],
    "the same handlers outside Lambda: gateway, worker, scheduler, one machine, console",
  ),
  operations: layer("operations", ["contract"], "metrics, alarms, dashboards, service levels and runbook links, as data"),
  infra: layer("infra", ["contract", "functions", "operations"], "the evaluation of the AWS side, and what it must keep"),
  scripts: layer(
    "scripts",
    ["client", "contract", "core", "engine", "functions", "host", "infra", "local"],
    "demo, seed, bench, tests of the whole host, checks of the repository",
  ),
  research: layer(
    "research",
    ["contract", "core", "engine", "host", "local", "scripts"],
    "what proves the engine: evaluation, simulated markets, models, benchmarks; nothing in production imports it",
  ),
  stacks: {
    directory: "stacks",
    holds: "the AWS side itself, in SST",
    imports: ["contract", "core", "functions", "operations", "scripts"],
  },
};

/** Files that run only under a test. */
export const testFiles = ["test", "fixture", "behaviour", "setup", "testing"].map((kind) => `*.${kind}.ts`).concat("test[A-Z]*.ts");

/** The lines of the table as Markdown, for README. */
export function layerTable(): string {
  const rows = Object.entries(layers).map(([name, { directory, holds, imports }]) => {
    const above = imports.length === 0 ? "nothing" : imports.join(", ");
    return `| [${name}](${directory}) | ${holds} | ${above} |`;
  });
  return ["| package | what it holds | what it may import |", "|---|---|---|", ...rows].join("\n");
}
