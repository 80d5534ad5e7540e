import { setTimeout as wait } from "node:timers/promises";
import {
  BatchGetDeploymentTargetsCommand,
  CodeDeployClient,
  ListDeploymentTargetsCommand,
  PutLifecycleEventHookExecutionStatusCommand,
} from "@aws-sdk/client-codedeploy";
import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { boundedCalls } from "@pendo/core/ports/awsFailure";
import { isPing, ping, pong, type Pong } from "../../middleware/ping.ts";

/**
 * CodeDeploy calls this before it gives a new version of a function its first traffic. It pings that version, which answers once it has started with
 * all its links and every store it needs has answered it; otherwise the deployment ends here, and all traffic stays where it is.
 *
 * - no links; no VPC
 * - IAM: `lambda:InvokeFunction` on the versions of the functions that are released (`<function arn>:*`);
 *   `codedeploy:ListDeploymentTargets`, `codedeploy:BatchGetDeploymentTargets` and `codedeploy:PutLifecycleEventHookExecutionStatus` on the
 *   deployment groups
 * - timeout 120 s, memory 512 MB; deployed at once, without an alias
 */
export const handler = async (event: HookEvent): Promise<Pong | void> => {
  if (isPing(event)) return pong(process.env["PENDO_RELEASE"] ?? "unreleased");
  await beforeTraffic(event, {
    codeDeploy: new CodeDeployClient({ ...boundedCalls }),
    // A function that starts, and then asks its stores, takes longer than a call of a service. Whether it is tried again is decided here.
    lambda: new LambdaClient({ maxAttempts: 1, requestHandler: { ...boundedCalls.requestHandler, requestTimeout: 35_000 } }),
    write: (line) => void process.stdout.write(`${line}\n`),
  });
};

export interface HookEvent {
  readonly DeploymentId: string;
  readonly LifecycleEventHookExecutionId: string;
}

export interface HookPorts {
  readonly codeDeploy: CodeDeployClient;
  readonly lambda: LambdaClient;
  readonly write: (line: string) => void;
  /** Between two attempts: 3 s unless told. */
  readonly pauseMs?: number;
}

const ATTEMPTS_MAX = 3;
const REASON_CHARS_MAX = 300;

/** Tells CodeDeploy whether the new version may have traffic. Throws only where it can't be told: then it waits for an hour, and gives up. */
export async function beforeTraffic(event: HookEvent, ports: HookPorts): Promise<void> {
  const { DeploymentId: deploymentId, LifecycleEventHookExecutionId: lifecycleEventHookExecutionId } = event;
  let shifted: Shifted | undefined;
  let release: string | null = null;
  let problem: string | null = null;
  try {
    shifted = await shiftedBy(ports, deploymentId);
    release = await pinged(ports, shifted);
  } catch (error) {
    problem = (error instanceof Error ? error.message : "an unknown failure").split("\n")[0]?.slice(0, REASON_CHARS_MAX) ?? "";
  }
  const line = {
    level: problem === null ? "info" : "error",
    at: new Date().toISOString(),
    kind: "preTraffic",
    deploymentId,
    ...shifted,
    release,
    problem,
  };
  ports.write(JSON.stringify(line));
  const status = problem === null ? "Succeeded" : "Failed";
  await ports.codeDeploy.send(new PutLifecycleEventHookExecutionStatusCommand({ deploymentId, lifecycleEventHookExecutionId, status }));
}

interface Shifted {
  readonly function: string;
  readonly version: string;
}

/** The function that the deployment shifts, and the version it shifts to. */
async function shiftedBy({ codeDeploy }: HookPorts, deploymentId: string): Promise<Shifted> {
  const { targetIds = [] } = await codeDeploy.send(new ListDeploymentTargetsCommand({ deploymentId }));
  if (targetIds.length !== 1) throw new Error(`The deployment shifts ${targetIds.length} functions instead of one.`);
  const { deploymentTargets = [] } = await codeDeploy.send(new BatchGetDeploymentTargetsCommand({ deploymentId, targetIds }));
  const { functionName, targetVersion } = deploymentTargets[0]?.lambdaTarget?.lambdaFunctionInfo ?? {};
  if (!functionName || !targetVersion) throw new Error("The deployment does not say which version of which function it shifts to.");
  return { function: functionName, version: targetVersion };
}

/** Pings until the version answers well; answers its release. A store may be slow to answer the first connection of a new function. */
async function pinged(ports: HookPorts, shifted: Shifted): Promise<string> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await pingOnce(ports, shifted);
    } catch (error) {
      if (attempt >= ATTEMPTS_MAX) throw error;
      await wait(ports.pauseMs ?? 3_000);
    }
  }
}

async function pingOnce({ lambda }: HookPorts, shifted: Shifted): Promise<string> {
  const { FunctionError: failure, Payload } = await lambda.send(
    new InvokeCommand({ FunctionName: shifted.function, Qualifier: shifted.version, Payload: Buffer.from(JSON.stringify(ping)) }),
  );
  const answer = read(Payload);
  if (failure) throw new Error(`It failed: ${text(answer["errorType"]) || failure}: ${text(answer["errorMessage"])}`);
  if (answer["pendo"] !== "pong") throw new Error("It does not answer a ping.");
  const { release, ok, ports } = answer as unknown as Pong;
  const silent = Object.keys(ports ?? {}).filter((name) => !ports[name]);
  if (ok !== true) throw new Error(`It does not reach ${silent.join(", ") || "what it needs"}.`);
  return release;
}

function read(payload: Uint8Array | undefined): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(Buffer.from(payload ?? []).toString("utf8"));
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}
