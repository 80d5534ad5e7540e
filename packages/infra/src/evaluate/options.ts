import { ArgumentError, type Values } from "../../../../scripts/commandLine.mjs";

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
}

export const infraCommand = {
  name: "infra",
  about:
    "Evaluates sst.config.ts and stacks/ without an account and without AWS, and keeps the graph of resources in .sst/graph/. It fetches SST's platform once (330 MB).",
  options: {
    stage: { type: "string", value: "NAME", says: "production, staging, pr-42, or a name of your own" },
    dev: { type: "boolean", default: false, says: "as `sst dev` sees it" },
    bundle: { type: "boolean", default: false, says: "bundles every handler as SST does, starts it with its links alone, and measures it" },
    out: { type: "string", value: "FILE", says: "also writes the graph there" },
    config: { type: "string", value: "FILE", default: "sst.config.ts", says: "another configuration" },
    "without-secret": { type: "string", multiple: true, value: "NAME", says: "as if this secret had no value; may be given several times" },
    trace: { type: "boolean", default: false, says: "shows all that is known of a failure" },
  },
  examples: ["npm run infra -- --stage production"],
} as const;

/** What the command line means. Throws `ArgumentError`. */
export function readOptions({
  stage = "",
  "without-secret": withoutSecrets = [],
  ...values
}: Values<typeof infraCommand.options>): CommandLine {
  if (stage === "") throw new ArgumentError("--stage NAME is missing: production, staging, pr-42, or a name of your own.");
  // The rule of SST's own program.
  if (/[^a-zA-Z0-9-]/.test(stage)) throw new ArgumentError(`--stage "${stage}" is not a name: letters, digits and hyphens make one.`);
  return { ...values, stage, withoutSecrets };
}
