import { expect } from "vitest";
import { kinds } from "../../kinds.ts";
import { at, documentsAt, textAt } from "../../read.ts";
import { dashboard, expectAll, inputsOf, type Row } from "./row.ts";

const dashboardKind = "aws:cloudwatch/dashboard:Dashboard";

function shows(id: string, required: string, name: string, metrics: readonly string[], missing?: string): Row {
  return {
    id,
    required,
    by: `the dashboard ${name}: ${metrics.join(", ")}`,
    ...(missing !== undefined && { missing }),
    resources: [[dashboardKind, name]],
    check: (graph) => {
      const text = dashboard(graph, name);
      for (const metric of metrics) expect(text, metric).toContain(metric);
    },
  };
}

export const watching: readonly Row[] = [
  {
    id: "5.1",
    required: "Prometheus, Grafana, Node Exporter",
    by: "managed Grafana with its dashboards as code, over CloudWatch and a managed Prometheus",
    missing: "Prometheus, Grafana and Node Exporter inside EKS",
    resources: [
      ["aws:grafana/workspace:Workspace", "Grafana"],
      ["aws:amp/workspace:Workspace", "Prometheus"],
      ["grafana:oss/dataSource:DataSource", "GrafanaCloudWatch"],
      ["grafana:oss/dataSource:DataSource", "GrafanaPrometheus"],
      ["grafana:oss/dashboard:Dashboard", "GrafanaSystem"],
      ["grafana:oss/dashboard:Dashboard", "GrafanaApplication"],
      ["grafana:oss/dashboard:Dashboard", "GrafanaBusiness"],
    ],
    check: (graph) => {
      expectAll(graph, [
        ["aws:grafana/workspace:Workspace", "Grafana"],
        ["aws:amp/workspace:Workspace", "Prometheus"],
      ]);
      expectAll(graph, [["grafana:oss/dataSource:DataSource", "GrafanaCloudWatch"]], { type: "cloudwatch" });
      expect(inputsOf(graph, "grafana:oss/dataSource:DataSource", "GrafanaPrometheus")["type"]).toMatch(/prometheus/);
      for (const name of ["GrafanaSystem", "GrafanaApplication", "GrafanaBusiness"])
        expect(textAt(inputsOf(graph, "grafana:oss/dashboard:Dashboard", name), "configJson")).toContain("panels");
    },
  },
  {
    id: "5.2",
    required: "ELK for logs",
    by: "structured lines of every function through Firehose into an index of their own in OpenSearch, with retention",
    missing: "Fluent Bit on EKS",
    resources: [
      ["aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream", "LogDelivery"],
      ["aws:cloudwatch/logSubscriptionFilter:LogSubscriptionFilter", "SwipesApiLines"],
      ["aws:lambda/invocation:Invocation", "LogsIndex"],
    ],
    check: (graph) => {
      const stream = graph.one("aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream", "LogDelivery");
      expect(at(stream.inputs, "opensearchConfiguration.domainArn")).toBe(graph.one(kinds.search, "OpenSearchDomain").outputs["arn"]);
      expect(at(stream.inputs, "opensearchConfiguration.vpcConfig.subnetIds")).toBeDefined();
      expectAll(graph, [
        ["aws:cloudwatch/logSubscriptionFilter:LogSubscriptionFilter", "SwipesApiLines"],
        ["aws:lambda/invocation:Invocation", "LogsIndex"],
      ]);
    },
  },
  {
    id: "5.3",
    required: "Sentry",
    by: "every function knows where bugs are reported, its stage and its release",
    missing: "Sentry in pods on EKS",
    resources: [[kinds.lambda, "SwipesApiFunction"]],
    check: (graph) => {
      graph.one(kinds.lambda, "SwipesApiFunction");
      for (const lambda of graph.functions.flatMap((build) => graph.lambdaOf(build) ?? []))
        expect(Object.keys(Object(at(lambda.inputs, "environment.variables"))), lambda.name).toEqual(
          expect.arrayContaining(["SENTRY_DSN", "PENDO_STAGE", "PENDO_RELEASE"]),
        );
    },
  },
  shows(
    "8.1",
    "System metrics",
    "SystemDashboard",
    ["CPUUtilization", "ServerlessDatabaseCapacity", "FreeStorageSpace", "ConcurrentExecutions"],
    "the health of pods, on EKS",
  ),
  shows("8.2", "Application metrics", "ApplicationDashboard", ["latencyMs", "faults", "ApproximateAgeOfOldestMessage", "hits"]),
  shows("8.3", "Business metrics", "BusinessDashboard", ["registrations", "matches", "messages", "Premium conversions"]),
  {
    id: "10.3",
    required: "Health checks, performance monitoring, error tracking, user feedback",
    by: "a canary that does the main job every five minutes, traces, burn-rate alarms; reports and tickets are the product's own",
    resources: [
      ["aws:scheduler/schedule:Schedule", "CanaryRunSchedule"],
      [kinds.lambda, "CanaryFunction"],
      ["aws:xray/samplingRule:SamplingRule", "Tracing"],
      ["aws:cloudwatch/compositeAlarm:CompositeAlarm", "MatchNotificationBurnFast"],
      [kinds.topic, "Pages"],
    ],
    check: (graph) => {
      expectAll(graph, [["aws:scheduler/schedule:Schedule", "CanaryRunSchedule"]], {
        scheduleExpression: "rate(5 minutes)",
        state: "ENABLED",
      });
      expectAll(graph, [
        [kinds.lambda, "CanaryFunction"],
        ["aws:xray/samplingRule:SamplingRule", "Tracing"],
      ]);
      const burn = graph.one("aws:cloudwatch/compositeAlarm:CompositeAlarm", "MatchNotificationBurnFast");
      expect(at(burn.inputs, "alarmActions[0]")).toBe(graph.one(kinds.topic, "Pages").outputs["arn"]);
      expect(documentsAt({ graph: graph.functions }, "graph").length).toBeGreaterThan(40);
    },
  },
];
