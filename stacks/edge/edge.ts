import { accessLogs } from "../accessLogs";
import type { Origin, Place } from "../place";
import type { Stage } from "../stage";
import { type Certificates, certificates } from "./certificates";
import { generations } from "./generations";
import { type EdgeOptions, edgeOptions } from "./options";
import { webAcl } from "./waf";
import { zoneOf } from "./zone";

/** What everything at the edge of a permanent stage shares. */
export interface Edge {
  readonly zone: $util.Output<string>;
  readonly certificates: Certificates;
  readonly acl: aws.wafv2.WebAcl;
  readonly options: EdgeOptions;
  /** The value of `x-pendo-origin` that CloudFront sends. */
  readonly originSecret: $util.Output<string>;
  /** The bucket of access logs of a place; of the main one where none is named. */
  readonly logs: (place?: Place) => aws.s3.Bucket;
  /** Under which names CloudFront reaches the APIs of a place. */
  readonly origins: (place: Place) => { readonly http: Origin; readonly socket: Origin };
}

/** Makes what the backends need of the edge before they are made; the distributions come after them. */
export function edge({ stage, places }: { stage: Stage; places: readonly [Place, ...Place[]] }): Edge {
  const zone = zoneOf(stage);
  const options = edgeOptions(process.env);
  const certified = certificates({ stage, places, zone });
  const secret = generations(
    process.env,
    (generation) => new random.RandomPassword(`OriginSecret${generation}`, { length: 48, special: false }).result,
  );
  const made = places.map((place) => ({
    place,
    logs: accessLogs({ stage, place }),
    link: new sst.Linkable(`${place.prefix}OriginSecret`, { properties: { ...secret } }),
  }));
  const at = (place: Place = places[0]) => {
    const found = made.find((one) => one.place.prefix === place.prefix);
    if (!found) throw new Error(`The edge knows no place in ${place.region}.`);
    return found;
  };
  return {
    zone,
    options,
    certificates: certified,
    acl: webAcl({ stage, options }),
    originSecret: secret.current,
    logs: (place) => at(place).logs,
    origins: (place) => {
      const origin = (domain: string): Origin => ({ domain, certificateArn: certified.inPlace(place), secret: at(place).link });
      return { http: origin(httpOriginName(stage)), socket: origin(socketOriginName(stage)) };
    },
  };
}

/** The names behind CloudFront. Every place answers to them; DNS says which one is asked. */
export function httpOriginName({ domain }: Stage): string {
  return `api-origin.${domain}`;
}

/** The name of the WebSocket API behind CloudFront. */
export function socketOriginName({ domain }: Stage): string {
  return `ws-origin.${domain}`;
}
