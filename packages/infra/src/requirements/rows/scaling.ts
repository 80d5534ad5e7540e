import { everyRoute } from "@pendo/contract/everyRoute";
import { expect } from "vitest";
import { kinds } from "../../kinds.ts";
import { at, documentsAt, numberAt, textAt, textsAt } from "../../read.ts";
import { expectAll, inputsOf, type Row } from "./row.ts";

const warm = "aws:lambda/provisionedConcurrencyConfig:ProvisionedConcurrencyConfig";
const record = "aws:route53/record:Record";

export const scaling: readonly Row[] = [
  {
    id: "7.1",
    required: "Autoscaling",
    by: "Lambda by request and by queue length (a bounded number of batches), warm instances where people wait, Aurora by load",
    missing: "CPU, memory, requests, queue length and response time as signals of EKS",
    resources: [
      [warm, "SwipesApiWarm"],
      [warm, "MessagesApiWarm"],
      [kinds.cluster, "AuroraCluster"],
    ],
    check: (graph) => {
      for (const name of ["SwipesApiWarm", "MessagesApiWarm"])
        expect(numberAt(inputsOf(graph, warm, name), "provisionedConcurrentExecutions")).toBeGreaterThan(0);
      const capacity = at(inputsOf(graph, kinds.cluster, "AuroraCluster"), "serverlessv2ScalingConfiguration");
      expect(numberAt(capacity, "maxCapacity")).toBeGreaterThan(Number(numberAt(capacity, "minCapacity")));
      for (const source of graph.all(kinds.eventSource))
        expect(numberAt(source.inputs, "scalingConfig.maximumConcurrency"), source.name).toBeGreaterThan(1);
    },
  },
  {
    id: "7.2",
    required: "CDN and caching",
    by: "CloudFront before everything; what the contract lets shared caches keep is kept at the edge; ETag and Cache-Control by the functions",
    resources: [
      [kinds.distribution, "ApiCdn"],
      [kinds.distribution, "SiteCdn"],
      ["aws:cloudfront/cachePolicy:CachePolicy", "ApiCache"],
      ["upstash:index/redisDatabase:RedisDatabase", "Redis"],
    ],
    check: (graph) => {
      const shared = everyRoute().filter(({ spec }) => spec.cache?.scope === "public");
      const behaviours = documentsAt(inputsOf(graph, kinds.distribution, "ApiCdn"), "orderedCacheBehaviors");
      const policy = graph.one("aws:cloudfront/cachePolicy:CachePolicy", "ApiCache").id;
      const kept = behaviours.filter((one) => textAt(one, "cachePolicyId") === policy).map((one) => textAt(one, "pathPattern"));
      expect(kept.toSorted()).toEqual(shared.map(({ spec }) => spec.at.replace("GET ", "")).toSorted());
      expectAll(graph, [
        [kinds.distribution, "SiteCdn"],
        ["upstash:index/redisDatabase:RedisDatabase", "Redis"],
      ]);
    },
  },
  {
    id: "7.3",
    required: "Load balancing",
    by: "Route 53 by weight and by health, CloudFront and API Gateway behind it, limits per route; a socket stays where it opened",
    missing: "an application load balancer with session affinity, on EKS",
    resources: [
      [record, "ApiOrigin"],
      [record, "SocketOrigin"],
      [record, "StandbyApiOrigin"],
      ["aws:route53/healthCheck:HealthCheck", "ApiHealth"],
      [kinds.stage, "HttpApiStage"],
    ],
    check: (graph) => {
      const policy = (name: string) =>
        documentsAt(inputsOf(graph, record, name), "failoverRoutingPolicies").map((one) => textAt(one, "type"));
      expect([policy("ApiOrigin"), policy("StandbyApiOrigin")]).toEqual([["PRIMARY"], ["SECONDARY"]]);
      expect(documentsAt(inputsOf(graph, record, "SocketOrigin"), "weightedRoutingPolicies")).toHaveLength(1);
      expectAll(graph, [["aws:route53/healthCheck:HealthCheck", "ApiHealth"]], { failureThreshold: 3, requestInterval: 10 });
      expect(numberAt(inputsOf(graph, kinds.stage, "HttpApiStage"), "defaultRouteSettings.throttlingRateLimit")).toBeGreaterThan(0);
    },
  },
  {
    id: "10.2",
    required: "Blue/green, canary releases, rollback, automated scaling, previews",
    by: "versions behind `live`, shifted by CodeDeploy with a hook and alarms; previews are stages of their own",
    resources: [
      ["aws:codedeploy/application:Application", "Releases"],
      ["aws:codedeploy/deploymentGroup:DeploymentGroup", "SwipesApiReleases"],
      ["aws:codedeploy/deploymentGroup:DeploymentGroup", "EmailConsumerReleases"],
      [kinds.alias, "SwipesApiLive"],
      [kinds.lambda, "PreTrafficHookFunction"],
      [kinds.alarm, "SwipesApiReleaseErrors"],
    ],
    check: (graph) => {
      const group = (name: string) => inputsOf(graph, "aws:codedeploy/deploymentGroup:DeploymentGroup", name);
      expect(group("SwipesApiReleases")).toMatchObject({
        appName: graph.one("aws:codedeploy/application:Application", "Releases").inputs["name"],
        deploymentConfigName: "CodeDeployDefault.LambdaCanary10Percent5Minutes",
        autoRollbackConfiguration: { enabled: true, events: expect.arrayContaining(["DEPLOYMENT_STOP_ON_ALARM"]) },
      });
      const alarm = graph.one(kinds.alarm, "SwipesApiReleaseErrors");
      expect(textsAt(group("SwipesApiReleases"), "alarmConfiguration.alarms")).toEqual([alarm.outputs["name"]]);
      expect(group("EmailConsumerReleases")).toMatchObject({ deploymentConfigName: "CodeDeployDefault.LambdaAllAtOnce" });
      expect(graph.one(kinds.alias, "SwipesApiLive").ignoreChanges).toEqual(["functionVersion", "routingConfig"]);
      expectAll(graph, [[kinds.lambda, "PreTrafficHookFunction"]], { name: "CodeDeployHook_pendo-production" });
    },
  },
];
