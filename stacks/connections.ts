import { connectionsTable } from "@pendo/core/ports/connections/table";
import type { Place } from "./place";
import type { Stage } from "./stage";

export interface Connections {
  readonly name: $util.Output<string>;
  readonly arn: $util.Output<string>;
}

/** The table of open sockets. Each place has its own, since a socket belongs to the API of one region. */
export function connections({ stage, place }: { readonly stage: Stage; readonly place: Place }): Connections {
  const { fields, primaryIndex, globalIndexes, ttl } = connectionsTable;
  const table = new sst.aws.Dynamo(
    `${place.prefix}ConnectionsTable`,
    {
      fields,
      primaryIndex,
      globalIndexes,
      ttl,
      deletionProtection: stage.permanent,
      transform: {
        table: (args, opts) => {
          args.pointInTimeRecovery = { enabled: stage.permanent };
          // The account's own key of KMS instead of DynamoDB's. A key of the table's would have to be granted to every function, for rows that
          // hold two random ids and live for two hours.
          if (stage.permanent) args.serverSideEncryption = { enabled: true };
          opts.protect = stage.permanent;
        },
      },
    },
    place.opts,
  );
  return { name: table.name, arn: table.arn };
}
