import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { evaluate, EvaluationError } from "./evaluate/evaluate.ts";
import { commandLine } from "../../../scripts/commandLine.mjs";
import { infraCommand, readOptions } from "./evaluate/options.ts";
import { SetUpError } from "./evaluate/setUp.ts";

// `npm run infra`: one line of summary, or one line of failure.
const startedMs = performance.now();
const { trace, out, ...options } = commandLine(infraCommand, readOptions);
try {
  const { graph, text, cached } = await evaluate(options, { say: (line) => process.stderr.write(`${line}\n`) });
  if (out !== undefined) {
    mkdirSync(path.dirname(path.resolve(out)), { recursive: true });
    writeFileSync(out, text);
  }
  const counts = `${graph.resources.length} resources, ${graph.functions.length} functions`;
  const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
  process.stdout.write(`${options.stage}${options.dev ? " (dev)" : ""}: ${counts}, ${seconds} s${cached ? " (unchanged)" : ""}\n`);
} catch (error) {
  const readable = error instanceof SetUpError || error instanceof EvaluationError;
  const detail = error instanceof EvaluationError ? error.detail : String((error as Error).stack);
  process.stderr.write(`${(error as Error).message}\n${trace || !readable ? `${detail}\n` : ""}`);
  process.exitCode = 1;
}
