import type { Network, OwnNetwork } from "./network";
import type { Place } from "./place";
import type { Stage } from "./stage";

/** The search domain. */
export interface Search {
  /** The link `Search`. */
  readonly properties: {
    readonly url: $util.Output<string>;
    readonly username: $util.Output<string>;
    readonly password: $util.Output<string>;
  };
  readonly arn: $util.Output<string>;
  /** `DomainName` of its metrics. */
  readonly name: string;
  /** Of each data node. */
  readonly storageGb: number;
  readonly url: $util.Output<string>;
  readonly logs: readonly aws.cloudwatch.LogGroup[];
}

export interface SearchArgs {
  readonly stage: Stage;
  readonly place: Place;
  readonly network?: Network | undefined;
}

interface Size {
  readonly instance: string;
  readonly count: number;
  readonly storageGb: number;
  readonly master?: string;
}

// A production that loses a zone keeps two thirds of its data nodes and two of its three masters, who still agree.
const production: Size = { instance: "r7g.large", count: 3, storageGb: 100, master: "m7g.medium.search" };
const staging: Size = { instance: "t3.small", count: 2, storageGb: 10 };

/**
 * OpenSearch, in permanent stages; PostgreSQL searches elsewhere. A standby has none until it is the active place: its search falls back to
 * PostgreSQL by itself, which is right and slower, and what OpenSearch holds is made from PostgreSQL by `npm run reindex` in minutes. A second
 * domain that waits would cost as much as the first, and would have to be kept equal to it across regions.
 */
export function search({ stage, place, network }: SearchArgs): Search | undefined {
  if (!stage.permanent || (place.standby && !place.active)) return undefined;
  if (!network?.own) throw new Error(`The search domain of the stage ${stage.name} needs a network of its own.`);
  const name = `${$app.name}-${$app.stage}${place.prefix && "-standby"}`;
  const size = stage.kind === "production" ? production : staging;
  const logs = domainLogs(name, stage, place);
  const key = domainKey(stage, place);
  const own = network.own;
  const component = new sst.aws.OpenSearch(
    `${place.prefix}OpenSearch`,
    {
      // What the adapter is tested against.
      version: "OpenSearch_2.19",
      instance: size.instance,
      storage: `${size.storageGb} GB`,
      username: "pendo",
      transform: {
        domain: (args, opts) => {
          Object.assign(args, domainSettings({ name, size, stage, own, key, logs: logs.options }));
          // The password in it shall not stand in the state as it is.
          if (args.advancedSecurityOptions) args.advancedSecurityOptions = $util.secret(args.advancedSecurityOptions);
          opts.dependsOn = [logs.policy];
          // `removal: "retain"` does not cover search domains.
          opts.protect = true;
          opts.retainOnDelete = true;
        },
        policy: (args) => {
          args.accessPolicies = accessPolicy(name, place);
        },
      },
    },
    place.opts,
  );
  const { domain } = component.nodes;
  if (!domain) throw new Error("The search domain was not made.");
  const { url, username, password } = component;
  return {
    properties: { url, username, password: $util.secret(password) },
    arn: domain.arn,
    name,
    storageGb: size.storageGb,
    url,
    logs: logs.groups,
  };
}

interface DomainSettings {
  readonly name: string;
  readonly size: Size;
  readonly stage: Stage;
  readonly own: OwnNetwork;
  readonly key: aws.kms.Key;
  readonly logs: aws.types.input.opensearch.DomainLogPublishingOption[];
}

