import { expect } from "vitest";
import { statementsOf, trustOf } from "../access.ts";
import type { Graph } from "../graph.ts";
import { kinds } from "../kinds.ts";
import { at, documentsAt, numberAt, textAt } from "../read.ts";
import { promise } from "./promised.ts";

// What SST 4.17.1 does by default and Pendo must not, one promise for each. They are held in the stage where the trap would hurt most.

const arnOf = (graph: Graph, type: string, name: string): unknown => graph.one(type, name).outputs["arn"];

promise("SST lets every function's role be taken on by the whole account; here only Lambda may", {
  check: (graph) => {
    for (const lambda of graph.functions.flatMap((build) => graph.lambdaOf(build) ?? []))
      expect(
        trustOf(graph.roleOf(lambda)).map(({ principals }) => principals),
        lambda.name,
      ).toEqual([{ Service: ["lambda.amazonaws.com"] }]);
  },
  spoils: [
    {
      type: kinds.role,
      name: "SwipesApiRole",
      change: (inputs) =>
        (inputs.assumeRolePolicy = JSON.stringify({
          Statement: [
            { Effect: "Allow", Action: "sts:AssumeRole", Principal: { Service: "lambda.amazonaws.com", AWS: "arn:aws:iam::1:root" } },
          ],
        })),
    },
  ],
});

promise("`removal: retain` forgets OpenSearch, Upstash and secrets; here they are protected themselves", {
  check: (graph) => {
    const secret = "aws:secretsmanager/secret:Secret";
    const forgotten = [
      graph.one(kinds.search, "OpenSearchDomain"),
      graph.one("upstash:index/redisDatabase:RedisDatabase", "Redis"),
      graph.one(secret, "AuroraProxySecret"),
      ...graph.all(secret),
    ];
    for (const { name, protect, retainOnDelete } of forgotten) expect([name, protect, retainOnDelete]).toEqual([name, true, true]);
  },
  spoils: [
    { type: kinds.search, name: "OpenSearchDomain" },
    { type: "upstash:index/redisDatabase:RedisDatabase", name: "Redis" },
  ],
});

promise("linking allows everything on what is linked; here no role of a function has an action with a star", {
  check: (graph) => {
    for (const lambda of graph.functions.flatMap((build) => graph.lambdaOf(build) ?? []))
      for (const { actions } of statementsOf(graph, graph.roleOf(lambda))) expect(actions.join(), lambda.name).not.toContain("*");
  },
  spoils: [
    {
      type: kinds.role,
      name: "SwipesApiRole",
      change: (inputs) =>
        inputs.inlinePolicies.push({
          name: "linked",
          policy: JSON.stringify({ Statement: [{ Effect: "Allow", Action: ["sqs:*"], Resource: "*" }] }),
        }),
    },
  ],
});

promise("SST's Aurora sleeps, loses its last snapshot, upgrades by itself and can be deleted; here it can't", {
  check: (graph) => {
    for (const name of ["AuroraCluster", "StandbyAuroraCluster"])
      expect(graph.one(kinds.cluster, name).inputs, name).toMatchObject({
        deletionProtection: true,
        skipFinalSnapshot: false,
        applyImmediately: false,
        allowMajorVersionUpgrade: false,
        backupRetentionPeriod: 35,
      });
    const cluster = graph.one(kinds.cluster, "AuroraCluster").inputs;
    expect(textAt(cluster, "finalSnapshotIdentifier")).toBeTruthy();
    expect(numberAt(cluster, "serverlessv2ScalingConfiguration.minCapacity")).toBeGreaterThan(0);
    expect(numberAt(graph.one(kinds.clusterInstance, "AuroraReplica0").inputs, "promotionTier")).toBeLessThanOrEqual(1);
    const groups = at(graph.one("aws:rds/proxy:Proxy", "AuroraProxy").inputs, "vpcSecurityGroupIds");
    expect(groups).toEqual([graph.one(kinds.securityGroup, "ProxyGroup").id]);
  },
  spoils: [
    { type: kinds.cluster, name: "AuroraCluster", change: (inputs) => (inputs.skipFinalSnapshot = true) },
    { type: kinds.cluster, name: "AuroraCluster", change: (inputs) => (inputs.serverlessv2ScalingConfiguration.minCapacity = 0) },
    { type: kinds.cluster, name: "StandbyAuroraCluster", change: (inputs) => (inputs.deletionProtection = false) },
    { type: kinds.clusterInstance, name: "AuroraReplica0", change: (inputs) => (inputs.promotionTier = 15) },
    { type: "aws:rds/proxy:Proxy", name: "AuroraProxy", change: (inputs) => delete inputs.vpcSecurityGroupIds },
  ],
});

