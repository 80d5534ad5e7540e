import { textAt } from "../read.ts";

// Two tables that grow with the stacks: ARNs that the general rule gets wrong, and computed properties that something else is made of.

/** What is known of a resource when its computed properties are made up. */
export interface ResourceFacts {
  /** Pulumi's type, as "aws:sqs/queue:Queue". */
  readonly type: string;
  readonly name: string;
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly region: string;
  readonly account: string;
  /** The name that AWS would know it by. */
  readonly physical: string;
  readonly id: string;
  readonly arn: string;
}

type Named = Omit<ResourceFacts, "arn">;

const arns: Readonly<Record<string, (made: Named) => string>> = {
  "aws:sqs/queue:Queue": (m) => `arn:aws:sqs:${m.region}:${m.account}:${m.physical}`,
  "aws:sns/topic:Topic": (m) => `arn:aws:sns:${m.region}:${m.account}:${m.physical}`,
  "aws:sns/platformApplication:PlatformApplication": (m) =>
    `arn:aws:sns:${m.region}:${m.account}:app/${String(m.inputs["platform"])}/${m.physical}`,
  "aws:s3/bucket:Bucket": (m) => `arn:aws:s3:::${m.physical}`,
  "aws:s3/bucketV2:BucketV2": (m) => `arn:aws:s3:::${m.physical}`,
  "aws:lambda/function:Function": (m) => `arn:aws:lambda:${m.region}:${m.account}:function:${m.physical}`,
  "aws:lambda/alias:Alias": (m) =>
    `arn:aws:lambda:${m.region}:${m.account}:function:${functionName(m.inputs["functionName"])}:${m.physical}`,
  "aws:dynamodb/table:Table": (m) => `arn:aws:dynamodb:${m.region}:${m.account}:table/${m.physical}`,
  "aws:iam/role:Role": (m) => `arn:aws:iam::${m.account}:role/${m.physical}`,
  "aws:iam/policy:Policy": (m) => `arn:aws:iam::${m.account}:policy/${m.physical}`,
  "aws:kms/key:Key": (m) => `arn:aws:kms:${m.region}:${m.account}:key/${m.id}`,
  "aws:kms/alias:Alias": (m) => `arn:aws:kms:${m.region}:${m.account}:${m.physical}`,
  "aws:rds/cluster:Cluster": (m) => `arn:aws:rds:${m.region}:${m.account}:cluster:${textAt(m.inputs, "clusterIdentifier") ?? m.name}`,
  "aws:rds/proxy:Proxy": (m) => `arn:aws:rds:${m.region}:${m.account}:db-proxy:prx-${m.physical.toLowerCase()}`,
  "aws:secretsmanager/secret:Secret": (m) => `arn:aws:secretsmanager:${m.region}:${m.account}:secret:${m.physical}-a1b2c3`,
  "aws:opensearch/domain:Domain": (m) => `arn:aws:es:${m.region}:${m.account}:domain/${textAt(m.inputs, "domainName") ?? m.name}`,
  "aws:cloudwatch/logGroup:LogGroup": (m) => `arn:aws:logs:${m.region}:${m.account}:log-group:${m.physical}`,
  "aws:cloudwatch/metricAlarm:MetricAlarm": (m) => `arn:aws:cloudwatch:${m.region}:${m.account}:alarm:${m.physical}`,
  "aws:wafv2/webAcl:WebAcl": (m) =>
    `arn:aws:wafv2:${m.region}:${m.account}:${m.inputs["scope"] === "CLOUDFRONT" ? "global" : "regional"}/webacl/${m.physical}/1`,
  "aws:cloudfront/distribution:Distribution": (m) => `arn:aws:cloudfront::${m.account}:distribution/${m.id}`,
  "aws:acm/certificate:Certificate": (m) => `arn:aws:acm:${m.region}:${m.account}:certificate/${m.id}`,
  "aws:apigatewayv2/api:Api": (m) => `arn:aws:apigateway:${m.region}::/apis/${m.id}`,
  "aws:backup/vault:Vault": (m) => `arn:aws:backup:${m.region}:${m.account}:backup-vault:${m.physical}`,
  "aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream": (m) =>
    `arn:aws:firehose:${m.region}:${m.account}:deliverystream/${m.physical}`,
};

/** A resource's ARN. */
export function arnOf(made: Named): string {
  const [, module = "", className = ""] = made.type.split(":");
  const service = module.split("/")[0] ?? "";
  const general = (): string =>
    `arn:aws:${services[service] ?? service}:${made.region}:${made.account}:${className.toLowerCase()}/${made.physical}`;
  return arns[made.type]?.(made) ?? general();
}

// Services whose name in an ARN is not the name of Pulumi's module.
const services: Readonly<Record<string, string>> = {
  alb: "elasticloadbalancing",
  apigatewayv2: "apigateway",
  lb: "elasticloadbalancing",
  opensearch: "es",
};

/** An alias says which function it is of by name or by ARN. */
function functionName(given: unknown): string {
  return String(given).split(":").at(-1) ?? "";
}

const host = (made: ResourceFacts, middle: string): string => `${made.physical.toLowerCase()}.${middle}`;

