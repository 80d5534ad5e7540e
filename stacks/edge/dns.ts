import type { Place } from "../place";
import type { Stage } from "../stage";
import { type Edge, httpOriginName, socketOriginName } from "./edge";

/** The APIs of one place. */
export interface PlacedApis {
  readonly place: Place;
  readonly httpApi: sst.aws.ApiGatewayV2;
  readonly socketApi: sst.aws.ApiGatewayWebSocket;
}

const TTL_SEC = 60;
const PROBE_SEC = 10;
const PROBE_FAILURES = 3;

/** Says which place is asked: checks each of them, and turns to the other about 90 s after the one that serves stopped answering. */
export function originRecords({ stage, edge, places }: { stage: Stage; edge: Edge; places: readonly PlacedApis[] }) {
  const checks = places.map(({ place, httpApi }) => ({ place, check: placeCheck({ stage, edge, place, httpApi }) }));
  for (const [index, { place, httpApi, socketApi }] of places.entries()) {
    const shared = { zoneId: edge.zone, type: "CNAME", ttl: TTL_SEC, ...(checks[index] && { healthCheckId: checks[index].check.id }) };
    const target = (api: { nodes: { domainName: aws.apigatewayv2.DomainName | $util.Output<aws.apigatewayv2.DomainName> } }) =>
      $util.output(api.nodes.domainName).apply((name) => name.domainNameConfiguration.targetDomainName);
    new aws.route53.Record(`${place.prefix}ApiOrigin`, {
      ...shared,
      name: httpOriginName(stage),
      records: [target(httpApi)],
      setIdentifier: place.region,
      failoverRoutingPolicies: [{ type: place.active ? "PRIMARY" : "SECONDARY" }],
    });
    new aws.route53.Record(`${place.prefix}SocketOrigin`, {
      ...shared,
      name: socketOriginName(stage),
      records: [target(socketApi)],
      setIdentifier: place.region,
      weightedRoutingPolicies: [{ weight: weightOf(edge, place, places.length) }],
    });
  }
  return checks;
}

// Route 53 asks a record of weight 0 only when every other one is unhealthy, which makes it the standby.
function weightOf({ options }: Edge, place: Place, places: number): number {
  if (places === 1) return 100;
  if (options.standbySocketShare === 0) return place.active ? 100 : 0;
  return place.standby ? options.standbySocketShare : 100 - options.standbySocketShare;
}

interface Checked {
  readonly stage: Stage;
  readonly edge: Edge;
  readonly place: Place;
  readonly httpApi: sst.aws.ApiGatewayV2;
}

/** A place is asked under a name of its own: the origin's name would answer for whichever place DNS has chosen. */
function placeCheck({ stage, edge, place, httpApi }: Checked): aws.route53.HealthCheck {
  const fqdn = `api-${place.region}.${stage.domain}`;
  const name = new aws.apigatewayv2.DomainName(
    `${place.prefix}ApiProbe`,
    {
      domainName: fqdn,
      domainNameConfiguration: { certificateArn: edge.certificates.inPlace(place), endpointType: "REGIONAL", securityPolicy: "TLS_1_2" },
    },
    place.opts,
  );
  new aws.apigatewayv2.ApiMapping(
    `${place.prefix}ApiProbe`,
    { apiId: httpApi.nodes.api.id, domainName: name.id, stage: "$default" },
    place.opts,
  );
  new aws.route53.Record(`${place.prefix}ApiProbe`, {
    zoneId: edge.zone,
    name: fqdn,
    type: "CNAME",
    ttl: TTL_SEC,
    records: [name.domainNameConfiguration.targetDomainName],
  });
  return new aws.route53.HealthCheck(`${place.prefix}ApiHealth`, {
    type: "HTTPS",
    fqdn,
    port: 443,
    resourcePath: "/readyz",
    requestInterval: PROBE_SEC,
    failureThreshold: PROBE_FAILURES,
    enableSni: true,
    measureLatency: true,
    tags: { Name: `${$app.name}-${$app.stage}-${place.region}` },
  });
}

/** Nobody but Amazon issues certificates for these names. */
export function authorities({ stage, edge }: { stage: Stage; edge: Edge }): void {
  new aws.route53.Record("CertificateAuthorities", {
    zoneId: edge.zone,
    name: stage.domain,
    type: "CAA",
    ttl: 3600,
    records: ["amazon.com", "amazontrust.com", "awstrust.com", "amazonaws.com"].flatMap((issuer) => [
      `0 issue "${issuer}"`,
      `0 issuewild "${issuer}"`,
    ]),
  });
}
