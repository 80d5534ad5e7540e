import type { EvaluationOptions } from "./evaluate/options.ts";
import { evaluate } from "./evaluate/evaluate.ts";

/** The stages that tests read: one of each kind. */
const stages: readonly Pick<EvaluationOptions, "stage" | "dev" | "bundle">[] = [
  { stage: "production", dev: false, bundle: false },
  { stage: "staging", dev: false, bundle: false },
  { stage: "pr-42", dev: false, bundle: false },
  { stage: "local", dev: true, bundle: false },
];

/** Evaluates each stage before the first test, two at a time. One that cannot be evaluated fails the run: its tests would read nothing. */
export async function setup(): Promise<void> {
  const waiting = [...stages];
  const failures: string[] = [];
  const one = async (): Promise<void> => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const { stage, dev } = next;
      await evaluate({ ...next, config: "sst.config.ts", withoutSecrets: [] }, { say: (line) => process.stderr.write(`${line}\n`) }).catch(
        (error: unknown) => failures.push(`The stage ${stage}${dev ? " (dev)" : ""} cannot be evaluated: ${(error as Error).message}`),
      );
    }
  };
  await Promise.all([one(), one()]);
  if (failures.length > 0) throw new Error(failures.join("\n"));
}
