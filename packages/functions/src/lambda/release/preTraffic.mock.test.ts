import {
  BatchGetDeploymentTargetsCommand,
  CodeDeployClient,
  ListDeploymentTargetsCommand,
  PutLifecycleEventHookExecutionStatusCommand,
} from "@aws-sdk/client-codedeploy";
import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { mockClient } from "aws-sdk-client-mock";
import { beforeEach, expect, test } from "vitest";
import { beforeTraffic, handler } from "./preTraffic.ts";

const codeDeploy = mockClient(CodeDeployClient);
const lambda = mockClient(LambdaClient);
const event = { DeploymentId: "d-1", LifecycleEventHookExecutionId: "hook-1" };
const info = { functionName: "SwipesApi", functionAlias: "live", currentVersion: "7", targetVersion: "8" };
const pong = { pendo: "pong", release: "abc1234", ok: true, ports: { db: true, bus: true } };
let lines: Record<string, unknown>[] = [];

beforeEach(() => {
  codeDeploy.reset();
  lambda.reset();
  lines = [];
  codeDeploy.on(ListDeploymentTargetsCommand).resolves({ targetIds: ["SwipesApi:live"] });
  codeDeploy.on(BatchGetDeploymentTargetsCommand).resolves({ deploymentTargets: [{ lambdaTarget: { lambdaFunctionInfo: info } }] });
  codeDeploy.on(PutLifecycleEventHookExecutionStatusCommand).resolves({});
});

const answering = (...answers: { readonly payload?: unknown; readonly error?: string }[]) => {
  const call = lambda.on(InvokeCommand);
  for (const { payload, error } of answers)
    call.resolvesOnce({
      ...(error && { FunctionError: error }),
      Payload: Buffer.from(typeof payload === "string" ? payload : JSON.stringify(payload)) as never,
    });
};
const run = () =>
  beforeTraffic(event, {
    codeDeploy: new CodeDeployClient({ region: "eu-west-1" }),
    lambda: new LambdaClient({ region: "eu-west-1" }),
    write: (line) => lines.push(JSON.parse(line) as Record<string, unknown>),
    pauseMs: 1,
  });
const told = () => codeDeploy.commandCalls(PutLifecycleEventHookExecutionStatusCommand).map((call) => call.args[0].input);
const succeeded = { deploymentId: "d-1", lifecycleEventHookExecutionId: "hook-1", status: "Succeeded" };
const failed = { ...succeeded, status: "Failed" };

test("the version that the deployment shifts to is pinged, and no other", async () => {
  answering({ payload: pong });
  await run();
  const asked = lambda.commandCalls(InvokeCommand).map((call) => call.args[0].input);
  expect(asked).toEqual([{ FunctionName: "SwipesApi", Qualifier: "8", Payload: Buffer.from('{"pendo":"ping"}') }]);
  expect(codeDeploy.commandCalls(BatchGetDeploymentTargetsCommand)[0]?.args[0].input).toEqual({
    deploymentId: "d-1",
    targetIds: ["SwipesApi:live"],
  });
  expect(told()).toEqual([succeeded]);
  expect(lines).toMatchObject([
    { level: "info", kind: "preTraffic", function: "SwipesApi", version: "8", release: "abc1234", problem: null },
  ]);
});

test("a version whose first start is slow is asked again", async () => {
  answering(
    { payload: { ...pong, ok: false, ports: { db: false } } },
    { payload: { errorMessage: "Task timed out" }, error: "Unhandled" },
    { payload: pong },
  );
  await run();
  expect(lambda.commandCalls(InvokeCommand)).toHaveLength(3);
  expect(told()).toEqual([succeeded]);
});

test.each([
  [{ payload: { ...pong, ok: false, ports: { db: true, bus: false, cache: false } } }, "It does not reach bus, cache."],
  [{ payload: { ...pong, ok: "true" } }, "It does not reach what it needs."],
  [
    {
      payload: { errorType: "ResourceError", errorMessage: "This function is not linked to the resource Cache.\nat x" },
      error: "Unhandled",
    },
    "It failed: ResourceError: This function is not linked to the resource Cache.",
  ],
  [{ payload: { statusCode: 404, body: "{}" } }, "It does not answer a ping."],
  [{ payload: "null" }, "It does not answer a ping."],
  [{ payload: "" }, "It does not answer a ping."],
])("a version that answers %j gets no traffic", async (answer, problem) => {
  answering(answer, answer, answer);
  await run();
  expect(told()).toEqual([failed]);
  expect(lines).toMatchObject([{ level: "error", function: "SwipesApi", version: "8", problem }]);
});

test("a version that can't be called gets no traffic", async () => {
  lambda.on(InvokeCommand).rejects(new Error("AccessDenied: not authorized to perform lambda:InvokeFunction"));
  await run();
  expect(told()).toEqual([failed]);
});

test.each([
  [{ targetIds: [] }, {}, "The deployment shifts 0 functions instead of one."],
  [{ targetIds: ["a", "b"] }, {}, "The deployment shifts 2 functions instead of one."],
  [{ targetIds: ["a"] }, { deploymentTargets: [] }, "The deployment does not say which version of which function it shifts to."],
])("a deployment of which nobody knows what it shifts fails", async (listed, got, problem) => {
  codeDeploy.on(ListDeploymentTargetsCommand).resolves(listed);
  codeDeploy.on(BatchGetDeploymentTargetsCommand).resolves(got);
  await run();
  expect(told()).toEqual([failed]);
  expect(lines).toMatchObject([{ problem }]);
  expect(lambda.calls()).toEqual([]);
});

test("where CodeDeploy can't be told, the hook fails itself", async () => {
  answering({ payload: pong });
  codeDeploy.on(PutLifecycleEventHookExecutionStatusCommand).rejects(new Error("Rate exceeded"));
  await expect(run()).rejects.toThrow("Rate exceeded");
});

test("it answers a ping itself", async () => {
  expect(await handler({ pendo: "ping" } as never)).toMatchObject({ pendo: "pong", ok: true });
});
