import { argumentsOf, ArgumentError } from "../terminal/arguments.ts";

export interface ReleaseOptions {
  readonly stage: "production" | "staging";
  /** Each place of the stage: its region, and its CodeDeploy application. */
  readonly places: readonly { readonly region: string; readonly application: string }[];
  /** The release to go back to. */
  readonly to: string | undefined;
}

/** Reads `--stage`, `--region`, `--standby-region` and, for a rollback, `--to`. Throws `ArgumentError` that names what is wrong. */
export function releaseOptions(args: readonly string[], command: "release" | "rollback"): ReleaseOptions {
  const names = ["stage", "region", "standby-region", ...(command === "rollback" ? (["to"] as const) : [])] as const;
  const values: Readonly<Partial<Record<string, string>>> = argumentsOf(args, names);
  const stage = values["stage"];
  if (stage !== "production" && stage !== "staging")
    throw new ArgumentError(`--stage must be production or staging, whose traffic is shifted, not "${stage ?? ""}".`);
  const main = { region: region("region", values["region"] ?? "eu-west-1"), application: `pendo-${stage}` };
  const other = values["standby-region"] ?? (stage === "production" ? "eu-central-1" : undefined);
  const standby = other === undefined ? [] : [{ region: region("standby-region", other), application: `pendo-${stage}-standby` }];
  return { stage, places: [main, ...standby], to: values["to"] };
}

function region(name: string, text: string): string {
  if (!/^[a-z]{2}(-[a-z]+)+-\d$/.test(text))
    throw new ArgumentError(`--${name} must be a region of AWS, such as eu-west-1, not "${text}".`);
  return text;
}
