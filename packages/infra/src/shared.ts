/** What staging lends to previews: its network, and its cluster, in which each has a database of its own. Staging publishes it as JSON. */
export interface Shared {
  readonly privateSubnets: string[];
  readonly functionGroups: string[];
  /** The writer itself: a preview's database is no business of the proxy. */
  readonly databaseHost: string;
  readonly databasePort: number;
  /** The secret with `username` and `password`: what is published holds nothing secret itself. */
  readonly databaseSecretArn: string;
}

export const sharedParameter = "/pendo/staging/shared";

/** What staging could have published, for previews that are evaluated offline. A test holds it equal in shape to what staging does publish. */
export const sharedExample: Shared = {
  privateSubnets: ["subnet-0a1b2c3d4e5f60001", "subnet-0a1b2c3d4e5f60002"],
  functionGroups: ["sg-0a1b2c3d4e5f60001"],
  databaseHost: "pendo-staging-aurora.cluster-x.eu-west-1.rds.amazonaws.com",
  databasePort: 5432,
  databaseSecretArn: "arn:aws:secretsmanager:eu-west-1:123456789012:secret:pendo-staging-AuroraProxySecret-aBcDeF",
};
