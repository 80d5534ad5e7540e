import { parseArgs } from "node:util";

/** What an evaluation is asked for. */
export interface EvaluationOptions {
  readonly stage: string;
  /** As `sst dev` evaluates it. */
  readonly dev: boolean;
  /** Bundles every handler and starts it. */
  readonly bundle: boolean;
  /** The configuration, relative to the repository's root. */
  readonly config: string;
  /** Secrets that have no value; every other one has. */
  readonly withoutSecrets: readonly string[];
}

interface CommandLine extends EvaluationOptions {
  /** Where the graph is written besides the cache. */
  readonly out: string | undefined;
  /** Failures come with everything that is known of them. */
  readonly trace: boolean;
  readonly help: boolean;
}

/** The command line is wrong. The message names the option. */
export class OptionError extends Error {
  override readonly name = "OptionError";
}

export const usage = `npm run infra -- --stage NAME [options]

Evaluates sst.config.ts and stacks/ without an account and without AWS, and keeps the graph of resources in .sst/graph/.

  --stage NAME            production, staging, pr-42, or a name of your own
  --dev                   as \`sst dev\` sees it
  --bundle                bundles every handler as SST does, starts it with its links alone, and measures it
  --out FILE              also writes the graph there
  --config FILE           another configuration than sst.config.ts
  --without-secret NAME   as if this secret had no value; may be given several times
  --trace                 shows all that is known of a failure
`;

/** Reads the command line. Throws `OptionError`. */
export function readOptions(args: readonly string[]): CommandLine {
  const values = parsed(args);
  const stage = values.stage ?? "";
  if (!values.help && stage === "") throw new OptionError("--stage NAME is missing: production, staging, pr-42, or a name of your own.");
  // The rule of SST's own program.
  if (/[^a-zA-Z0-9-]/.test(stage)) throw new OptionError(`--stage "${stage}" is not a name: letters, digits and hyphens make one.`);
  return {
    stage,
    dev: values.dev ?? false,
    bundle: values.bundle ?? false,
    config: values.config ?? "sst.config.ts",
    withoutSecrets: values["without-secret"] ?? [],
    out: values.out,
    trace: values.trace ?? false,
    help: values.help ?? false,
  };
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        stage: { type: "string" },
        dev: { type: "boolean" },
        bundle: { type: "boolean" },
        out: { type: "string" },
        config: { type: "string" },
        "without-secret": { type: "string", multiple: true },
        trace: { type: "boolean" },
        help: { type: "boolean" },
      },
    }).values;
  } catch (error) {
    // Node explains at length how a dash may begin a value; its first sentence names the option.
    throw new OptionError(`${(error as Error).message.split(/\.(?:\s|$)/)[0]}.`);
  }
}
