import type { Backend } from "./backend";
import { type BackupVault, restoreRole } from "./backupRoles";
import type { Cluster } from "./aurora";
import type { Stage } from "./stage";

interface RestoreTestArgs {
  readonly stage: Stage;
  readonly backend: Backend;
  readonly cluster: Cluster;
  readonly vault: BackupVault;
}

/**
 * Every week the newest backup of the database is restored into a cluster that nobody reaches, and removed again. It shows that the backup can be decrypted
 * and becomes a cluster; what is in it, the drill in docs/runbooks/database-restore.md looks at. It sets no validation window: a window in which
 * nobody reports a result counts as a failed test. Pictures are restored in the drill alone, since a test would copy all of them.
 */
export function restoreTests({ stage, backend, cluster, vault }: RestoreTestArgs): void {
  const { place, network } = backend;
  if (!network?.own) throw new Error(`Restore tests of ${stage.name} need a network to restore into.`);
  const role = restoreRole({ stage, backend, cluster, vault });
  // AWS takes no hyphens in these names.
  const name = `${$app.name}_${stage.name}`;
  const plan = new aws.backup.RestoreTestingPlan(
    `${place.prefix}RestoreTests`,
    {
      name,
      scheduleExpression: "cron(0 6 ? * MON *)",
      scheduleExpressionTimezone: "Etc/UTC",
      startWindowHours: 4,
      recoveryPointSelection: {
        algorithm: "LATEST_WITHIN_WINDOW",
        includeVaults: [vault.arn],
        recoveryPointTypes: ["SNAPSHOT"],
        selectionWindowDays: 7,
      },
    },
    place.opts,
  );
  new aws.backup.RestoreTestingSelection(
    `${place.prefix}RestoreTests`,
    {
      name: `${name}_database`,
      restoreTestingPlanName: plan.name,
      iamRoleArn: role.arn,
      protectedResourceType: "Aurora",
      protectedResourceArns: [cluster.arn],
      // Without them it would be restored into the account's default network, where it could be reached, or which isn't there.
      restoreMetadataOverrides: {
        dbSubnetGroupName: cluster.subnetGroup,
        vpcSecurityGroupIds: $jsonStringify([network.own.groups.database.id]),
      },
    },
    place.opts,
  );
}
