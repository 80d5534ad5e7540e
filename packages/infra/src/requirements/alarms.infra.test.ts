import { schedules } from "@pendo/contract/schedules";
import { expect, test } from "vitest";
import type { Resource } from "../evaluated.ts";
import { type Graph, load } from "../graph.ts";
import { kinds } from "../kinds.ts";
import { AGE_FACTOR, queueTargets } from "@pendo/operations/queueTargets";
import { pathOf, type Runbook, runbooks } from "@pendo/operations/runbooks";
import { burnWindows, slos } from "@pendo/operations/slos";
import { documentsAt, numberAt, textAt, textsAt } from "../read.ts";
import { calledBy, composite, dashboard, permanent, places } from "./alarms.ts";
import { failing, promised, type Promised, unless } from "./promised.ts";

/** Alarms that somebody hears of. */
const heard = (graph: Graph): Resource[] =>
  [...graph.all(kinds.alarm), ...graph.all(composite)].filter(({ inputs }) => textsAt(inputs, "alarmActions").length > 0);
const dimension = ({ inputs }: Resource, name: string): string | undefined => textAt(inputs, `dimensions.${name}`);
/** Whether somebody hears when this metric of this thing is beyond a threshold. */
const rings = (graph: Graph, metric: string, name: string, value: string): boolean =>
  heard(graph).some((alarm) => alarm.inputs["metricName"] === metric && dimension(alarm, name) === value);
const watched = (
  graph: Graph,
  metric: string,
  name: string,
  type: string,
  valueOf: (resource: Resource) => string,
  only: (resource: Resource) => boolean = () => true,
) => failing(graph.all(type).filter(only), (resource) => rings(graph, metric, name, valueOf(resource)));

const nameOf = ({ inputs, outputs }: Resource): string => textAt(inputs, "name") ?? textAt(outputs, "name") ?? "";
const isDead = ({ name }: Resource): boolean => name.includes("DeadLetters");

