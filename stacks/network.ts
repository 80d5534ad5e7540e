import type { Shared } from "@pendo/operations/shared";
import { endpoints, flowLogs, guardNat, type SecurityGroups, securityGroups } from "./networkParts";
import type { Place } from "./place";
import type { Stage } from "./stage";

/** Where functions stand that need the database or search. */
export interface Network {
  /** What `sst.aws.Function` takes as `vpc`. */
  readonly functions: FunctionNetwork;
  /** Absent where the network is another stage's. */
  readonly own?: OwnNetwork;
}

interface FunctionNetwork {
  readonly privateSubnets: $util.Output<string[]>;
  readonly securityGroups: $util.Output<string[]>;
}

/** What stands in a network of our own, for the stores and for what delivers logs to one of them. */
export interface OwnNetwork {
  readonly vpcId: $util.Output<string>;
  /** One for each zone. */
  readonly zones: $util.Output<string>[];
  /** One for each zone; no route leads from there to the internet, nor back. */
  readonly dataSubnets: $util.Output<string>[];
  readonly groups: SecurityGroups;
  /** For Firehose, which brings logs to the search domain. */
  readonly logDelivery: FunctionNetwork;
  readonly flowLogs: aws.cloudwatch.LogGroup;
}

/** `Shared`, as a preview knows it while it is deployed. */
export type SharedOutputs = { readonly [Key in keyof Shared]: $util.Output<Shared[Key]> };

export interface NetworkArgs {
  readonly stage: Stage;
  readonly place: Place;
  /** What staging lends; a preview stands there. */
  readonly shared?: SharedOutputs | undefined;
}

/** The network of a stage: its own, staging's for a preview, none for a personal stage, whose functions run on the developer's machine. */
export function network({ stage, place, shared }: NetworkArgs): Network | undefined {
  if (stage.kind === "personal") return undefined;
  if (!stage.permanent) {
    if (!shared) throw new Error(`The stage ${stage.name} stands in staging's network, and nothing says where that is.`);
    return { functions: { privateSubnets: shared.privateSubnets, securityGroups: shared.functionGroups } };
  }
  return ownNetwork(stage, place);
}

function ownNetwork(stage: Stage, place: Place): Network {
  const name = `${place.prefix}Network`;
  const vpc = new sst.aws.Vpc(
    name,
    {
      az: stage.zones,
      ...(stage.nat !== "none" && { nat: stage.nat }),
      transform: {
        // SST's default group lets the whole network in, and everything out. Whoever is given no group shall reach nothing.
        securityGroup: (args) => {
          args.ingress = [];
          args.egress = [];
        },
        publicSubnet: { mapPublicIpOnLaunch: false },
        // SST's lets the whole internet knock at every port. Its rules are made below, like everybody's.
        natSecurityGroup: (args) => {
          delete args.ingress;
          delete args.egress;
        },
        natInstance: (args) => {
          args.metadataOptions = { httpTokens: "required", httpPutResponseHopLimit: 1 };
          args.rootBlockDevice = { encrypted: true };
        },
      },
    },
    place.opts,
  );
  const zones = zonesOf(stage, place);
  const dataSubnets = subnetsForData(vpc, zones, place);
  const groups = securityGroups(vpc.id, place);
  if (stage.nat === "ec2") guardNat(vpc, groups, place);
  endpoints({ vpc, stage, place, group: groups.endpoints, zones: zones.length });
  const inPrivate = (group: aws.ec2.SecurityGroup) => ({
    privateSubnets: vpc.privateSubnets.apply((ids) => $util.all(ids)),
    securityGroups: group.id.apply((id) => [id]),
  });
  return {
    functions: inPrivate(groups.functions),
    own: {
      vpcId: vpc.id,
      zones,
      dataSubnets,
      groups,
      logDelivery: inPrivate(groups.logDelivery),
      flowLogs: flowLogs(vpc.id, stage, place),
    },
  };
}

/** The zones that `sst.aws.Vpc` takes, in its order. */
function zonesOf(stage: Stage, place: Place): $util.Output<string>[] {
  const { names } = aws.getAvailabilityZonesOutput({ state: "available" }, place.opts);
  return Array.from({ length: stage.zones }, (_, i) => names.apply((all) => all[i] as string));
}

// SST's subnets end at 10.0.23.255.
function subnetsForData(vpc: sst.aws.Vpc, zones: $util.Output<string>[], place: Place): $util.Output<string>[] {
  const table = new aws.ec2.RouteTable(`${place.prefix}DataRoutes`, { vpcId: vpc.id, routes: [] }, place.opts);
  return zones.map((zone, i) => {
    const name = `${place.prefix}DataSubnet${i + 1}`;
    const subnet = new aws.ec2.Subnet(
      name,
      {
        vpcId: vpc.id,
        cidrBlock: `10.0.${192 + 4 * i}.0/22`,
        availabilityZone: zone,
        tags: { Name: `${$app.name}-${$app.stage}-${name}` },
      },
      place.opts,
    );
    new aws.ec2.RouteTableAssociation(`${name}Routes`, { subnetId: subnet.id, routeTableId: table.id }, place.opts);
    return subnet.id;
  });
}