/** Computed properties that the general rule gets wrong. */
export const overrides: Readonly<Record<string, (made: ResourceFacts) => Readonly<Record<string, unknown>>>> = {
  "aws:lambda/function:Function": ({ inputs, arn, region }) => {
    const version = inputs["publish"] === true ? "7" : "$LATEST";
    return {
      version,
      qualifiedArn: `${arn}:${version}`,
      invokeArn: `arn:aws:apigateway:${region}:lambda:path/2015-03-31/functions/${arn}/invocations`,
      responseStreamingInvokeArn: `arn:aws:apigateway:${region}:lambda:path/2021-11-15/functions/${arn}/response-streaming-invocations`,
    };
  },
  "aws:lambda/alias:Alias": ({ arn, region }) => ({
    invokeArn: `arn:aws:apigateway:${region}:lambda:path/2015-03-31/functions/${arn}/invocations`,
  }),
  "aws:lambda/functionUrl:FunctionUrl": (m) => ({ functionUrl: `https://${host(m, `lambda-url.${m.region}.on.aws/`)}` }),
  "aws:apigatewayv2/api:Api": (m) => ({
    apiEndpoint: `${m.inputs["protocolType"] === "WEBSOCKET" ? "wss" : "https"}://${m.id.toLowerCase()}.execute-api.${m.region}.amazonaws.com`,
    executionArn: `arn:aws:execute-api:${m.region}:${m.account}:${m.id}`,
  }),
  "aws:apigatewayv2/stage:Stage": (m) => ({
    invokeUrl: `wss://${String(m.inputs["apiId"]).toLowerCase()}.execute-api.${m.region}.amazonaws.com/${m.physical}`,
    executionArn: `arn:aws:execute-api:${m.region}:${m.account}:${String(m.inputs["apiId"])}/${m.physical}`,
  }),
  "aws:apigatewayv2/domainName:DomainName": (m) => ({
    domainNameConfiguration: {
      ...(m.inputs["domainNameConfiguration"] as object | undefined),
      targetDomainName: `d-${m.name.toLowerCase()}.execute-api.${m.region}.amazonaws.com`,
      hostedZoneId: "Z1UJRXOUMOOFQ8",
    },
  }),
  "aws:sqs/queue:Queue": ({ id }) => ({ url: id }),
  "aws:rds/cluster:Cluster": (m) => ({
    clusterIdentifier: m.inputs["clusterIdentifier"] ?? m.name,
    clusterResourceId: `cluster-${m.name.toUpperCase()}`,
    endpoint: host(m, `cluster-x.${m.region}.rds.amazonaws.com`),
    readerEndpoint: host(m, `cluster-ro-x.${m.region}.rds.amazonaws.com`),
    port: 5432,
  }),
  "aws:rds/clusterInstance:ClusterInstance": (m) => ({ endpoint: host(m, `x.${m.region}.rds.amazonaws.com`), port: 5432 }),
  "aws:rds/proxy:Proxy": (m) => ({ endpoint: host(m, `proxy-x.${m.region}.rds.amazonaws.com`) }),
  "aws:opensearch/domain:Domain": (m) => ({ endpoint: `vpc-${host(m, `${m.region}.es.amazonaws.com`)}` }),
  "aws:s3/bucket:Bucket": bucket,
  "aws:s3/bucketV2:BucketV2": bucket,
  "aws:dynamodb/table:Table": ({ arn }) => ({ streamArn: `${arn}/stream/2026-01-01T00:00:00.000` }),
  "aws:eks/cluster:Cluster": (m) => ({
    endpoint: `https://${host(m, `${m.region}.eks.amazonaws.com`)}`,
    certificateAuthority: { data: "Q0E=" },
  }),
  "aws:acm/certificate:Certificate": ({ inputs }) => ({
    domainValidationOptions: [inputs["domainName"], ...((inputs["subjectAlternativeNames"] as unknown[] | undefined) ?? [])].map(
      (name) => ({
        domainName: name,
        resourceRecordName: `_validation.${String(name)}`,
        resourceRecordType: "CNAME",
        resourceRecordValue: "_validation.acm-validations.aws",
      }),
    ),
  }),
  "aws:cloudfront/distribution:Distribution": (m) => ({ domainName: host(m, "cloudfront.net"), hostedZoneId: "Z2FDTNDATAQYW2" }),
  "aws:sesv2/emailIdentity:EmailIdentity": ({ name, inputs }) => ({
    dkimSigningAttributes: {
      ...(inputs["dkimSigningAttributes"] as object | undefined),
      tokens: [1, 2, 3].map((number) => `${name.toLowerCase()}token${number}`),
    },
  }),
  "tls:index/privateKey:PrivateKey": ({ name }) => ({ privateKeyPem: `${name}-private-pem`, publicKeyPem: `${name}-public-pem` }),
  "aws:grafana/workspace:Workspace": (m) => ({ endpoint: `g-${m.name.toLowerCase()}.grafana-workspace.${m.region}.amazonaws.com` }),
  "aws:amp/workspace:Workspace": (m) => ({ prometheusEndpoint: `https://aps-workspaces.${m.region}.amazonaws.com/workspaces/${m.id}/` }),
  "upstash:index/redisDatabase:RedisDatabase": (m) => ({ endpoint: host(m, "upstash.io"), port: 6379, restToken: `${m.name}-restToken` }),
  "random:index/randomBytes:RandomBytes": ({ inputs }) => {
    const bytes = Buffer.alloc(Number(inputs["length"] ?? 32), 7);
    return { base64: bytes.toString("base64"), hex: bytes.toString("hex") };
  },
  "random:index/randomPassword:RandomPassword": ({ inputs }) => ({ result: "p".repeat(Number(inputs["length"] ?? 16)) }),
};

function bucket({ physical, region }: ResourceFacts): Record<string, unknown> {
  return {
    bucket: physical,
    bucketDomainName: `${physical}.s3.amazonaws.com`,
    bucketRegionalDomainName: `${physical}.s3.${region}.amazonaws.com`,
  };
}
