import type { Shared } from "@pendo/operations/shared";

/** What staging could have published, for previews that are evaluated offline. A test holds it equal in shape to what staging does publish. */
export const sharedExample: Shared = {
  privateSubnets: ["subnet-0a1b2c3d4e5f60001", "subnet-0a1b2c3d4e5f60002"],
  functionGroups: ["sg-0a1b2c3d4e5f60001"],
  databaseHost: "pendo-staging-aurora.cluster-x.eu-west-1.rds.amazonaws.com",
  databasePort: 5432,
  databaseSecretArn: "arn:aws:secretsmanager:eu-west-1:123456789012:secret:pendo-staging-AuroraProxySecret-aBcDeF",
};
