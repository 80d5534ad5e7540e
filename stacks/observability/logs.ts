import type { Backend } from "../backend";
import { bucketPolicy, privateBucket } from "../bucket";
import { liveFunction } from "../functions";
import type { OwnNetwork } from "../network";
import type { Place } from "../place";
import type { Search } from "../search";
import type { Stage } from "../stage";

// How long OpenSearch keeps what people search in; the bucket keeps it as long as CloudWatch.
const SEARCHED_DAYS = { production: 30, other: 7 } as const;
const RETRY_SEC = 3600;

interface Delivered {
  readonly backend: Backend;
  readonly search: Search;
  readonly network: OwnNetwork;
}

/** A log group whose lines can be searched. */
interface Shipped {
  readonly label: string;
  readonly name: $util.Input<string>;
}

/**
 * The way of a line: CloudWatch Logs → a function that unpacks it → Firehose → OpenSearch, and a copy of everything to a bucket. Only where a search
 * domain is; a standby's lines stay in its CloudWatch Logs.
 */
export function logs(backend: Backend): aws.kinesis.FirehoseDeliveryStream | undefined {
  const { stores, network, context } = backend;
  if (!stores.search || !network?.own) return undefined;
  // Whatever ships lines must not ship its own.
  const groups = logGroupsOf(backend);
  const made = delivery(context.stage, context.place, { backend, search: stores.search, network: network.own });
  const shipper = liveFunction(context, {
    name: "LogShipper",
    description: "Unpacks lines of logs on their way to OpenSearch",
    handler: "packages/functions/src/lambda/logs/ship.handler",
    needs: [],
    grants: [{ actions: ["firehose:PutRecordBatch"], resources: [made.stream.arn] }],
    environment: { PENDO_LOG_STREAM: made.stream.name },
    timeoutSec: 60,
    memoryMb: 512,
    unshifted: true,
  });
  subscribe(context.place, shipper.fn, groups);
  keepLogs(backend, made.role);
  return made.stream;
}

/** The log groups of every function made so far, and of both APIs. */
function logGroupsOf({ context, httpApi, socketApi }: Backend): Shipped[] {
  const functions = context.made.map(({ spec, fn }) => ({
    label: spec.name,
    // Under `sst dev` alone a function has none.
    name: fn.nodes.logGroup.apply((group) => group?.name ?? $util.output("")),
  }));
  return [
    ...functions,
    { label: "HttpApi", name: httpApi.api.nodes.logGroup.name },
    { label: "SocketApi", name: socketApi.nodes.logGroup.name },
  ];
}

function subscribe(place: Place, shipper: sst.aws.Function, groups: readonly Shipped[]): void {
  const account = aws.getCallerIdentityOutput({}, place.opts).accountId;
  const permission = new aws.lambda.Permission(
    `${place.prefix}LogShipperCaller`,
    {
      function: shipper.name,
      action: "lambda:InvokeFunction",
      principal: "logs.amazonaws.com",
      sourceAccount: account,
      sourceArn: $interpolate`arn:aws:logs:${place.region}:${account}:log-group:*`,
    },
    place.opts,
  );
  for (const { label, name } of groups)
    new aws.cloudwatch.LogSubscriptionFilter(
      `${place.prefix}${label}Lines`,
      // CloudWatch's metrics are documents with `_aws`; the rest is what people search for.
      { logGroup: name, filterPattern: "-_aws", destinationArn: shipper.arn },
      { ...place.opts, dependsOn: permission },
    );
}

function delivery(stage: Stage, place: Place, { search, network }: Delivered) {
  const bucket = privateBucket("Logs", {
    stage,
    place,
    lifecycle: [{ id: "old", status: "Enabled", filter: { prefix: "" }, expiration: { days: stage.logDays } }],
  });
  bucketPolicy("Logs", { bucket, place, statements: [] });
  const group = new aws.cloudwatch.LogGroup(
    `${place.prefix}LogDeliveryErrors`,
    { name: `/aws/kinesisfirehose/${$app.name}-${$app.stage}${place.prefix && "-standby"}-logs` },
    place.opts,
  );
  const logStream = (name: string) =>
    new aws.cloudwatch.LogStream(`${place.prefix}LogDelivery${name}`, { logGroupName: group.name, name }, place.opts);
  const [toSearch, toBucket] = [logStream("OpenSearch"), logStream("Bucket")];
  const role = deliveryRole(place, { search, bucket, group });
  const written = (stream: aws.cloudwatch.LogStream) => ({ enabled: true, logGroupName: group.name, logStreamName: stream.name });
  const stream = new aws.kinesis.FirehoseDeliveryStream(
    `${place.prefix}LogDelivery`,
    {
      destination: "opensearch",
      serverSideEncryption: { enabled: true, keyType: "AWS_OWNED_CMK" },
      opensearchConfiguration: {
        domainArn: search.arn,
        roleArn: role.role.arn,
        // One index for each day: `logs-2026-05-01`.
        indexName: "logs",
        indexRotationPeriod: "OneDay",
        bufferingInterval: 60,
        bufferingSize: 5,
        retryDuration: RETRY_SEC,
        s3BackupMode: "AllDocuments",
        s3Configuration: {
          roleArn: role.role.arn,
          bucketArn: bucket.arn,
          prefix: "lines/",
          errorOutputPrefix: "refused/!{firehose:error-output-type}/",
          bufferingInterval: 300,
          bufferingSize: 10,
          compressionFormat: "GZIP",
          cloudwatchLoggingOptions: written(toBucket),
        },
        cloudwatchLoggingOptions: written(toSearch),
        vpcConfig: {
          roleArn: role.role.arn,
          subnetIds: network.logDelivery.privateSubnets,
          securityGroupIds: network.logDelivery.securityGroups,
        },
      },
    },
    { ...place.opts, dependsOn: role.policy },
  );
  return { stream, role: role.role };
}