const everything: readonly Promised[] = [
  {
    says: "an alarm watches errors, throttles and time limits of every function",
    in: permanent,
    wrong: (graph) =>
      ["Errors", "Throttles", "Duration"].flatMap((metric) => {
        const ours = ({ name }: Resource): boolean => name !== "PreTrafficHookFunction" && name !== "StandbyPreTrafficHookFunction";
        return watched(
          graph,
          metric,
          "FunctionName",
          kinds.lambda,
          nameOf,
          (lambda) => graph.owner(lambda)?.type === "sst:aws:Function" && ours(lambda),
        );
      }),
    broken: (draft) => draft.without(kinds.alarm, "SwipesApiThrottles"),
  },
  {
    says: "a function near its time limit is seen before it runs into it",
    in: permanent,
    wrong: (graph) =>
      failing(
        heard(graph).filter(({ inputs }) => inputs["metricName"] === "Duration"),
        (alarm) => {
          const lambda = graph
            .all(kinds.lambda)
            .find((one) => nameOf(one) === dimension(alarm, "FunctionName") && one.region === alarm.region);
          return lambda !== undefined && numberAt(alarm.inputs, "threshold") === 900 * (numberAt(lambda.inputs, "timeout") ?? 0);
        },
      ),
    broken: (draft) => draft.with(kinds.alarm, "SwipesApiNearTimeout", "threshold", 99_000),
  },
  {
    says: "one dead letter in any queue is heard of",
    in: permanent,
    wrong: (graph) => [
      ...watched(graph, "ApproximateNumberOfMessagesVisible", "QueueName", kinds.queue, nameOf, isDead),
      ...failing(
        graph.all(kinds.alarm).filter(({ name }) => name.endsWith("DeadLettersAlarm")),
        ({ inputs }) =>
          inputs["threshold"] === 0 && inputs["evaluationPeriods"] === 1 && inputs["comparisonOperator"] === "GreaterThanThreshold",
      ),
    ],
    broken: (draft) => draft.with(kinds.alarm, "EmailDeadLettersAlarm", "threshold", 1),
  },
  {
    says: "every queue is watched for its oldest message, at five times its target, and for its length",
    in: permanent,
    wrong: (graph) => [
      ...watched(graph, "ApproximateAgeOfOldestMessage", "QueueName", kinds.queue, nameOf, (queue) => !isDead(queue)),
      ...watched(graph, "ApproximateNumberOfMessagesVisible", "QueueName", kinds.queue, nameOf, (queue) => !isDead(queue)),
      ...Object.entries(queueTargets).flatMap(([queue, { targetSec }]) => {
        const name = `${queue.charAt(0).toUpperCase()}${queue.slice(1)}QueueAge`;
        return unless(graph.one(kinds.alarm, name).inputs["threshold"] === AGE_FACTOR * targetSec, `${name} has another threshold`);
      }),
    ],
    broken: (draft) => draft.with(kinds.alarm, "RealtimeQueueAge", "threshold", 600),
  },
  {
    says: "a verdict on a message that takes more than 1 s raises an alarm",
    in: permanent,
    wrong: (graph) =>
      places(graph).flatMap((prefix) => {
        const { name, inputs } = graph.one(kinds.alarm, `${prefix}MessageVerdictLate`);
        const measures =
          inputs["metricName"] === "handledMs" &&
          inputs["statistic"] === "Maximum" &&
          dimension({ inputs } as Resource, "fact") === "message.held";
        const limit = inputs["threshold"] === 1000 && inputs["evaluationPeriods"] === 1;
        return unless(measures && limit && textsAt(inputs, "alarmActions").length > 0, `${name} does not ring after 1 s`);
      }),
    broken: (draft) => draft.with(kinds.alarm, "MessageVerdictLate", "threshold", 60_000),
  },
  {
    says: "every promise to people has its burn rates: two that wake somebody and one that writes a ticket, each in a long and a short window",
    in: permanent,
    wrong: (graph) =>
      places(graph).flatMap((prefix) =>
        slos.flatMap((slo) =>
          burnWindows.flatMap(({ name, burn, long, short, to }) => {
            const both = graph.one(composite, `${prefix}${slo.name}Burn${name}`);
            const parts = [graph.one(kinds.alarm, `${both.name}Long`), graph.one(kinds.alarm, `${both.name}Short`)];
            const rule = parts.map((part) => `ALARM("${textAt(part.inputs, "name")}")`).join(" AND ");
            const limit = Math.min(burn * (100 - slo.goodPercent), 99);
            const spans = [long, short].every((span, i) => {
              const inputs = parts[i]?.inputs ?? {};
              const periods = documentsAt(inputs, "metricQueries").flatMap((query) => numberAt(query, "metric.period") ?? []);
              return (
                inputs["evaluationPeriods"] === span.periods && periods.length === 2 && periods.every((period) => period === span.periodSec)
              );
            });
            return [
              ...unless(both.inputs["alarmRule"] === rule, `${both.name} does not wait for both`),
              ...unless(
                parts.every((part) => Math.abs((numberAt(part.inputs, "threshold") ?? 0) - limit) < 0.001),
                `${both.name} has another limit`,
              ),
              ...unless(spans, `${both.name} looks at other windows`),
              ...unless(calledBy(graph, both)?.name === `${prefix}${to === "pages" ? "Pages" : "Tickets"}`, `${both.name} calls others`),
            ];
          }),
        ),
      ),
    broken: (draft) => draft.with(kinds.alarm, "ApiAvailabilityBurnSlowShort", "threshold", 60),
  },
  {
    says: "no alarm looks back further than CloudWatch can: a day by periods below an hour, else a week, and no period beyond a day",
    in: permanent,
    wrong: (graph) =>
      failing(graph.all(kinds.alarm), ({ inputs }) => {
        const periods = [
          numberAt(inputs, "period"),
          ...documentsAt(inputs, "metricQueries").map((query) => numberAt(query, "metric.period")),
        ];
        return periods.every((period = 60) => {
          const span = period * (numberAt(inputs, "evaluationPeriods") ?? 1);
          return period % 60 === 0 && period <= 86_400 && span <= (period < 3600 ? 86_400 : 604_800);
        });
      }),
    broken: (draft) => draft.with(kinds.alarm, "EmailQueueAge", "evaluationPeriods", 2000),
  },
  {
    says: "every alarm says what it means and names a runbook of the list",
    in: permanent,
    wrong: (graph) => {
      const known = new Set((Object.keys(runbooks) as Runbook[]).map(pathOf));
      const ours = [...graph.all(kinds.alarm), ...graph.all(composite)].filter(({ name }) => !name.endsWith("ReleaseErrors"));
      return failing(ours, ({ inputs }) => {
        const [, says = "", page = ""] = /^(.{30,}) Runbook: (\S+)$/s.exec(textAt(inputs, "alarmDescription") ?? "") ?? [];
        return says.length > 0 && known.has(page) && (textAt(inputs, "alarmDescription")?.length ?? 0) <= 1024;
      });
    },
    broken: (draft) => draft.with(kinds.alarm, "ApiErrors", "alarmDescription", "5xx"),
  },
  {
    says: "no two alarms of a region have one name",
    in: permanent,
    wrong: (graph) => {
      const names = [...graph.all(kinds.alarm), ...graph.all(composite)].map(
        ({ region, inputs }) => `${region} ${textAt(inputs, "name") ?? textAt(inputs, "alarmName")}`,
      );
      return names.filter((name, i) => !name.endsWith("undefined") && names.indexOf(name) !== i);
    },
    broken: (draft) => draft.with(kinds.alarm, "ApiErrors", "name", `pendo-${draft.stage}-SocketErrors`),
  },
];

