import { limits } from "@pendo/contract/limits";
import { everyRoute } from "@pendo/contract/everyRoute";
import { queues } from "@pendo/contract/queues";
import { componentOf } from "@pendo/operations/components";
import { expect } from "vitest";
import { kinds } from "../../kinds.ts";
import { at, documentsAt, numberAt, textAt } from "../../read.ts";
import { expectAll, inputsOf, type ResourceName, type Row } from "./row.ts";

const queueNames = Object.keys(queues).map(componentOf);
const queue = (name: string): ResourceName => [kinds.queue, `${name}Queue`];

export const backend: readonly Row[] = [
  {
    id: "1.1",
    required: "REST API services",
    by: "an HTTP API with every route of the contract, each to the function of its noun",
    resources: [
      [kinds.api, "HttpApiApi"],
      [kinds.stage, "HttpApiStage"],
      [kinds.route, "HttpApiRouteSwipesRecordRouteRoute"],
    ],
    check: (graph) => {
      expect(inputsOf(graph, kinds.api, "HttpApiApi")).toMatchObject({ protocolType: "HTTP" });
      expectAll(graph, [[kinds.stage, "HttpApiStage"]], { autoDeploy: true });
      const api = graph.one(kinds.api, "HttpApiApi").id;
      const keys = graph
        .all(kinds.route)
        .filter(({ inputs }) => inputs["apiId"] === api)
        .map(({ inputs }) => inputs["routeKey"]);
      expect(keys.toSorted()).toEqual(
        everyRoute()
          .map(({ spec }) => spec.at)
          .toSorted(),
      );
    },
  },
  {
    id: "1.2",
    required: "WebSocket, real-time communication",
    by: "a WebSocket API whose frames reach one function, which pushes by @connections; a queue sends it events",
    resources: [[kinds.api, "SocketApiApi"], [kinds.lambda, "SocketFunctionFunction"], queue("RealtimeQueue")],
    check: (graph) => {
      expect(inputsOf(graph, kinds.api, "SocketApiApi")).toMatchObject({ protocolType: "WEBSOCKET" });
      const api = graph.one(kinds.api, "SocketApiApi").id;
      const keys = graph.all(kinds.route).filter(({ inputs }) => inputs["apiId"] === api);
      expect(keys.map(({ inputs }) => inputs["routeKey"]).toSorted()).toEqual(["$connect", "$default", "$disconnect"]);
      expectAll(graph, [[kinds.lambda, "SocketFunctionFunction"], queue("RealtimeQueue")]);
    },
  },
  {
    id: "1.3",
    required: "Asynchronous tasks",
    by: "a queue per concern with dead letters, and a consumer that reports what failed of a batch",
    resources: [
      ...queueNames.map((name) => queue(`${name}Queue`)),
      ...queueNames.map((name): ResourceName => [kinds.lambda, `${name}ConsumerFunction`]),
    ],
    check: (graph) => {
      for (const name of queueNames) {
        const live = graph.one(kinds.queue, `${name}QueueQueue`);
        expect(at(live.inputs, "redrivePolicy.deadLetterTargetArn")).toBe(graph.one(kinds.queue, `${name}DeadLettersQueue`).outputs["arn"]);
        graph.one(kinds.lambda, `${name}ConsumerFunction`);
        const sources = graph.all(kinds.eventSource).filter(({ inputs }) => inputs["eventSourceArn"] === live.outputs["arn"]);
        expect(sources.map(({ inputs }) => inputs["functionResponseTypes"])).toEqual([["ReportBatchItemFailures"]]);
      }
    },
  },
  {
    id: "1.4",
    required: "Rate limiting and security",
    by: "limits per user and route in Redis (the functions), throttling per route at the gateway, rate rules of the firewall in front",
    resources: [
      [kinds.stage, "HttpApiStage"],
      [kinds.webAcl, "EdgeAcl"],
      ["upstash:index/redisDatabase:RedisDatabase", "Redis"],
    ],
    check: (graph) => {
      expect(Object.keys(limits).length).toBeGreaterThan(0);
      const settings = documentsAt(inputsOf(graph, kinds.stage, "HttpApiStage"), "routeSettings");
      expect(settings).toHaveLength(everyRoute().length);
      for (const setting of settings) expect(numberAt(setting, "throttlingRateLimit"), textAt(setting, "routeKey")).toBeGreaterThan(0);
      const rules = documentsAt(inputsOf(graph, kinds.webAcl, "EdgeAcl"), "rules");
      expect(rules.filter((rule) => numberAt(rule, "statement.rateBasedStatement.limit")).length).toBeGreaterThanOrEqual(2);
      expectAll(graph, [["upstash:index/redisDatabase:RedisDatabase", "Redis"]]);
    },
  },
  {
    id: "1.5",
    required: "Caching with Redis",
    by: "Upstash Redis over TLS, evicting what is least used",
    resources: [["upstash:index/redisDatabase:RedisDatabase", "Redis"]],
    check: (graph) => expectAll(graph, [["upstash:index/redisDatabase:RedisDatabase", "Redis"]], { tls: true, eviction: true }),
  },
  {
    id: "1.6",
    required: "Monitoring and metrics",
    by: "CloudWatch metrics in the embedded format, on three dashboards; a Prometheus workspace",
    missing: "the scrape endpoint on EKS",
    resources: [
      ["aws:cloudwatch/dashboard:Dashboard", "SystemDashboard"],
      ["aws:cloudwatch/dashboard:Dashboard", "ApplicationDashboard"],
      ["aws:cloudwatch/dashboard:Dashboard", "BusinessDashboard"],
      ["aws:amp/workspace:Workspace", "Prometheus"],
    ],
    check: (graph) => {
      for (const name of ["SystemDashboard", "ApplicationDashboard", "BusinessDashboard"])
        expect(JSON.stringify(inputsOf(graph, "aws:cloudwatch/dashboard:Dashboard", name)).length).toBeGreaterThan(1000);
      expectAll(graph, [["aws:amp/workspace:Workspace", "Prometheus"]]);
    },
  },
  ...(["email", "push", "moderation", "matching", "analytics"] as const).map((name): Row => ({
    id: `3 ${name}`,
    required: `A queue for ${name}`,
    by: "SQS with its own dead letters, encryption, a bounded number of batches at once, and alarms on age and depth",
    resources: [queue(`${componentOf(name)}Queue`), queue(`${componentOf(name)}DeadLetters`)],
    check: (graph) => {
      const live = graph.one(kinds.queue, `${componentOf(name)}QueueQueue`);
      expectAll(graph, [queue(`${componentOf(name)}Queue`), queue(`${componentOf(name)}DeadLetters`)], { sqsManagedSseEnabled: true });
      expect(numberAt(live.inputs, "visibilityTimeoutSeconds")).toBeGreaterThanOrEqual(6 * queues[name].timeoutSec);
      const watched = graph.all(kinds.alarm).filter((alarm) => JSON.stringify(alarm.inputs).includes(String(live.outputs["name"])));
      expect(watched.length).toBeGreaterThanOrEqual(2);
      const [source] = graph.all(kinds.eventSource).filter(({ inputs }) => inputs["eventSourceArn"] === live.outputs["arn"]);
      expect(numberAt(source?.inputs, "scalingConfig.maximumConcurrency")).toBeGreaterThan(1);
    },
  })),
];