interface Reached {
  readonly search: Search;
  readonly bucket: aws.s3.Bucket;
  readonly group: aws.cloudwatch.LogGroup;
}

/** What Firehose may do, of what its guide lists for a domain in a VPC. */
function deliveryRole(place: Place, { search, bucket, group }: Reached) {
  const account = aws.getCallerIdentityOutput({}, place.opts).accountId;
  const role = new aws.iam.Role(
    `${place.prefix}LogDeliveryRole`,
    {
      assumeRolePolicy: $jsonStringify({
        Version: "2012-10-17",
        Statement: [
          {
            Effect: "Allow",
            Principal: { Service: "firehose.amazonaws.com" },
            Action: "sts:AssumeRole",
            // Everybody's Firehose is the same service.
            Condition: { StringEquals: { "sts:ExternalId": account } },
          },
        ],
      }),
    },
    place.opts,
  );
  const allow = (actions: string[], resources: $util.Input<string>[]) => ({ Effect: "Allow", Action: actions, Resource: resources });
  const policy = new aws.iam.RolePolicy(
    `${place.prefix}LogDeliveryPolicy`,
    {
      role: role.name,
      policy: $jsonStringify({
        Version: "2012-10-17",
        Statement: [
          allow(["es:DescribeDomain", "es:DescribeDomains", "es:DescribeDomainConfig"], [search.arn]),
          allow(["es:ESHttpPost", "es:ESHttpPut"], [search.arn, $interpolate`${search.arn}/*`]),
          allow(
            ["es:ESHttpGet"],
            readable.map((path) => $interpolate`${search.arn}/${path}`),
          ),
          allow(["s3:GetBucketLocation", "s3:ListBucket", "s3:ListBucketMultipartUploads"], [bucket.arn]),
          allow(["s3:AbortMultipartUpload", "s3:GetObject", "s3:PutObject"], [$interpolate`${bucket.arn}/*`]),
          allow(["logs:PutLogEvents"], [$interpolate`${group.arn}:log-stream:*`]),
          allow(networkActions, ["*"]),
        ],
      }),
    },
    place.opts,
  );
  return { role, policy };
}

const readable = ["_all/_settings", "_cluster/stats", "logs*/_mapping/*", "_nodes", "_nodes/*/stats", "_stats", "logs*/_stats"];

// Network interfaces that are still to be made have no name to be allowed by.
const networkActions = [
  "ec2:DescribeVpcs",
  "ec2:DescribeVpcAttribute",
  "ec2:DescribeSubnets",
  "ec2:DescribeSecurityGroups",
  "ec2:DescribeNetworkInterfaces",
  "ec2:CreateNetworkInterface",
  "ec2:CreateNetworkInterfacePermission",
  "ec2:DeleteNetworkInterface",
];

/** Tells OpenSearch how logs are indexed, who writes them and when they go, whenever that changes. */
function keepLogs({ context, place }: Backend, writer: aws.iam.Role): void {
  const { stage } = context;
  const step = liveFunction(context, {
    name: "LogsIndexStep",
    description: "Tells OpenSearch how logs are kept",
    handler: "packages/functions/src/lambda/step/logsIndex.handler",
    needs: [],
    links: context.links.only("Search"),
    inNetwork: true,
    timeoutSec: 60,
    memoryMb: 512,
    unshifted: true,
  });
  new aws.lambda.Invocation(
    `${place.prefix}LogsIndex`,
    {
      functionName: step.fn.name,
      input: $jsonStringify({
        keepDays: stage.kind === "production" ? SEARCHED_DAYS.production : SEARCHED_DAYS.other,
        writerArn: writer.arn,
        replicas: 1,
      }),
    },
    place.opts,
  );
}
