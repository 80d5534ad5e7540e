import crypto from "node:crypto";
import { mkdirSync, rmSync } from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import path from "node:path";
import { pathToFileURL } from "node:url";
import type { Document } from "../evaluated.ts";
import type { App, InstalledProvider } from "./app.ts";
import { buildProgram } from "./build.ts";
import { platform, root } from "./places.ts";
import type { Pulumi } from "./pulumi.ts";
import type { Recorder } from "./record.ts";
import { secretValue } from "./secretValues.ts";

interface Running {
  readonly app: App;
  readonly dev: boolean;
  readonly config: string;
  readonly scratch: string;
  readonly installed: readonly InstalledProvider[];
  readonly pulumi: Pulumi;
  readonly recorder: Recorder;
}

/** Runs the configuration as SST's program does (pkg/project/run.go), and returns what run() answered, and its files. */
export async function runProgram(running: Running): Promise<{ outputs: unknown; sources: string[] }> {
  const outfile = path.join(platform, `sst.config.run.${process.pid}.mjs`);
  try {
    const sources = await buildRun(running, outfile);
    const outputs = await finished(running, pathToFileURL(outfile).href);
    return { outputs, sources };
  } finally {
    for (const file of [outfile, `${outfile}.map`]) rmSync(file, { force: true });
  }
}

function buildRun({ app, dev, config, scratch, installed }: Running, outfile: string): Promise<string[]> {
  // SST zips bundles into its working directory. Evaluations of several stages at once would zip into each other's.
  mkdirSync(scratch, { recursive: true });
  const paths = { home: scratch, root, work: scratch, platform };
  const imports = installed.map((provider) => `import * as ${provider.alias} from "${provider.package}";`);
  return buildProgram({
    config,
    outfile,
    define: {
      $app: JSON.stringify(app),
      // `sst dev` deploys, with one flag set.
      $cli: JSON.stringify({ command: "deploy", dev, paths, state: { version: {} } }),
      $dev: String(dev),
    },
    inject: [path.join(platform, "src/shim/run.js")],
    globals: [...imports, `import * as sst from "${platform}/src/components";`].join(" "),
    code: `
      import { run } from ${JSON.stringify(path.join(platform, "src/auto/run.ts"))};
      import config from ${JSON.stringify(config)};
      export default () => run(config.run);`,
  });
}

/**
 * Runs the program until nothing is left to do. That the process is idle is the one sign that tells every output, call and archive is settled; a
 * program that has not ended by then waits for something that never comes.
 */
async function finished({ pulumi, recorder }: Running, url: string): Promise<unknown> {
  const idle = new Promise<void>((resolve) => process.once("beforeExit", () => resolve()));
  let ended: { readonly outputs: unknown } | undefined;
  const program = async (): Promise<unknown> => {
    recorder.watchConstructors();
    const { default: run } = (await import(url)) as { default: () => Promise<Document> };
    return run();
  };
  pulumi.runtime.runInPulumiStack(program).then(
    (outputs) => (ended = { outputs }),
    (error: unknown) => {
      recorder.fail(error);
      ended = { outputs: {} };
    },
  );
  await idle;
  const waiting = recorder.waiting();
  if (recorder.recording.failures.length === 0 && (!ended || waiting.length > 0)) {
    const names = waiting.slice(0, 3).join(", ");
    const more = waiting.length > 3 ? ` and ${waiting.length - 3} more` : "";
    recorder.fail(new Error(`Something never resolves${waiting.length > 0 ? `; these wait for it: ${names}${more}` : ""}.`));
  }
  return ended?.outputs ?? {};
}

/** Makes this process what the configuration expects, and nothing more: no account, every secret set, names that are the same each time. */
export function prepareProcess(withoutSecrets: readonly string[], secretsRead: Set<string>): void {
  const prefix = "SST_SECRET_";
  for (const name of Object.keys(process.env)) if (/^(AWS_|SST_)/.test(name)) delete process.env[name];
  process.env["AWS_EC2_METADATA_DISABLED"] = "true";
  process.env = new Proxy(process.env, {
    get(env, property) {
      if (typeof property !== "string" || !property.startsWith(prefix)) return Reflect.get(env, property) as unknown;
      const name = property.slice(prefix.length);
      secretsRead.add(name);
      return withoutSecrets.includes(name) ? undefined : secretValue(name);
    },
  });
  // SST ends physical names in a hash of eight random bytes.
  const randomBytes = crypto.randomBytes as (size: number, done?: () => void) => Buffer;
  const fixed = (size: number, done?: () => void): Buffer => (size === 8 && !done ? Buffer.alloc(8, 1) : randomBytes(size, done));
  Object.assign(crypto, { randomBytes: fixed });
  syncBuiltinESMExports();
}