function domainSettings({ name, size, stage, own, key, logs }: DomainSettings): Partial<aws.opensearch.DomainArgs> {
  return {
    domainName: name,
    clusterConfig: {
      instanceType: `${size.instance}.search`,
      instanceCount: size.count,
      zoneAwarenessEnabled: true,
      zoneAwarenessConfig: { availabilityZoneCount: stage.zones },
      ...(size.master
        ? { dedicatedMasterEnabled: true, dedicatedMasterType: size.master, dedicatedMasterCount: 3 }
        : { dedicatedMasterEnabled: false }),
    },
    vpcOptions: { subnetIds: own.dataSubnets.slice(0, stage.zones), securityGroupIds: [own.groups.search.id] },
    encryptAtRest: { enabled: true, kmsKeyId: key.arn },
    nodeToNodeEncryption: { enabled: true },
    domainEndpointOptions: { enforceHttps: true, tlsSecurityPolicy: "Policy-Min-TLS-1-2-PFS-2023-10" },
    logPublishingOptions: logs,
    // Burstable instances have no auto-tune.
    autoTuneOptions: size.instance.startsWith("t3")
      ? { desiredState: "DISABLED" }
      : { desiredState: "ENABLED", rollbackOnDisable: "NO_ROLLBACK", useOffPeakWindow: true },
    offPeakWindowOptions: { enabled: true, offPeakWindow: { windowStartTime: { hours: 2, minutes: 0 } } },
    softwareUpdateOptions: { autoSoftwareUpdateEnabled: true },
  };
}

/** Whoever reaches the domain through the network and has a user of its own may speak https to it; nobody may change the domain itself. */
function accessPolicy(name: string, place: Place): $util.Output<string> {
  const { accountId } = aws.getCallerIdentityOutput({}, place.opts);
  return aws.iam.getPolicyDocumentOutput({
    statements: [
      {
        principals: [{ type: "AWS", identifiers: ["*"] }],
        actions: ["es:ESHttp*"],
        resources: [$interpolate`arn:aws:es:${place.region}:${accountId}:domain/${name}/*`],
      },
    ],
  }).json;
}

const logTypes = ["SEARCH_SLOW_LOGS", "INDEX_SLOW_LOGS", "ES_APPLICATION_LOGS", "AUDIT_LOGS"] as const;

function domainLogs(name: string, stage: Stage, place: Place) {
  const groups = logTypes.map((type) => {
    const kind = type.toLowerCase().replaceAll("_", "-");
    const component = `${place.prefix}OpenSearch${kind.replace(/(^|-)([a-z])/g, (_, __, letter: string) => letter.toUpperCase())}`;
    return {
      type,
      group: new aws.cloudwatch.LogGroup(
        component,
        { name: `/aws/opensearch/${name}/${kind}`, retentionInDays: stage.logDays },
        place.opts,
      ),
    };
  });
  const { accountId } = aws.getCallerIdentityOutput({}, place.opts);
  const policy = new aws.cloudwatch.LogResourcePolicy(
    `${place.prefix}OpenSearchLogPolicy`,
    {
      policyName: `${name}-search-logs`,
      policyDocument: aws.iam.getPolicyDocumentOutput({
        statements: [
          {
            principals: [{ type: "Service", identifiers: ["es.amazonaws.com"] }],
            actions: ["logs:PutLogEvents", "logs:CreateLogStream"],
            resources: groups.map(({ group }) => $interpolate`${group.arn}:*`),
            conditions: [
              { test: "StringEquals", variable: "aws:SourceAccount", values: [accountId] },
              {
                test: "ArnLike",
                variable: "aws:SourceArn",
                values: [$interpolate`arn:aws:es:${place.region}:${accountId}:domain/${name}`],
              },
            ],
          },
        ],
      }).json,
    },
    place.opts,
  );
  return {
    policy,
    groups: groups.map(({ group }) => group),
    options: groups.map(({ type, group }) => ({ logType: type, cloudwatchLogGroupArn: group.arn, enabled: true })),
  };
}

function domainKey(stage: Stage, place: Place): aws.kms.Key {
  return new aws.kms.Key(
    `${place.prefix}SearchKey`,
    { description: `The search domain of ${$app.name} ${$app.stage}`, enableKeyRotation: true, deletionWindowInDays: 30 },
    { ...place.opts, protect: stage.permanent, retainOnDelete: true },
  );
}
