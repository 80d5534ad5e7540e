import { type FunctionContext, type LiveFunction, liveFunction } from "./functions";
import type { Place } from "./place";
import type { Stage } from "./stage";

/** How traffic moves from one version to the next, by what calls the function. */
export const shifts = {
  /** People's requests: a tenth of them for five minutes, then all. */
  canary: "CodeDeployDefault.LambdaCanary10Percent5Minutes",
  /** Messages and frames: all at once, when the new version has answered; a batch must not meet two versions, and the old one stays for the way back. */
  blueGreen: "CodeDeployDefault.LambdaAllAtOnce",
} as const;

// How many failed calls in a minute take a release back.
const ERRORS_MAX = 5;

export interface Release {
  readonly application: aws.codedeploy.Application;
  readonly hook: LiveFunction;
}

/**
 * A deployment group for every function behind an alias, in one place. Deploying publishes versions and moves nothing; `npm run release` then shifts the
 * aliases group by group, each after the hook has seen the new version answer, and back again when an alarm rings.
 */
export function release(context: FunctionContext): Release | undefined {
  const { stage, place } = context;
  const shifted = context.made.filter((live) => live.alias !== undefined);
  if (shifted.length === 0) return undefined;
  const application = new aws.codedeploy.Application(
    `${place.prefix}Releases`,
    { name: releasesName(stage, place), computePlatform: "Lambda" },
    place.opts,
  );
  const role = new aws.iam.Role(
    `${place.prefix}ReleasesRole`,
    {
      assumeRolePolicy: aws.iam.assumeRolePolicyForPrincipal({ Service: "codedeploy.amazonaws.com" }),
      managedPolicyArns: ["arn:aws:iam::aws:policy/service-role/AWSCodeDeployRoleForLambdaLimited"],
    },
    place.opts,
  );
  const hook = preTrafficHook(context, shifted, application);
  for (const live of shifted) group(context, { live, application, role });
  return { application, hook };
}

/** The name of the CodeDeploy application, which `npm run release` looks for; its groups are named as their functions. */
export function releasesName({ name }: Stage, { standby }: Place): string {
  return `pendo-${name}${standby ? "-standby" : ""}`;
}

/** The name of the function that a release calls before any traffic moves. */
export function hookName(stage: Stage, place: Place): string {
  return `CodeDeployHook_${releasesName(stage, place)}`;
}

function preTrafficHook(context: FunctionContext, shifted: readonly LiveFunction[], application: aws.codedeploy.Application): LiveFunction {
  const { stage, place } = context;
  const groups = $interpolate`arn:aws:codedeploy:${place.region}:${aws.getCallerIdentityOutput().accountId}:deploymentgroup:${application.name}/*`;
  return liveFunction(context, {
    name: "PreTrafficHook",
    // CodeDeploy's own policy lets it call functions of this name, and no others.
    fixedName: hookName(stage, place),
    description: "Lets a release go on when its new version answers",
    handler: "packages/functions/src/lambda/release/preTraffic.handler",
    needs: [],
    timeoutSec: 120,
    memoryMb: 512,
    unshifted: true,
    grants: [
      { actions: ["lambda:InvokeFunction"], resources: shifted.map(({ fn }) => $interpolate`${fn.arn}:*`) },
      {
        actions: [
          "codedeploy:ListDeploymentTargets",
          "codedeploy:BatchGetDeploymentTargets",
          "codedeploy:PutLifecycleEventHookExecutionStatus",
        ],
        resources: [groups],
      },
    ],
  });
}

interface Group {
  readonly live: LiveFunction;
  readonly application: aws.codedeploy.Application;
  readonly role: aws.iam.Role;
}

function group({ place }: FunctionContext, { live, application, role }: Group): void {
  const name = `${place.prefix}${live.spec.name}`;
  const errors = new aws.cloudwatch.MetricAlarm(
    `${name}ReleaseErrors`,
    {
      alarmDescription: `${live.spec.name} fails more than ${ERRORS_MAX} times a minute: a release of it is taken back.`,
      namespace: "AWS/Lambda",
      metricName: "Errors",
      dimensions: { FunctionName: live.fn.name, Resource: $interpolate`${live.fn.name}:live` },
      statistic: "Sum",
      period: 60,
      evaluationPeriods: 1,
      comparisonOperator: "GreaterThanThreshold",
      threshold: ERRORS_MAX,
      treatMissingData: "notBreaching",
    },
    place.opts,
  );
  new aws.codedeploy.DeploymentGroup(
    `${name}Releases`,
    {
      appName: application.name,
      deploymentGroupName: live.fn.name,
      serviceRoleArn: role.arn,
      deploymentConfigName: shifts[live.spec.shift ?? "canary"],
      deploymentStyle: { deploymentType: "BLUE_GREEN", deploymentOption: "WITH_TRAFFIC_CONTROL" },
      autoRollbackConfiguration: {
        enabled: true,
        events: ["DEPLOYMENT_FAILURE", "DEPLOYMENT_STOP_ON_ALARM", "DEPLOYMENT_STOP_ON_REQUEST"],
      },
      alarmConfiguration: { enabled: true, alarms: [errors.name] },
    },
    place.opts,
  );
}
