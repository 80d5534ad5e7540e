import { statementsIn } from "../access.ts";
import type { Graph } from "../graph.ts";
import { kinds } from "../kinds.ts";
import { documentsAt, listAt, numberAt, textAt, textsAt } from "../read.ts";
import { failing, promised, type Promised, stated, unless } from "./promised.ts";

const redis = "upstash:index/redisDatabase:RedisDatabase";
const domainPolicy = "aws:opensearch/domainPolicy:DomainPolicy";
const logPolicy = "aws:cloudwatch/logResourcePolicy:LogResourcePolicy";
const permanent = ["production", "staging"] as const;
const deployed = ["production", "staging", "pr-42"] as const;
const tables = ["ConnectionsTableTable", "StandbyConnectionsTableTable"];

const linkOf = (graph: Graph, name: string) => graph.functions.find(({ links }) => links[name])?.links[name];

const cache: readonly Promised[] = [
  stated({
    says: "Redis speaks TLS, and makes room instead of refusing",
    in: deployed,
    type: redis,
    names: ["Redis"],
    inputs: { tls: true, eviction: true },
    not: ["eviction", false],
  }),
  stated({
    says: "production's Redis writes where its people are, is read in the standby's region as well, and is encrypted at rest",
    in: ["production"],
    type: redis,
    names: ["Redis"],
    inputs: { region: "global", primaryRegion: "eu-west-1", readRegions: ["eu-central-1"], prodPack: true },
    not: ["readRegions", []],
  }),
  stated({
    says: "Redis stays when a permanent stage is removed",
    in: permanent,
    type: redis,
    names: ["Redis"],
    inputs: { protect: true, retainOnDelete: true },
    not: ["protect", false],
  }),
  {
    says: "a stage has one Redis, reached over https, and its token is secret",
    in: deployed,
    wrong: (graph) => [
      ...unless(graph.all(redis).length === 1, "one"),
      ...unless(textAt(linkOf(graph, "Cache"), "url")?.startsWith("https://") === true, "https"),
      ...unless(
        graph.stage !== "production" || JSON.stringify(linkOf(graph, "Cache")) === JSON.stringify(linkOf(graph, "StandbyCache")),
        "the standby has another",
      ),
      ...unless(
        graph.one("sst:sst:LinkRef", "CacheLinkRef").secrets.some((path) => path.includes("properties")),
        "the token",
      ),
    ],
    broken: (draft) => draft.adding(redis, "Planted", {}),
  },
];

