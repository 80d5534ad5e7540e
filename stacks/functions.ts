import type { PortName } from "@pendo/contract/ports";
import { entryOf } from "@pendo/functions/lambda/entries";
import { keepSourceMaps, keptMapsOf } from "@pendo/scripts/sourceMaps/keep";
import type { Grant, Links, PortLinks } from "./grants";
import type { Network } from "./network";
import type { Place } from "./place";
import type { Secrets } from "./secrets";
import type { Stage } from "./stage";

/** A function before it is made. */
export interface FunctionSpec {
  /** The component's name, without the prefix of its place: `SwipesApi`. */
  readonly name: string;
  readonly description: string;
  /** The module and its export, relative to the repository's root. Those of the contract are generated (`entryOf`). */
  readonly handler: string;
  /** Ports of the contract: exactly these are linked and allowed. */
  readonly needs: readonly PortName[];
  readonly timeoutSec: number;
  readonly memoryMb: number;
  /** What it needs beyond ports. */
  readonly links?: PortLinks["links"];
  readonly grants?: Grant[];
  readonly environment?: Readonly<Record<string, $util.Input<string>>>;
  readonly copyFiles?: { readonly from: string; readonly to: string }[];
  /** Instances kept warm, of those the stage allows. */
  readonly warm?: boolean;
  /** How a release of it moves: a canary, unless it says otherwise. */
  readonly shift?: "canary" | "blueGreen";
  /** A name to be found by; SST makes up all others. */
  readonly fixedName?: string;
  /** Deployed all at once, without an alias: what only deployments call. */
  readonly unshifted?: boolean;
  /** Stands in the network though none of its ports is there. */
  readonly inNetwork?: boolean;
}

/** A function as the rest of the stacks sees it. */
export interface LiveFunction {
  readonly spec: FunctionSpec;
  readonly fn: sst.aws.Function;
  /** What events point at: the alias `live` where releases are shifted, else the function. */
  readonly target: $util.Output<string>;
  readonly alias?: aws.lambda.Alias;
}

export interface FunctionContext {
  readonly stage: Stage;
  readonly place: Place;
  readonly links: Links;
  readonly secrets: Secrets;
  /** Absent under `sst dev`, where functions run on the developer's machine. */
  readonly network?: Network | undefined;
  /** Every function made here, for the alarms and the releases. */
  readonly made: LiveFunction[];
  /** Every queue of dead letters beside those of the contract's queues, for the alarms. */
  readonly deadLetters: { readonly label: string; readonly queue: sst.aws.Queue }[];
}

// Installed for Lambda's own processor, and not bundled: image work is native code, and the decoder of HEIC stays as its authors published it.
const installed: ReadonlyMap<string, string[]> = new Map([
  [entryOf("queue", "media").handler, ["sharp", "libheif-js"]],
  [entryOf("queue", "moderation").handler, ["sharp"]],
]);

/** The one maker of Lambda functions. */
export function liveFunction(context: FunctionContext, spec: FunctionSpec): LiveFunction {
  const { stage, place, links, secrets, network, made } = context;
  const name = `${place.prefix}${spec.name}`;
  const ports = spec.needs.map((need) => links.ports[need]);
  const fn = new sst.aws.Function(
    name,
    {
      handler: spec.handler,
      description: spec.description,
      ...(spec.fixedName !== undefined && { name: spec.fixedName }),
      timeout: `${spec.timeoutSec} seconds`,
      memory: `${spec.memoryMb} MB`,
      versioning: true,
      link: [...new Set([...ports.flatMap((port) => port.links), ...(spec.links ?? [])])],
      permissions: [...ports.flatMap((port) => port.grants), ...(spec.grants ?? []), tracing].map(({ actions, resources }) => ({
        actions,
        resources,
      })),
      environment: {
        PENDO_STAGE: stage.name,
        PENDO_RELEASE: process.env["PENDO_RELEASE"] ?? "unreleased",
        SENTRY_DSN: secrets.sentryDsn.value,
        // Aurora's certificates are signed by Amazon's own authority, which Node does not know.
        NODE_EXTRA_CA_CERTS: "/var/runtime/ca-cert.pem",
        ...(place.prefix && { PENDO_LINK_PREFIX: place.prefix }),
        ...spec.environment,
      },
      nodejs: {
        minify: true,
        // SST then makes no resource of each map; the hook takes the maps out of what is deployed.
        sourcemap: false,
        splitting: true,
        ...(installed.has(spec.handler) && { install: installed.get(spec.handler) ?? [] }),
      },
      hook: { postbuild: async (bundle) => keepSourceMaps(bundle, keptMapsOf($cli.paths.work, stage.name)) },
      ...(spec.copyFiles && { copyFiles: spec.copyFiles }),
      ...(network && needsNetwork(spec) && { vpc: network.functions }),
    },
    place.opts,
  );
  const live = { spec, fn, ...(stage.canary && !spec.unshifted ? shifted(context, spec, name, fn) : { target: fn.arn }) };
  made.push(live);
  return live;
}

// Spans go to no resource of one's own.
const tracing: Grant = { actions: ["xray:PutTraceSegments", "xray:PutTelemetryRecords"], resources: ["*"] };

/** Aurora and OpenSearch answer inside the network only; whatever needs neither starts faster outside. */
function needsNetwork({ needs, inNetwork = false }: FunctionSpec): boolean {
  return inNetwork || needs.some((need) => need === "db" || need === "search" || need === "bus" || need === "deadLetters");
}

/** A version behind the alias `live`. CodeDeploy moves the alias, so deployments must not. */
function shifted({ stage, place }: FunctionContext, spec: FunctionSpec, name: string, fn: sst.aws.Function) {
  const alias = new aws.lambda.Alias(
    `${name}Live`,
    { name: "live", functionName: fn.name, functionVersion: fn.nodes.function.version },
    { ...place.opts, ignoreChanges: ["functionVersion", "routingConfig"] },
  );
  if (spec.warm && stage.warmInstances > 0 && place.active)
    new aws.lambda.ProvisionedConcurrencyConfig(
      `${name}Warm`,
      { functionName: fn.name, qualifier: alias.name, provisionedConcurrentExecutions: stage.warmInstances },
      place.opts,
    );
  return { alias, target: alias.arn };
}
