/** What staging lends to previews: its network, and its cluster, in which each preview has a database. Staging publishes it as JSON. */
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
