import type { Place } from "../place";
import type { Stage } from "../stage";

export interface Certificates {
  /** CloudFront takes certificates from us-east-1 alone. */
  readonly edge: $util.Output<string>;
  /** API Gateway takes those of its own region. */
  readonly inPlace: (place: Place) => $util.Output<string>;
}

const EDGE_REGION = "us-east-1";

/**
 * A certificate for the stage's domain and all names below it, in each region that needs one. ACM asks for the same record in every region and for
 * the wildcard as for the domain, so that the record is made once.
 */
export function certificates({ stage, places, zone }: { stage: Stage; places: readonly Place[]; zone: $util.Input<string> }): Certificates {
  const regions = [...new Set([EDGE_REGION, ...places.map(({ region }) => region)])];
  const issued = regions.map((region) => ({ region, certificate: certificate(stage, region) }));
  const [first] = issued;
  if (!first) throw new Error("A certificate needs a region.");
  const proof = first.certificate.domainValidationOptions.apply(([option]) => {
    if (!option) throw new Error(`ACM names no record to prove ${stage.domain} by.`);
    return option;
  });
  const record = new aws.route53.Record("CertificateProof", {
    zoneId: zone,
    name: proof.resourceRecordName,
    type: proof.resourceRecordType,
    records: [proof.resourceRecordValue],
    ttl: 60,
  });
  const valid = new Map(
    issued.map(({ region, certificate: { arn } }) => {
      const validation = new aws.acm.CertificateValidation(
        `Certificate-${region}`,
        { certificateArn: arn, validationRecordFqdns: [record.fqdn], region },
        { dependsOn: record },
      );
      return [region, validation.certificateArn] as const;
    }),
  );
  const inRegion = (region: string): $util.Output<string> => {
    const found = valid.get(region);
    if (!found) throw new Error(`There is no certificate in ${region}.`);
    return found;
  };
  return { edge: inRegion(EDGE_REGION), inPlace: ({ region }) => inRegion(region) };
}

function certificate(stage: Stage, region: string): aws.acm.Certificate {
  return new aws.acm.Certificate(`Certificate-${region}`, {
    domainName: stage.domain,
    subjectAlternativeNames: [`*.${stage.domain}`],
    validationMethod: "DNS",
    region,
  });
}