const search: readonly Promised[] = [
  stated({
    says: "production's domain survives the loss of a zone: data in three, and three masters of their own",
    in: ["production"],
    type: kinds.search,
    names: ["OpenSearchDomain"],
    inputs: {
      "clusterConfig.zoneAwarenessEnabled": true,
      "clusterConfig.zoneAwarenessConfig.availabilityZoneCount": 3,
      "clusterConfig.instanceCount": 3,
      "clusterConfig.dedicatedMasterEnabled": true,
      "clusterConfig.dedicatedMasterCount": 3,
    },
    not: ["clusterConfig.dedicatedMasterEnabled", false],
  }),
  stated({
    says: "staging's domain is small, in two zones",
    in: ["staging"],
    type: kinds.search,
    names: ["OpenSearchDomain"],
    inputs: {
      "clusterConfig.zoneAwarenessEnabled": true,
      "clusterConfig.zoneAwarenessConfig.availabilityZoneCount": 2,
      "clusterConfig.instanceCount": 2,
      "clusterConfig.instanceType": "t3.small.search",
    },
    not: ["clusterConfig.zoneAwarenessEnabled", false],
  }),
  {
    says: "a domain stands inside the network, in one subnet for each of its zones",
    in: permanent,
    wrong: (graph) =>
      failing(graph.all(kinds.search), ({ inputs }) => {
        const group = graph.one(kinds.securityGroup, "SearchGroup").id;
        return (
          textsAt(inputs, "vpcOptions.subnetIds").length === numberAt(inputs, "clusterConfig.zoneAwarenessConfig.availabilityZoneCount") &&
          JSON.stringify(textsAt(inputs, "vpcOptions.securityGroupIds")) === JSON.stringify([group])
        );
      }),
    broken: (draft) => draft.with(kinds.search, "OpenSearchDomain", "vpcOptions", undefined),
  },
  {
    says: "a domain is encrypted with a key of its own, at rest and between its nodes",
    in: permanent,
    wrong: (graph) =>
      failing(
        graph.all(kinds.search),
        ({ inputs }) =>
          graph.byArn(textAt(inputs, "encryptAtRest.kmsKeyId") ?? "")?.name === "SearchKey" &&
          listAt(inputs, "encryptAtRest.enabled")[0] === true &&
          listAt(inputs, "nodeToNodeEncryption.enabled")[0] === true,
      ),
    broken: (draft) => draft.with(kinds.search, "OpenSearchDomain", "nodeToNodeEncryption.enabled", false),
  },
  stated({
    says: "a domain speaks https alone, with keys that no later theft opens",
    in: permanent,
    type: kinds.search,
    names: ["OpenSearchDomain"],
    inputs: { "domainEndpointOptions.enforceHttps": true, "domainEndpointOptions.tlsSecurityPolicy": "Policy-Min-TLS-1-2-PFS-2023-10" },
    not: ["domainEndpointOptions.tlsSecurityPolicy", "Policy-Min-TLS-1-0-2019-07"],
  }),
  {
    says: "whoever asks a domain has to be one of its users, and the first one's password is kept in Secrets Manager",
    in: permanent,
    wrong: (graph) => [
      ...failing(
        graph.all(kinds.search),
        ({ inputs, secrets }) =>
          listAt(inputs, "advancedSecurityOptions.enabled")[0] === true &&
          listAt(inputs, "advancedSecurityOptions.internalUserDatabaseEnabled")[0] === true &&
          secrets.some((path) => path.startsWith("advancedSecurityOptions")),
      ),
      ...unless(graph.find("aws:secretsmanager/secret:Secret", "OpenSearchSecret") !== undefined, "the secret"),
      ...unless(textAt(linkOf(graph, "Search"), "username") === "pendo", "the link"),
    ],
    broken: (draft) => draft.with(kinds.search, "OpenSearchDomain", "advancedSecurityOptions.enabled", false),
  },
  {
    says: "a domain's policy allows requests to it, and no change of it",
    in: permanent,
    wrong: (graph) =>
      failing(graph.all(domainPolicy), ({ inputs }) => {
        const name = textAt(inputs, "domainName");
        return statementsIn(inputs["accessPolicies"]).every(
          ({ actions, resources }) =>
            actions.join() === "es:ESHttp*" && resources.join() === `arn:aws:es:eu-west-1:123456789012:domain/${name}/*`,
        );
      }),
    broken: (draft) => draft.with(domainPolicy, "OpenSearchDomainPolicy", "accessPolicies.Statement.0.Action", "*"),
  },
  {
    says: "slow requests, errors and who did what are logged, into groups that forget in time and that this domain alone may write",
    in: permanent,
    wrong: (graph) => {
      const domain = graph.one(kinds.search, "OpenSearchDomain");
      const published = documentsAt(domain.inputs, "logPublishingOptions");
      const [policy] = graph.all(logPolicy).filter(({ name }) => name === "OpenSearchLogPolicy");
      const allowed = statementsIn(policy?.inputs["policyDocument"]);
      return [
        ...["SEARCH_SLOW_LOGS", "INDEX_SLOW_LOGS", "ES_APPLICATION_LOGS", "AUDIT_LOGS"].filter((type) => {
          const arn =
            textAt(
              published.find((one) => textAt(one, "logType") === type),
              "cloudwatchLogGroupArn",
            ) ?? "";
          const group = graph.byArn(arn);
          return (numberAt(group?.inputs, "retentionInDays") ?? 0) < 30 || !allowed.some(({ resources }) => resources.includes(`${arn}:*`));
        }),
        ...unless(
          allowed.length > 0 && allowed.every(({ conditions }) => listAt(conditions["ArnLike"], "aws:SourceArn").length === 1),
          "anybody's domain may write",
        ),
        ...unless(domain.dependsOn.includes(policy?.urn ?? ""), "the domain would be made before it may log"),
      ];
    },
    broken: (draft) => draft.with(kinds.search, "OpenSearchDomain", "logPublishingOptions", []),
  },
  stated({
    says: "a domain stays when its stage is removed",
    in: permanent,
    type: kinds.search,
    names: ["OpenSearchDomain"],
    inputs: { protect: true, retainOnDelete: true },
    not: ["retainOnDelete", false],
  }),
  stated({
    says: "the engine is the one that the adapter is tested with",
    in: permanent,
    type: kinds.search,
    names: ["OpenSearchDomain"],
    inputs: { engineVersion: "OpenSearch_2.19" },
    not: ["engineVersion", "OpenSearch_1.3"],
  }),
  {
    says: "the standby, previews and personal stages search in PostgreSQL",
    in: ["production", "pr-42", "local.dev"],
    wrong: (graph) => [
      ...unless(
        graph.all(kinds.search).every(({ region }) => graph.stage === "production" && region === "eu-west-1"),
        "a domain",
      ),
      ...graph.functions
        .filter(({ links }) => links["StandbySearch"] ?? (graph.stage !== "production" && links["Search"]))
        .map(({ functionID }) => functionID),
    ],
    broken: (draft) => draft.adding(kinds.search, "Planted", {}),
  },
];

const connections: readonly Promised[] = [
  stated({
    says: "open sockets are found by id and by user, and forgotten in time",
    in: deployed,
    type: kinds.table,
    names: tables,
    inputs: {
      hashKey: "connectionId",
      "globalSecondaryIndexes[0].hashKey": "userId",
      "globalSecondaryIndexes[0].name": "byUser",
      ttl: { attributeName: "expiresAt", enabled: true },
      billingMode: "PAY_PER_REQUEST",
    },
    not: ["ttl", undefined],
  }),
  stated({
    says: "the table can be restored to any moment, is encrypted with the account's key, and is not deleted by mistake",
    in: permanent,
    type: kinds.table,
    names: tables,
    inputs: {
      "pointInTimeRecovery.enabled": true,
      "serverSideEncryption.enabled": true,
      deletionProtectionEnabled: true,
      protect: true,
      retainOnDelete: true,
    },
    not: ["pointInTimeRecovery.enabled", false],
  }),
  {
    says: "each place has its own table, in its own region",
    in: ["production"],
    wrong: (graph) => {
      const regions = tables.map((name) => graph.find(kinds.table, name)?.region);
      return unless(regions.join() === "eu-west-1,eu-central-1", regions.join());
    },
    broken: (draft) => draft.without(kinds.table, "StandbyConnectionsTableTable"),
  },
];

promised("the cache", cache);
promised("search", search);
promised("connections", connections);
