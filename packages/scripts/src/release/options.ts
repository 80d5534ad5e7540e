import { ArgumentError, type Command, type Options } from "../../../../scripts/commandLine.mjs";

export interface ReleaseOptions {
  readonly stage: "production" | "staging";
  /** Each place of the stage: its region, and its CodeDeploy application. */
  readonly places: readonly { readonly region: string; readonly application: string }[];
  /** The release to go back to. */
  readonly to: string | undefined;
}

const options = {
  stage: { type: "string", value: "STAGE", says: "production or staging" },
  region: { type: "string", value: "REGION", default: "eu-west-1", says: "its main region" },
  "standby-region": { type: "string", value: "REGION", says: "its second region (production: eu-central-1)" },
} satisfies Options;
const to = { type: "string", value: "RELEASE", says: "the release to return to; without it, the versions before the live ones" } as const;

export const releaseCommands = {
  release: {
    name: "release",
    about:
      "Shifts traffic to what was deployed: `live` of every function moves to its newest version, as a canary. If one fails, all return.",
    options,
    settings: { "SENTRY_AUTH_TOKEN, SENTRY_ORG, SENTRY_PROJECT": "where the source maps go; without them, nowhere" },
    examples: ["npm run release -- --stage staging --region eu-central-1"],
  },
  rollback: {
    name: "rollback",
    about:
      "Returns all traffic at once, to the versions before the live ones or to those of a named release. It stops a running release first.",
    options: { ...options, to },
    examples: ["npm run rollback -- --stage production --to 2026-11-23.1"],
  },
} as const satisfies Record<string, Command<Options>>;

/** Makes of the values of a command line what a release or a rollback needs. Throws `ArgumentError` that names what is wrong. */
export function releaseOptions(values: Readonly<Partial<Record<keyof typeof options | "to", string | undefined>>>): ReleaseOptions {
  const stage = values.stage;
  if (stage !== "production" && stage !== "staging")
    throw new ArgumentError(`--stage must be production or staging, whose traffic is shifted, not "${stage ?? ""}".`);
  const main = { region: region("region", values.region ?? "eu-west-1"), application: `pendo-${stage}` };
  const other = values["standby-region"] ?? (stage === "production" ? "eu-central-1" : undefined);
  const standby = other === undefined ? [] : [{ region: region("standby-region", other), application: `pendo-${stage}-standby` }];
  return { stage, places: [main, ...standby], to: values.to };
}

function region(name: string, text: string): string {
  if (!/^[a-z]{2}(-[a-z]+)+-\d$/.test(text))
    throw new ArgumentError(`--${name} must be a region of AWS, such as eu-west-1, not "${text}".`);
  return text;
}
