/**
 * production and staging last; a preview lives as long as its pull request, in staging's network and cluster; a personal stage lives under
 * `sst dev`, where the stores run on the developer's machine.
 */
export type StageKind = "production" | "staging" | "preview" | "personal";

/** What differs between the kinds of stages. Whatever isn't here is the same everywhere. */
export interface StageSpec {
  /** Data is retained, protected and backed up, the edge stands in front, and somebody is woken by alarms. */
  readonly permanent: boolean;
  /** A second region stands by. */
  readonly standby: boolean;
  readonly zones: 2 | 3;
  readonly nat: "managed" | "ec2" | "none";
  /** Aurora capacity units. 0 lets the cluster sleep. */
  readonly databaseAcu: { readonly min: number; readonly max: number };
  readonly databaseReaders: number;
  readonly backupDays: number;
  readonly logDays: 7 | 30 | 90;
  /** Versions behind a `live` alias, shifted by CodeDeploy. */
  readonly canary: boolean;
  /** Instances kept warm for the routes that people wait for. */
  readonly warmInstances: number;
  /** Requests per second that the whole stage is built for; the share of a route comes from its limit. */
  readonly peakPerSec: number;
  /** Batches of one queue that are handled at once. */
  readonly queueConcurrencyMax: number;
}

// Its network and its cluster are another's, or the developer's machine.
const disposable: Omit<StageSpec, "peakPerSec"> = {
  permanent: false,
  standby: false,
  zones: 2,
  nat: "none",
  databaseAcu: { min: 0, max: 0 },
  databaseReaders: 0,
  backupDays: 0,
  logDays: 7,
  canary: false,
  warmInstances: 0,
  queueConcurrencyMax: 2,
};

const specs: Readonly<Record<StageKind, StageSpec>> = {
  production: {
    permanent: true,
    standby: true,
    zones: 3,
    nat: "managed",
    databaseAcu: { min: 2, max: 128 },
    databaseReaders: 1,
    backupDays: 35,
    logDays: 90,
    canary: true,
    warmInstances: 5,
    peakPerSec: 10_000,
    queueConcurrencyMax: 50,
  },
  staging: {
    permanent: true,
    standby: false,
    zones: 2,
    nat: "ec2",
    databaseAcu: { min: 0.5, max: 8 },
    databaseReaders: 1,
    backupDays: 14,
    logDays: 30,
    canary: true,
    warmInstances: 0,
    peakPerSec: 500,
    queueConcurrencyMax: 10,
  },
  preview: { ...disposable, peakPerSec: 100 },
  personal: { ...disposable, peakPerSec: 50 },
};

export interface Stage extends StageSpec {
  readonly name: string;
  readonly kind: StageKind;
  readonly region: aws.Region;
  /** Where the standby is, and the copies of backups. */
  readonly otherRegion: aws.Region;
  /** The zone under which a permanent stage's names lie. */
  readonly domain: string;
}

// Regions with three zones that offer everything used here, each with one far enough away, under the same law.
const partners: Readonly<Record<string, aws.Region>> = {
  "eu-west-1": "eu-central-1",
  "eu-central-1": "eu-west-1",
  "us-east-1": "us-west-2",
  "us-west-2": "us-east-1",
};

/** The kind of a stage by its name; undefined where no kind has such names. */
export function kindOf(name: string, dev: boolean): StageKind | undefined {
  if (name === "production" || name === "staging") return name;
  if (/^pr-[1-9][0-9]{0,5}$/.test(name)) return "preview";
  return dev && /^[a-z][a-z0-9-]{0,19}$/.test(name) ? "personal" : undefined;
}

/** The region of the main copy: eu-west-1, unless PENDO_REGION names another. Throws a readable error where Pendo can't stand. */
export function regionOf(env: NodeJS.ProcessEnv): aws.Region {
  const region = env["PENDO_REGION"] ?? "eu-west-1";
  if (partners[region] === undefined)
    throw new Error(`PENDO_REGION is "${region}"; Pendo can stand in ${Object.keys(partners).join(", ")}.`);
  return region as aws.Region;
}

/** The stage that is being deployed. Throws a readable error where its name belongs to no kind of stage, or its region is wrong. */
export function currentStage(): Stage {
  const name = $app.stage;
  const kind = kindOf(name, $dev);
  if (kind === undefined)
    throw new Error(
      `Unknown stage "${name}": deploy production, staging or pr-<number>; a stage of your own runs under \`sst dev\` (a to z, 0 to 9, hyphens).`,
    );
  if ($dev && kind !== "personal")
    throw new Error(`The stage "${name}" is deployed, never run under \`sst dev\`: live code would answer its people.`);
  const region = regionOf(process.env);
  const domain = process.env["PENDO_DOMAIN"] ?? "pendo.app";
  if (!/^([a-z0-9-]+\.)+[a-z]{2,}$/.test(domain)) throw new Error(`PENDO_DOMAIN is "${domain}", which is no domain name.`);
  return {
    ...specs[kind],
    name,
    kind,
    region,
    otherRegion: partners[region] as aws.Region,
    domain: kind === "production" ? domain : `${name}.${domain}`,
  };
}