promise("SST's OpenSearch is one node on the internet, open to everybody; here it is neither", {
  check: (graph) => {
    const { inputs } = graph.one(kinds.search, "OpenSearchDomain");
    expect(inputs).toMatchObject({
      clusterConfig: { zoneAwarenessEnabled: true, dedicatedMasterEnabled: true },
      advancedSecurityOptions: { enabled: true, internalUserDatabaseEnabled: true },
    });
    expect(at(inputs, "vpcOptions.securityGroupIds")).toEqual([graph.one(kinds.securityGroup, "SearchGroup").id]);
    const policy = graph.one("aws:opensearch/domainPolicy:DomainPolicy", "OpenSearchDomainPolicy").inputs;
    for (const statement of documentsAt(policy, "accessPolicies.Statement")) {
      expect(JSON.stringify(statement["Resource"])).toContain(String(arnOf(graph, kinds.search, "OpenSearchDomain")));
      expect(JSON.stringify(statement["Action"])).not.toMatch(/"es:\*"/);
    }
  },
  spoils: [
    { type: kinds.search, name: "OpenSearchDomain", change: (inputs) => delete inputs.vpcOptions },
    { type: kinds.search, name: "OpenSearchDomain", change: (inputs) => (inputs.clusterConfig.zoneAwarenessEnabled = false) },
    { type: "aws:opensearch/domainPolicy:DomainPolicy", name: "OpenSearchDomainPolicy" },
  ],
});

promise("SST's queues report no partial failure and come back too soon; here a batch returns what failed, after six times the timeout", {
  check: (graph) => {
    expect(graph.all(kinds.eventSource).length).toBeGreaterThan(0);
    for (const { name, inputs } of graph.all(kinds.eventSource)) {
      expect(inputs["functionResponseTypes"], name).toEqual(["ReportBatchItemFailures"]);
      const queue = graph.byArn(String(inputs["eventSourceArn"]));
      const lambda = graph.byArn(String(inputs["functionName"]));
      const consumer = lambda?.type === kinds.alias ? graph.byArn(textAt(lambda.inputs, "functionName") ?? "") : lambda;
      const timeoutSec = numberAt((consumer ?? graph.one(kinds.lambda, consumerOf(name))).inputs, "timeout") ?? Number.NaN;
      expect(numberAt(queue?.inputs, "visibilityTimeoutSeconds"), name).toBeGreaterThanOrEqual(6 * timeoutSec);
      expect(graph.byArn(textAt(queue?.inputs, "redrivePolicy.deadLetterTargetArn") ?? "")?.type, name).toBe(kinds.queue);
    }
  },
  spoils: [
    { type: kinds.queue, name: "EmailQueueQueue", change: (inputs) => (inputs.visibilityTimeoutSeconds = 30) },
    { type: kinds.queue, name: "EmailQueueQueue", change: (inputs) => delete inputs.redrivePolicy },
  ],
});

/** `EmailQueueSubscriberXyEventSourceMapping` → `EmailConsumerFunction`. */
function consumerOf(mapping: string): string {
  return mapping.replace(/QueueSubscriber\w*$/, "ConsumerFunction");
}

