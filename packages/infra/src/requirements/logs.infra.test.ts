import { kinds } from "../kinds.ts";
import { numberAt, textAt, textsAt } from "../read.ts";
import { permanent, places } from "./alarms.ts";
import { failing, promised, type Promised, unless } from "./promised.ts";

const subscription = "aws:cloudwatch/logSubscriptionFilter:LogSubscriptionFilter";
const schedule = "aws:scheduler/schedule:Schedule";
const stream = "aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream";

const pipeline: readonly Promised[] = [
  {
    says: "the lines of every function and of both APIs are shipped, except the shipper's own and those of deployments' steps",
    in: permanent,
    wrong: (graph) => {
      const shipped = new Set(graph.all(subscription).map(({ inputs }) => textAt(inputs, "logGroup")));
      // The last comes after everything else, and shifts the rest.
      const apart = ["LogShipper", "LogsIndexStep", "PreTrafficHook"];
      const groups = graph.functions
        .filter(({ functionID }) => !functionID.startsWith("Standby") && !apart.includes(functionID))
        .map(({ functionID }) => textAt(graph.one(kinds.lambda, `${functionID}Function`).inputs, "loggingConfig.logGroup"));
      const shipper = textAt(graph.one(kinds.lambda, "LogShipperFunction").inputs, "loggingConfig.logGroup");
      return [
        ...groups.filter((group) => group !== undefined && !shipped.has(group)).map(String),
        ...unless(groups.length > 30, "hardly any function was found"),
        ...unless(!shipped.has(shipper), "the shipper ships its own lines"),
        ...failing(
          graph.all(subscription),
          ({ inputs }) => graph.byArn(textAt(inputs, "destinationArn") ?? "")?.name === "LogShipperFunction",
        ),
      ];
    },
    broken: (draft) => draft.without(subscription, "SwipesApiLines"),
  },
  {
    says: "Firehose brings them to the search domain inside the network, keeps a copy of everything, tries for an hour, and writes down what it can't bring",
    in: permanent,
    wrong: (graph) => {
      const { inputs } = graph.one(stream, "LogDelivery");
      const domain = graph.all(kinds.search)[0];
      const own = (path: string): string | undefined => textAt(inputs, `opensearchConfiguration.${path}`);
      return [
        ...unless(own("domainArn") === domain?.outputs["arn"], "it leads elsewhere"),
        ...unless(textsAt(inputs, "opensearchConfiguration.vpcConfig.securityGroupIds").length > 0, "it has no way into the network"),
        ...unless(own("s3BackupMode") === "AllDocuments", "only failures are kept"),
        ...unless(own("s3Configuration.errorOutputPrefix")?.startsWith("refused/") === true, "what was refused is not kept apart"),
        ...unless(numberAt(inputs, "opensearchConfiguration.retryDuration") === 3600, "it gives up at another time"),
        ...unless(own("indexRotationPeriod") === "OneDay" && own("indexName") === "logs", "its indexes are others"),
        ...unless(JSON.stringify(inputs["serverSideEncryption"]).includes("true"), "what waits in it is not encrypted"),
        ...unless(JSON.stringify(inputs).includes('"logStreamName"'), "its errors are nowhere"),
      ];
    },
    broken: (draft) => draft.with(stream, "LogDelivery", "opensearchConfiguration.s3BackupMode", "FailedDocumentsOnly"),
  },
  {
    says: "OpenSearch is told how long logs are searched, and which role may write them",
    in: permanent,
    wrong: (graph) => {
      const { inputs } = graph.one("aws:lambda/invocation:Invocation", "LogsIndex");
      const role = graph.byArn(textAt(inputs, "input.writerArn") ?? "");
      return [
        ...unless(role?.name === "LogDeliveryRole", "another role would write"),
        ...unless(numberAt(inputs, "input.keepDays") === (graph.stage === "production" ? 30 : 7), "they are kept for another time"),
      ];
    },
    broken: (draft) =>
      draft.with("aws:lambda/invocation:Invocation", "LogsIndex", "input.writerArn", "arn:aws:iam::123456789012:role/other"),
  },
  {
    says: "refused requests are counted in the access log, where the gateway's own refusals are",
    in: permanent,
    wrong: (graph) =>
      places(graph).flatMap((prefix) => {
        const { inputs } = graph.one("aws:cloudwatch/logMetricFilter:LogMetricFilter", `${prefix}RefusedRequestsFilter`);
        const namespace = textAt(inputs, "metricTransformation.namespace");
        return unless(
          /= 401.*= 403/.test(textAt(inputs, "pattern") ?? "") && namespace === `Pendo/${graph.stage}`,
          `${prefix}: ${namespace}`,
        );
      }),
    broken: (draft) =>
      draft.with("aws:cloudwatch/logMetricFilter:LogMetricFilter", "RefusedRequestsFilter", "pattern", "{ $.status = 401 }"),
  },
  {
    says: "every function says its stage, its release and where bugs go, so that Sentry can tell them apart",
    in: ["production", "staging", "pr-42"],
    wrong: (graph) =>
      failing(
        graph.functions.map(({ functionID }) => graph.one(kinds.lambda, `${functionID}Function`)),
        ({ inputs }) => {
          const env = (inputs["environment"] as { variables?: Record<string, string> } | undefined)?.variables ?? {};
          return env["PENDO_STAGE"] === graph.stage && Boolean(env["PENDO_RELEASE"]) && "SENTRY_DSN" in env;
        },
      ),
    broken: (draft) => draft.with(kinds.lambda, "SwipesApiFunction", "environment.variables.PENDO_RELEASE", ""),
  },
  {
    says: "every function is traced, and permanent stages sample more than X-Ray would by itself",
    in: permanent,
    wrong: (graph) => [
      ...failing(
        graph.functions.map(({ functionID }) => graph.one(kinds.lambda, `${functionID}Function`)),
        ({ inputs }) => textAt(inputs, "tracingConfig.mode") === "Active",
      ),
      ...places(graph).flatMap((prefix) => {
        const { inputs } = graph.one("aws:xray/samplingRule:SamplingRule", `${prefix}Tracing`);
        return unless(inputs["reservoirSize"] === 1 && (textAt(inputs, "ruleName")?.length ?? 99) <= 32, `${prefix}Tracing`);
      }),
    ],
    broken: (draft) => draft.with(kinds.lambda, "SwipesApiFunction", "tracingConfig.mode", "PassThrough"),
  },
  {
    says: "the canary does the main job every five minutes, from outside the network",
    in: permanent,
    wrong: (graph) => {
      const run = graph.all(schedule).find(({ name }) => name.startsWith("CanaryRun"));
      const lambda = graph.one(kinds.lambda, "CanaryFunction");
      return [
        ...unless(textAt(run?.inputs ?? {}, "scheduleExpression") === "rate(5 minutes)", "it runs at other times"),
        ...unless(textAt(run?.inputs ?? {}, "target.arn") === lambda.outputs["arn"], "something else runs"),
        ...unless(lambda.inputs["vpcConfig"] === undefined, "it stands inside"),
      ];
    },
    broken: (draft) => draft.with(schedule, "CanaryRunSchedule", "scheduleExpression", "rate(1 hour)"),
  },
];

promised("the way of a line, a trace and a bug", pipeline);
