/** The shape of the connections' table, for the adapter and for whoever creates it. */
export const connectionsTable = {
  fields: { connectionId: "string", userId: "string" },
  primaryIndex: { hashKey: "connectionId" },
  globalIndexes: { byUser: { hashKey: "userId" } },
  /** Seconds since 1970. DynamoDB deletes an item some time after, so readers compare it too. */
  ttl: "expiresAt",
} as const;