promise("SST's schedules try once; here what fails is tried again, and then kept", {
  check: (graph) => {
    const schedules = graph.all("aws:scheduler/schedule:Schedule");
    expect(schedules.length).toBeGreaterThanOrEqual(3);
    for (const { name, inputs } of schedules) {
      expect(numberAt(inputs, "target.retryPolicy.maximumRetryAttempts"), name).toBeGreaterThan(0);
      expect(graph.byArn(textAt(inputs, "target.deadLetterConfig.arn") ?? "")?.type, name).toBe(kinds.queue);
    }
  },
  spoils: [
    {
      type: "aws:scheduler/schedule:Schedule",
      name: "ExpireSchedule",
      change: (inputs) => (inputs.target.retryPolicy.maximumRetryAttempts = 0),
    },
    { type: "aws:scheduler/schedule:Schedule", name: "ExpireSchedule", change: (inputs) => delete inputs.target.deadLetterConfig },
  ],
});

promise("a firewall can't stand before an HTTP API; here it stands before CloudFront, and the way around is closed", {
  check: (graph) => {
    const acl = arnOf(graph, kinds.webAcl, "EdgeAcl");
    for (const name of ["ApiCdn", "SocketCdn"]) expect(graph.one(kinds.distribution, name).inputs["webAclId"], name).toBe(acl);
    expect(graph.one(kinds.api, "HttpApiApi").inputs["disableExecuteApiEndpoint"]).toBe(true);
    const connect = graph.all(kinds.route).find(({ name, inputs }) => inputs["routeKey"] === "$connect" && !name.startsWith("Standby"));
    expect(textAt(connect?.inputs, "authorizationType")).toBe("CUSTOM");
  },
  spoils: [
    { type: kinds.distribution, name: "ApiCdn", change: (inputs) => delete inputs.webAclId },
    { type: kinds.api, name: "HttpApiApi", change: (inputs) => (inputs.disableExecuteApiEndpoint = false) },
  ],
});

promise("passing an alias skips SST's own permission to consume; here each consumer has it, for its own queue", {
  check: (graph) => {
    for (const name of ["Email", "Push", "Moderation", "Matching", "Analytics", "Media", "Search", "Realtime"]) {
      const queue = String(arnOf(graph, kinds.queue, `${name}QueueQueue`));
      const statements = statementsOf(graph, graph.roleOf(graph.one(kinds.lambda, `${name}ConsumerFunction`)));
      const receiving = statements.filter(({ actions }) => actions.includes("sqs:ReceiveMessage"));
      expect(
        receiving.flatMap(({ resources }) => resources),
        name,
      ).toEqual([queue]);
    }
  },
  spoils: [{ type: kinds.role, name: "EmailConsumerRole", change: (inputs) => (inputs.inlinePolicies = []) }],
});

promise("an alias takes published versions alone, and CodeDeploy moves it: deployments publish, and leave it where it is", {
  check: (graph) => {
    expect(graph.all(kinds.alias).filter(({ name }) => !name.includes("Key")).length).toBeGreaterThan(40);
    for (const alias of graph.all(kinds.alias))
      expect([alias.name, alias.ignoreChanges]).toEqual([alias.name, ["functionVersion", "routingConfig"]]);
    for (const lambda of graph.functions.flatMap((build) => graph.lambdaOf(build) ?? []))
      expect(lambda.inputs["publish"], lambda.name).toBe(true);
  },
  spoils: [{ type: kinds.lambda, name: "SwipesApiFunction", change: (inputs) => (inputs.publish = false) }],
});

promise("a release changes what it deploys only by name: stage, release and the address of Sentry are in every function", {
  check: (graph) => {
    for (const lambda of graph.functions.flatMap((build) => graph.lambdaOf(build) ?? []))
      expect(at(lambda.inputs, "environment.variables"), lambda.name).toMatchObject({
        PENDO_STAGE: "production",
        PENDO_RELEASE: expect.any(String),
        SENTRY_DSN: expect.any(String),
      });
  },
  spoils: [{ type: kinds.lambda, name: "SwipesApiFunction", change: (inputs) => delete inputs.environment.variables.PENDO_RELEASE }],
});
