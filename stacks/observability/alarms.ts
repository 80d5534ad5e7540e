import type { QueueName } from "@pendo/contract/queues";
import type { MetricAlarm } from "@pendo/operations/alarms/alarm";
import { codeAlarms, gatewayFormulas, httpApiAlarms, mailAlarms } from "@pendo/operations/alarms/api";
import { burnAlarms } from "@pendo/operations/alarms/burn";
import { certificateAlarm, firewallAlarm, originAlarm } from "@pendo/operations/alarms/edge";
import { deadLetterAlarm, functionAlarms } from "@pendo/operations/alarms/functions";
import { queueAlarms, verdictAlarm } from "@pendo/operations/alarms/queues";
import { storeAlarms } from "@pendo/operations/alarms/stores";
import { logAlarm } from "@pendo/operations/alarms/watches";
import type { Subject } from "@pendo/operations/metric";
import { slos } from "@pendo/operations/slos";
import type { Backend } from "../backend";
import { alarm, type AlarmContext, burnAlarm, formulaAlarm } from "./alarm";
import type { Dimensions, SubjectsFound } from "./subjects";

/** The alarms of one copy of the backend. */
export function backendAlarms(context: AlarmContext, { context: { made }, queues, stores }: Backend, found: SubjectsFound): void {
  const { stage } = context;
  for (const { spec, fn } of made) each(context, functionAlarms(spec), { FunctionName: fn.name });
  for (const { label, dimensions } of found.deadLetters ?? []) alarm(context, deadLetterAlarm(label), dimensions);
  for (const [name, { spec, live }] of Object.entries(queues)) {
    const rows = queueAlarms(name as QueueName, stage.queueConcurrencyMax * spec.batchMax);
    each(context, rows, { QueueName: live.nodes.queue.name });
  }
  for (const slo of slos)
    for (const row of burnAlarms(slo, slo.name.startsWith("Api") ? "httpApi" : undefined)) burnAlarm(context, row, found);
  for (const row of gatewayFormulas) formulaAlarm(context, row, found);
  each(context, [verdictAlarm, ...codeAlarms, ...mailAlarms]);
  const searchMb = (stores.search?.storageGb ?? 0) * 1024;
  const bySubject = { httpApi: httpApiAlarms, logDelivery: [logAlarm], ...storeAlarms({ database: stage.databaseAcu, searchMb }) };
  for (const [subject, rows] of Object.entries(bySubject))
    for (const { dimensions } of found[subject as Subject] ?? []) each(context, rows, dimensions);
}

/** The alarms of what stands in front of all copies. */
export function edgeAlarms(context: AlarmContext, { firewall = [], healthCheck = [], certificate = [] }: SubjectsFound): void {
  for (const { dimensions } of firewall) alarm(context, firewallAlarm(context.stage.peakPerSec), dimensions);
  for (const { label, dimensions } of healthCheck) alarm(context, originAlarm(label), dimensions);
  for (const { label, dimensions } of certificate) alarm(context, certificateAlarm(label), dimensions);
}

function each(context: AlarmContext, rows: readonly MetricAlarm[], dimensions?: Dimensions): void {
  for (const row of rows) alarm(context, row, dimensions);
}