const topics: readonly Promised[] = [
  {
    says: "alarms call topics of their own region, encrypted by a key that lets CloudWatch in",
    in: permanent,
    wrong: (graph) => [
      ...failing(heard(graph), (alarm) => calledBy(graph, alarm)?.region === alarm.region),
      ...failing(
        graph.all(kinds.topic).filter(({ name }) => /(Pages|Tickets)$/.test(name)),
        ({ inputs, region }) => {
          const key = graph.byArn(textAt(inputs, "kmsMasterKeyId") ?? "");
          const allowed =
            key &&
            documentsAt(key.inputs, "policy.Statement").some((one) => textAt(one, "Principal.Service") === "cloudwatch.amazonaws.com");
          return allowed === true && key?.region === region && key?.inputs["enableKeyRotation"] === true;
        },
      ),
    ],
    broken: (draft) => draft.with(kinds.topic, "Pages", "kmsMasterKeyId", "alias/aws/sns"),
  },
  {
    says: "only CloudWatch publishes to the topics, for this account, and over TLS",
    in: permanent,
    wrong: (graph) =>
      failing(graph.all("aws:sns/topicPolicy:TopicPolicy"), ({ inputs }) => {
        const statements = documentsAt(inputs, "policy.Statement");
        const allowed = statements.filter((one) => one["Effect"] === "Allow");
        return (
          allowed.length === 1 &&
          textAt(allowed[0] ?? {}, "Principal.Service") === "cloudwatch.amazonaws.com" &&
          JSON.stringify(allowed[0]).includes("aws:SourceAccount") &&
          statements.some((one) => one["Effect"] === "Deny" && JSON.stringify(one).includes('"aws:SecureTransport":"false"'))
        );
      }),
    broken: (draft) => draft.with("aws:sns/topicPolicy:TopicPolicy", "PagesPolicy", "policy.Statement.0.Principal", "*"),
  },
];

promised("everything is watched", everything);
promised("who is called", topics);

test("previews and personal stages wake nobody, and pay for no dashboard", () => {
  for (const name of ["pr-42", "local.dev"]) {
    const graph = load(name);
    expect(
      [...graph.all(kinds.alarm), ...graph.all(composite), ...graph.all(dashboard), ...graph.all(kinds.topic)].map((one) => one.name),
    ).toEqual([]);
  }
});

test("every schedule of the contract has dead letters that are watched", () => {
  const graph = load("production");
  expect(Object.keys(schedules).length).toBeGreaterThan(0);
  expect(graph.find(kinds.alarm, "SchedulesDeadLettersAlarm")).toBeDefined();
  expect(graph.find(kinds.alarm, "StandbySchedulesDeadLettersAlarm")).toBeDefined();
});
