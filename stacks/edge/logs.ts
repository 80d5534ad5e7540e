// No query, no cookie, no referrer: the query signs pictures and opens sockets.
const FIELDS = [
  "date",
  "time",
  "x-edge-location",
  "sc-bytes",
  "c-ip",
  "cs-method",
  "cs(Host)",
  "cs-uri-stem",
  "sc-status",
  "cs(User-Agent)",
  "x-edge-result-type",
  "x-edge-request-id",
  "cs-protocol",
  "cs-bytes",
  "time-taken",
  "ssl-protocol",
  "cs-protocol-version",
  "time-to-first-byte",
  "x-edge-detailed-result-type",
  "sc-content-type",
];

interface LogArgs {
  readonly distribution: aws.cloudfront.Distribution;
  readonly logs: aws.s3.Bucket;
}

/**
 * Access logs by CloudFront's newer way, which lets us choose the fields and writes to a bucket without access lists. The older one asks for such lists.
 * All of it is ordered in us-east-1, wherever the bucket is.
 */
export function deliverLogs(name: string, { distribution, logs }: LogArgs): void {
  const region = "us-east-1";
  const physical = `${$app.name}-${$app.stage}-${name.toLowerCase()}`;
  const source = new aws.cloudwatch.LogDeliverySource(`${name}Logs`, {
    name: physical,
    logType: "ACCESS_LOGS",
    resourceArn: distribution.arn,
    region,
  });
  const destination = new aws.cloudwatch.LogDeliveryDestination(`${name}Logs`, {
    name: physical,
    outputFormat: "json",
    deliveryDestinationConfiguration: { destinationResourceArn: logs.arn },
    region,
  });
  new aws.cloudwatch.LogDelivery(`${name}Logs`, {
    deliverySourceName: source.name,
    deliveryDestinationArn: destination.arn,
    recordFields: FIELDS,
    s3DeliveryConfigurations: [{ suffixPath: `/${name}/{yyyy}/{MM}/{dd}/{HH}`, enableHiveCompatiblePath: false }],
    region,
  });
}
