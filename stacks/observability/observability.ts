import type { Backend } from "../backend";
import type { Secrets } from "../secrets";
import type { Stage } from "../stage";
import type { AlarmContext } from "./alarm";
import { backendAlarms, edgeAlarms } from "./alarms";
import { canary } from "./canary";
import { dashboards } from "./dashboards";
import { managedGrafana } from "./grafana";
import { logs } from "./logs";
import { ownNamespace } from "@pendo/operations/metric";
import { metrics } from "@pendo/operations/metrics";
import { recoveryWatch, type Vault } from "./recoveryWatch";
import { EDGE_REGION, edgeSubjects, type EdgeSubjects, type SubjectsFound, subjectsOf } from "./subjects";
import { topics } from "./topics";
import { tracing } from "./tracing";

/** One copy of the backend, and what is known of it besides. */
export interface Watched {
  readonly backend: Backend;
  /** Where its backups lie; without one nobody looks how old they are. */
  readonly vault?: Vault | undefined;
}

export interface ObservabilityArgs {
  readonly stage: Stage;
  readonly secrets: Secrets;
  readonly watched: readonly [main: Watched, ...standby: Watched[]];
  readonly edge?: EdgeSubjects | undefined;
}

/**
 * Dashboards, alarms, the logs' way to OpenSearch, the canary and Grafana. It comes after all functions and before the releases, since it makes a few
 * functions itself. Previews and personal stages have log groups and traces by X-Ray's own rule (it takes
 * 25 rules a region), and nobody who is called.
 */
export function observability({ stage, secrets, watched, edge }: ObservabilityArgs): void {
  if (!stage.permanent) return;
  for (const { backend } of watched) tracing({ stage, place: backend.place });
  const global = edge ? edgeSubjects(edge) : {};
  for (const one of watched) watch({ stage, secrets, one, global: one.backend.place.standby ? {} : global });
  if (edge) {
    const area = { prefix: "Edge", region: EDGE_REGION, opts: {}, args: { region: EDGE_REGION } };
    edgeAlarms({ stage, area, topics: topics({ stage, area, secrets }) }, global);
  }
}

interface WatchArgs {
  readonly stage: Stage;
  readonly secrets: Secrets;
  readonly one: Watched;
  readonly global: SubjectsFound;
}

function watch({ stage, secrets, one: { backend, vault }, global }: WatchArgs): void {
  const { place, context } = backend;
  const area = { prefix: place.prefix, region: place.region, opts: place.opts, args: {} };
  const alarms: AlarmContext = { stage, area, topics: topics({ stage, area, secrets }) };
  // A place that stands by is watched from the main one.
  if (backend.stores.mail.inbox || vault) {
    const deadLetters = new sst.aws.Queue(`${place.prefix}WatchDeadLetters`, {}, place.opts);
    context.deadLetters.push({ label: "watch", queue: deadLetters });
    canary(alarms, backend, deadLetters);
    if (vault) recoveryWatch(alarms, backend, vault, deadLetters);
  }
  const stream = logs(backend);
  const found: SubjectsFound = {
    ...global,
    ...subjectsOf(backend),
    ...(stream && { logDelivery: [{ label: "Logs", dimensions: { DeliveryStreamName: stream.name } }] }),
    ...(vault && { vault: [{ label: "Backups", dimensions: { BackupVaultName: vault.name } }] }),
  };
  refusals(stage, backend);
  backendAlarms(alarms, backend, found);
  dashboards({ stage, place, found });
  if (stage.kind === "production" && !place.standby) managedGrafana({ stage, place, found });
}

/** Requests that the gateway refuses never reach code of ours: its access log is where all refusals are. */
function refusals(stage: Stage, { place, httpApi }: Backend): void {
  const { name, pattern } = metrics.denied;
  new aws.cloudwatch.LogMetricFilter(
    `${place.prefix}RefusedRequestsFilter`,
    {
      logGroupName: httpApi.api.nodes.logGroup.name,
      pattern,
      metricTransformation: { namespace: ownNamespace(stage.name), name, value: "1", defaultValue: "0" },
    },
    place.opts,
  );
}
