import { writeFileSync } from "node:fs";
import { enableCompileCache } from "node:module";
import path from "node:path";
import type { Document, Evaluated, FunctionBuild } from "../evaluated.ts";
import { account } from "./account.ts";
import { installedProviders, loadApp } from "./app.ts";
import type { Bundle } from "./bundle.ts";
import { type Failure, failureOf } from "./failure.ts";
import { handlerMethods } from "./handlers.ts";
import type { EvaluationOptions } from "./options.ts";
import { root, work } from "./places.ts";
import { plain } from "./plain.ts";
import { prepareProcess, runProgram } from "./program.ts";
import { loadPulumi } from "./pulumi.ts";
import { Recorder } from "./record.ts";
import { serveRpc } from "./rpc.ts";
import { startAll } from "./startAll.ts";
import { inTurns } from "./turns.ts";

/** What the parent asks of this process, as JSON in its first argument. */
export interface Job {
  readonly options: EvaluationOptions;
  /** A directory of this evaluation alone. */
  readonly scratch: string;
  /** Where the result is written. */
  readonly result: string;
}

export type Result = { readonly evaluated: Evaluated } | { readonly failures: readonly Failure[] };

// A process of its own, because Pulumi keeps its state in its modules, and since the end of an evaluation is that the process has nothing left to do.
const { options, scratch, result } = JSON.parse(process.argv[2] ?? "{}") as Job;
enableCompileCache(path.join(work, "compile-cache"));
process.setSourceMapsEnabled(true);
process.chdir(root);
const answer = await evaluated().catch((error: unknown): Result => ({ failures: [failureOf(error)] }));
writeFileSync(result, JSON.stringify(answer, null, 1));
process.exit("failures" in answer ? 1 : 0);

async function evaluated(): Promise<Result> {
  const { stage, dev } = options;
  const config = path.resolve(root, options.config);
  const secretsRead = new Set<string>();
  prepareProcess(options.withoutSecrets, secretsRead);
  const app = await loadApp(config, stage);
  const installed = installedProviders(app);
  const region = app.providers["aws"]?.region ?? "us-east-1";
  process.env["SST_AWS_REGION"] = region;

  const pulumi = loadPulumi();
  const recorder = new Recorder(pulumi, region);
  const { recording } = recorder;
  for (const event of ["unhandledRejection", "uncaughtException"]) process.on(event, (error) => recorder.fail(error));
  await recorder.install(app.name, stage);
  const aws = Object.entries(app.providers["aws"] ?? {});
  pulumi.runtime.setAllConfig(
    Object.fromEntries(aws.map(([key, value]) => [`aws:${key}`, typeof value === "string" ? value : JSON.stringify(value)])),
  );

  const functions: FunctionBuild[] = [];
  const turns = inTurns(2);
  const bundles = new Map<string, Bundle>();
  process.env["SST_SERVER"] = await serveRpc(
    handlerMethods({ scratch, bundle: options.bundle, functions, bundles, shared: new Map(), turns }),
  );
  const { outputs, sources } = await runProgram({ app, dev, config, scratch, installed, pulumi, recorder });
  if (recording.failures.length > 0) return { failures: recording.failures };

  const started = await startAll({
    functions,
    bundles,
    resources: recording.resources,
    region,
    turns,
    fail: (error) => recorder.fail(error),
  });
  if (recorder.recording.failures.length > 0) return { failures: recording.failures };
  return {
    evaluated: {
      ...{ stage, dev, account, app: { ...app }, outputs: plain(outputs) as Document },
      ...{ resources: recording.resources, functions: started, invokes: recording.invokes },
      secretsRead: [...secretsRead].toSorted(),
      sources: sources.filter((file) => !file.startsWith(".sst")),
    },
  };
}
