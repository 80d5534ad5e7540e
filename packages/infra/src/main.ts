import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { evaluate, EvaluationError } from "./evaluate/evaluate.ts";
import { OptionError, readOptions, usage } from "./evaluate/options.ts";
import { SetUpError } from "./evaluate/setUp.ts";

// `npm run infra`: one line of summary, or one line of failure. See `usage`.
const startedMs = performance.now();
let trace = process.argv.includes("--trace");
try {
  const options = readOptions(process.argv.slice(2));
  trace = options.trace;
  if (options.help) process.stdout.write(usage);
  else {
    const { graph, text, cached } = await evaluate(options, { say: (line) => process.stderr.write(`${line}\n`) });
    if (options.out !== undefined) {
      mkdirSync(path.dirname(path.resolve(options.out)), { recursive: true });
      writeFileSync(options.out, text);
    }
    const counts = `${graph.resources.length} resources, ${graph.functions.length} functions`;
    const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
    process.stdout.write(`${options.stage}${options.dev ? " (dev)" : ""}: ${counts}, ${seconds} s${cached ? " (unchanged)" : ""}\n`);
  }
} catch (error) {
  const readable = error instanceof OptionError || error instanceof SetUpError || error instanceof EvaluationError;
  const detail = error instanceof EvaluationError ? error.detail : String((error as Error).stack);
  process.stderr.write(`${(error as Error).message}\n${trace || !readable ? `${detail}\n` : ""}`);
  process.exitCode = error instanceof OptionError ? 2 : 1;
}
