import { everyRoute } from "@pendo/contract/everyRoute";
import { expect } from "vitest";
import { kinds } from "../../kinds.ts";
import { at, documentsAt, numberAt, textAt } from "../../read.ts";
import { expectAll, inputsOf, type Row } from "./row.ts";

const plan = "aws:backup/plan:Plan";
const vault = "aws:backup/vault:Vault";

export const safety: readonly Row[] = [
  {
    id: "9.1",
    required: "VPC, security groups, WAF, DDoS protection",
    by: "a network in three zones whose groups name their peers, and a firewall with rate rules before everything public (Shield Standard is always there)",
    resources: [
      [kinds.vpc, "NetworkVpc"],
      [kinds.securityGroup, "FunctionsGroup"],
      [kinds.securityGroup, "DatabaseGroup"],
      ["aws:ec2/flowLog:FlowLog", "FlowLog"],
      [kinds.webAcl, "EdgeAcl"],
    ],
    check: (graph) => {
      expectAll(graph, [
        [kinds.vpc, "NetworkVpc"],
        [kinds.securityGroup, "FunctionsGroup"],
        [kinds.securityGroup, "DatabaseGroup"],
        ["aws:ec2/flowLog:FlowLog", "FlowLog"],
      ]);
      const acl = graph.one(kinds.webAcl, "EdgeAcl");
      for (const name of ["ApiCdn", "SocketCdn", "SiteCdn"])
        expect(inputsOf(graph, kinds.distribution, name)["webAclId"]).toBe(acl.outputs["arn"]);
    },
  },
  {
    id: "9.2",
    required: "JWT authentication, input validation, permissions, moderation",
    by: "an authorizer that knows our tokens before every route of a user; the rest is the contract's and the functions'",
    resources: [
      [kinds.lambda, "SessionAuthorizerFunction"],
      ["aws:apigatewayv2/authorizer:Authorizer", "HttpApiAuthorizerSessionAuthorizer"],
      [kinds.lambda, "ModerationConsumerFunction"],
    ],
    check: (graph) => {
      const authorizer = graph.one("aws:apigatewayv2/authorizer:Authorizer", "HttpApiAuthorizerSessionAuthorizer");
      expect(textAt(authorizer.inputs, "authorizerUri")).toContain("SessionAuthorizer");
      expectAll(graph, [
        [kinds.lambda, "SessionAuthorizerFunction"],
        [kinds.lambda, "ModerationConsumerFunction"],
      ]);
      const guarded = graph.all(kinds.route).filter(({ inputs }) => inputs["authorizerId"] === authorizer.id);
      const expected = everyRoute().filter(({ spec }) => spec.auth !== "public");
      expect(guarded.map(({ inputs }) => inputs["routeKey"]).toSorted()).toEqual(expected.map(({ spec }) => spec.at).toSorted());
    },
  },
  {
    id: "9.3",
    required: "Encryption at rest and in transit, backups, disaster recovery",
    by: "own keys for database and search, TLS enforced by each store, locked backups in two regions",
    resources: [
      [kinds.key, "DatabaseKey"],
      [kinds.key, "SearchKey"],
      [vault, "Backups"],
      ["aws:rds/clusterParameterGroup:ClusterParameterGroup", "AuroraClusterParameterGroup"],
    ],
    check: (graph) => {
      const key = (name: string) => graph.one(kinds.key, name).outputs["arn"];
      expectAll(graph, [[kinds.cluster, "AuroraCluster"]], { storageEncrypted: true, kmsKeyId: key("DatabaseKey") });
      expectAll(graph, [[kinds.search, "OpenSearchDomain"]], { encryptAtRest: { enabled: true }, nodeToNodeEncryption: { enabled: true } });
      expect(at(inputsOf(graph, kinds.search, "OpenSearchDomain"), "encryptAtRest.kmsKeyId")).toBe(key("SearchKey"));
      const parameters = documentsAt(
        inputsOf(graph, "aws:rds/clusterParameterGroup:ClusterParameterGroup", "AuroraClusterParameterGroup"),
        "parameters",
      );
      expect(parameters.find(({ name }) => name === "rds.force_ssl")).toMatchObject({ value: "1" });
      expectAll(graph, [[vault, "Backups"]]);
    },
  },
  {
    id: "11.1",
    required: "Backups: database hourly, files daily, configuration, across regions",
    by: "AWS Backup plans with copies in the other region, the configuration's own daily copy, and continuous recovery of the database",
    resources: [
      [plan, "DatabaseBackup"],
      [plan, "FilesBackup"],
      [kinds.lambda, "ConfigBackupJobFunction"],
      [vault, "Backups"],
      ["aws:s3/bucketReplicationConfig:BucketReplicationConfig", "UploadsReplication"],
    ],
    check: (graph) => {
      const rules = (name: string) => documentsAt(inputsOf(graph, plan, name), "rules");
      expect(rules("DatabaseBackup").map((rule) => textAt(rule, "schedule"))).toContainEqual(expect.stringMatching(/^cron\(\d+ \* /));
      expect(rules("FilesBackup").map((rule) => textAt(rule, "schedule"))).toContainEqual(
        expect.stringMatching(/^cron\(\d+ \d+ \* \* \? \*\)$/),
      );
      // Hours are carried over by the global database, each second of them.
      const copied = [...rules("DatabaseBackup"), ...rules("FilesBackup")].filter((rule) => textAt(rule, "ruleName") !== "hourly");
      expect(copied.length).toBeGreaterThanOrEqual(3);
      for (const rule of copied) expect(documentsAt(rule, "copyActions"), textAt(rule, "ruleName")).toHaveLength(1);
      expect(numberAt(inputsOf(graph, kinds.cluster, "AuroraCluster"), "backupRetentionPeriod")).toBeGreaterThanOrEqual(14);
      expectAll(graph, [
        [kinds.lambda, "ConfigBackupJobFunction"],
        [vault, "Backups"],
        ["aws:s3/bucketReplicationConfig:BucketReplicationConfig", "UploadsReplication"],
      ]);
    },
  },
  {
    id: "11.2",
    required: "Recovery procedures",
    by: "a runbook each (docs/runbooks), restores that are tested every week, and DNS that turns to the standby by itself",
    missing: "drills that run against AWS",
    resources: [
      ["aws:backup/restoreTestingPlan:RestoreTestingPlan", "RestoreTests"],
      ["aws:route53/record:Record", "StandbyApiOrigin"],
    ],
    check: (graph) => {
      expect(textAt(inputsOf(graph, "aws:backup/restoreTestingPlan:RestoreTestingPlan", "RestoreTests"), "scheduleExpression")).toMatch(
        /^cron\(/,
      );
      expectAll(graph, [["aws:route53/record:Record", "StandbyApiOrigin"]], { failoverRoutingPolicies: [{ type: "SECONDARY" }] });
    },
  },
  {
    id: "11.3",
    required: "High availability",
    by: "three zones, a reader that takes over, a second region with its own copy of everything and a replica of the data",
    resources: [
      [kinds.clusterInstance, "AuroraReplica0"],
      ["aws:rds/globalCluster:GlobalCluster", "GlobalDatabase"],
      [kinds.cluster, "StandbyAuroraCluster"],
      [kinds.bucket, "StandbyUploadsBucket"],
      [kinds.lambda, "StandbySwipesApiFunction"],
    ],
    check: (graph) => {
      expect(numberAt(inputsOf(graph, kinds.clusterInstance, "AuroraReplica0"), "promotionTier")).toBeLessThanOrEqual(1);
      const global = graph.one("aws:rds/globalCluster:GlobalCluster", "GlobalDatabase");
      expectAll(graph, [[kinds.cluster, "StandbyAuroraCluster"]], { globalClusterIdentifier: global.id });
      expect(graph.one(kinds.cluster, "StandbyAuroraCluster").region).toBe("eu-central-1");
      expectAll(graph, [
        [kinds.bucket, "StandbyUploadsBucket"],
        [kinds.lambda, "StandbySwipesApiFunction"],
      ]);
    },
  },
];
