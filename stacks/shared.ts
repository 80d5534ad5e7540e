import { type Shared, sharedParameter } from "@pendo/operations/shared";
import type { Database } from "./database";
import type { Network, SharedOutputs } from "./network";
import type { Stage } from "./stage";

/** Staging says where its things are. Other stages keep theirs to themselves. */
export function publishShared({ stage, network, database }: { stage: Stage; network: Network; database: Database }): void {
  if (stage.kind !== "staging") return;
  const { cluster } = database;
  if (!cluster) throw new Error("Staging has no cluster to lend to previews.");
  const value: { readonly [Key in keyof Shared]: $util.Input<Shared[Key]> } = {
    privateSubnets: network.functions.privateSubnets,
    functionGroups: network.functions.securityGroups,
    databaseHost: cluster.writerHost,
    databasePort: 5432,
    databaseSecretArn: cluster.secretArn,
  };
  new aws.ssm.Parameter("Shared", {
    name: sharedParameter,
    type: "String",
    description: "What previews share with staging",
    value: $jsonStringify(value),
  });
}

/** What staging lends to this stage; undefined where it needs nothing. A preview can't be deployed before staging was. */
export function readShared(stage: Stage): SharedOutputs | undefined {
  if (stage.kind !== "preview") return undefined;
  const { value } = aws.ssm.getParameterOutput({ name: sharedParameter });
  const read = value.apply((text) => JSON.parse(text) as Shared);
  return {
    privateSubnets: read.privateSubnets,
    functionGroups: read.functionGroups,
    databaseHost: read.databaseHost,
    databasePort: read.databasePort,
    databaseSecretArn: read.databaseSecretArn,
  };
}
