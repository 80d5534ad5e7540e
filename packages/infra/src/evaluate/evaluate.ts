import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import type { Evaluated } from "../evaluated.ts";
import type { Job, Result } from "./child.ts";
import { environment, hashOf, keyOf } from "./key.ts";
import type { EvaluationOptions } from "./options.ts";
import { graphs, root, work } from "./places.ts";
import { setUp } from "./setUp.ts";

/** The configuration cannot be evaluated. The message is one line to read; `detail` is everything that is known. */
export class EvaluationError extends Error {
  override readonly name = "EvaluationError";
  readonly detail: string;

  constructor(message: string, detail: string) {
    super(message);
    this.detail = detail;
  }
}

interface Evaluation {
  readonly graph: Evaluated;
  /** The graph as JSON. */
  readonly text: string;
  /** Nothing that determines the graph had changed since it was made. */
  readonly cached: boolean;
}

// Bundling all functions takes minutes, and many on a machine that is busy with something else.
const timeoutSec = 3_600;

/**
 * Evaluates a stage offline, in a process of its own, and keeps the graph in .sst/graph/. Installs SST's platform first where it is absent. Throws
 * `SetUpError` and `EvaluationError`.
 */
export async function evaluate(options: EvaluationOptions, { say }: { say: (line: string) => void }): Promise<Evaluation> {
  if (!existsSync(path.resolve(root, options.config))) throw new EvaluationError(`There is no configuration ${options.config}.`, "");
  await setUp(say);
  const key = keyOf(options);
  const file = path.join(graphs, `${graphName(options)}.json`);
  const before = cachedEvaluation(file, key);
  if (before) return before;
  const graph = await evaluateAnew(options);
  const text = JSON.stringify(graph, null, 1);
  mkdirSync(graphs, { recursive: true });
  keep(file, text, key, graph);
  // Whoever asks for the graph alone has it now as well.
  const plain = { ...options, bundle: false };
  if (options.bundle) keep(path.join(graphs, `${graphName(plain)}.json`), text, keyOf(plain), graph);
  return { graph, text, cached: false };
}

/** The name that a graph is kept by. Only what is asked for often has a readable one. */
export function graphName({ stage, dev, bundle, config, withoutSecrets }: EvaluationOptions): string {
  const usual = config === "sst.config.ts" && withoutSecrets.length === 0;
  const other = createHash("sha256")
    .update(JSON.stringify([config, withoutSecrets]))
    .digest("hex")
    .slice(0, 12);
  return [stage, ...(dev ? ["dev"] : []), ...(bundle ? ["bundle"] : []), ...(usual ? [] : [other])].join(".");
}

function cachedEvaluation(file: string, key: string): Evaluation | undefined {
  if (!existsSync(file) || !existsSync(`${file}.key`)) return undefined;
  const [keptKey, keptHash] = readFileSync(`${file}.key`, "utf8").split(" ");
  if (keptKey !== key) return undefined;
  const text = readFileSync(file, "utf8");
  const graph = JSON.parse(text) as Evaluated;
  return hashOf(graph.sources) === keptHash ? { graph, text, cached: true } : undefined;
}

function keep(file: string, text: string, key: string, { sources }: Evaluated): void {
  write(file, text);
  write(`${file}.key`, `${key} ${hashOf(sources)}`);
}

// Readers never see half a file.
function write(file: string, text: string): void {
  const fresh = `${file}.${process.pid}`;
  writeFileSync(fresh, text);
  renameSync(fresh, file);
}

async function evaluateAnew(options: EvaluationOptions): Promise<Evaluated> {
  const scratch = path.join(work, "evaluations", `${process.pid}-${graphName(options)}`);
  mkdirSync(scratch, { recursive: true });
  try {
    const job: Job = { options, scratch, result: path.join(scratch, "result.json") };
    const { code, output } = await run(job);
    if (!existsSync(job.result)) throw new EvaluationError(lost(code, output), output);
    const result = JSON.parse(readFileSync(job.result, "utf8")) as Result;
    if ("evaluated" in result) return result.evaluated;
    const [first, ...others] = result.failures;
    const more = others.length > 0 ? ` (and ${others.length} more: --trace shows them)` : "";
    throw new EvaluationError(
      `${first?.line}${more}`,
      `${result.failures.map(({ detail }) => detail).join("\n\n")}\n\n${output}`.trimEnd(),
    );
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

function lost(code: number | null, output: string): string {
  if (code === null) return `The evaluation did not end within ${timeoutSec} s.`;
  return `The evaluation ended with code ${code} and no result: ${output.trim().split("\n").at(-1) ?? ""}`;
}

function run(job: Job): Promise<{ code: number | null; output: string }> {
  const child = spawn(
    process.execPath,
    ["--disable-warning=ExperimentalWarning", fileURLToPath(new URL("child.ts", import.meta.url)), JSON.stringify(job)],
    {
      cwd: root,
      stdio: ["ignore", "pipe", "pipe"],
      timeout: timeoutSec * 1000,
      env: environment(),
    },
  );
  // SST warns about much that is meant. It is kept for --trace.
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => (output += chunk.toString()));
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, output }));
  });
}
