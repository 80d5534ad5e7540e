import {
  BatchGetDeploymentsCommand,
  type CodeDeployClient,
  CreateDeploymentCommand,
  paginateListDeploymentGroups,
  paginateListDeployments,
  StopDeploymentCommand,
} from "@aws-sdk/client-codedeploy";
import { GetAliasCommand, type LambdaClient, paginateListVersionsByFunction } from "@aws-sdk/client-lambda";
import { type Fleet, type Progress, ReleaseError, type Shift, type Versions } from "./fleet.ts";

export interface AwsFleet {
  readonly codeDeploy: CodeDeployClient;
  readonly lambda: LambdaClient;
  /** The CodeDeploy application of the place: `pendo-production`. Its groups are named as their functions. */
  readonly application: string;
}

const ALIAS = "live";
// CodeDeploy answers about no more at once.
const ASKED_MAX = 25;
const OVER: Readonly<Record<string, Progress["state"]>> = { Succeeded: "succeeded", Failed: "failed", Stopped: "failed" };

/** The functions of one place, as CodeDeploy and Lambda know them. */
export function awsFleet({ codeDeploy, lambda, application }: AwsFleet): Fleet {
  return {
    async functions() {
      const names: string[] = [];
      for await (const page of paginateListDeploymentGroups({ client: codeDeploy }, { applicationName: application }))
        names.push(...(page.deploymentGroups ?? []));
      return names.toSorted();
    },
    versions: async (functionName) => versionsOf(lambda, functionName),
    async shift(shift) {
      const { deploymentId } = await codeDeploy.send(new CreateDeploymentCommand(deploymentOf(application, shift)));
      if (deploymentId === undefined) throw new ReleaseError(`CodeDeploy began no deployment of ${shift.functionName}.`);
      return deploymentId;
    },
    async progress(deploymentIds) {
      const all: Progress[] = [];
      for (let from = 0; from < deploymentIds.length; from += ASKED_MAX) {
        const asked = new BatchGetDeploymentsCommand({ deploymentIds: deploymentIds.slice(from, from + ASKED_MAX) });
        const { deploymentsInfo = [] } = await codeDeploy.send(asked);
        for (const { deploymentId = "", status = "", errorInformation } of deploymentsInfo)
          all.push({ deploymentId, state: OVER[status] ?? "running", reason: errorInformation?.message ?? status });
      }
      return all;
    },
    async stop(deploymentId) {
      await codeDeploy.send(new StopDeploymentCommand({ deploymentId, autoRollbackEnabled: true }));
    },
    async running() {
      const ids: string[] = [];
      const asked = { applicationName: application, includeOnlyStatuses: ["Created", "Queued", "InProgress", "Ready"] as const };
      for await (const page of paginateListDeployments(
        { client: codeDeploy },
        { ...asked, includeOnlyStatuses: [...asked.includeOnlyStatuses] },
      ))
        ids.push(...(page.deployments ?? []));
      return ids;
    },
  };
}

async function versionsOf(lambda: LambdaClient, functionName: string): Promise<Versions> {
  const alias = await lambda.send(new GetAliasCommand({ FunctionName: functionName, Name: ALIAS }));
  const [shiftingTo] = Object.keys(alias.RoutingConfig?.AdditionalVersionWeights ?? {});
  const published: { version: string; release: string }[] = [];
  for await (const page of paginateListVersionsByFunction({ client: lambda }, { FunctionName: functionName }))
    for (const { Version = "", Environment } of page.Versions ?? [])
      if (Version !== "$LATEST") published.push({ version: Version, release: Environment?.Variables?.["PENDO_RELEASE"] ?? "" });
  return { live: alias.FunctionVersion ?? "", ...(shiftingTo !== undefined && { shiftingTo }), published };
}

function deploymentOf(application: string, { functionName, from, to, atOnce }: Shift) {
  const appSpec = {
    version: 0.0,
    Resources: [
      {
        Function: {
          Type: "AWS::Lambda::Function",
          Properties: { Name: functionName, Alias: ALIAS, CurrentVersion: from, TargetVersion: to },
        },
      },
    ],
    // A version that was live before has answered already.
    ...(!atOnce && { Hooks: [{ BeforeAllowTraffic: `CodeDeployHook_${application}` }] }),
  };
  return {
    applicationName: application,
    deploymentGroupName: functionName,
    revision: { revisionType: "AppSpecContent" as const, appSpecContent: { content: JSON.stringify(appSpec) } },
    ...(atOnce && {
      deploymentConfigName: "CodeDeployDefault.LambdaAllAtOnce",
      // The alarms that ring because of the release must not keep it from being taken back.
      overrideAlarmConfiguration: { enabled: false, alarms: [] },
    }),
  };
}
