export interface ViewerRecords {
  readonly zone: $util.Input<string>;
  readonly host: string;
  readonly distribution: aws.cloudfront.Distribution;
}

/** The name of a distribution, over IPv4 and IPv6. */
export function viewerRecords(name: string, { zone, host, distribution }: ViewerRecords): void {
  for (const type of ["A", "AAAA"])
    new aws.route53.Record(`${name}${type}`, {
      zoneId: zone,
      name: host,
      type,
      aliases: [{ name: distribution.domainName, zoneId: distribution.hostedZoneId, evaluateTargetHealth: false }],
    });
}
