import { statementsOf } from "../access.ts";
import type { Resource } from "../evaluated.ts";
import type { Graph } from "../graph.ts";
import { allows } from "../iam/simulate.ts";
import { kinds } from "../kinds.ts";
import { numberAt, textAt, textsAt } from "../read.ts";
import { durationOf, lambdaAt, type Policy, unlessSo, type Violation, where } from "./policy.ts";

const schedule = "aws:scheduler/schedule:Schedule";
const invocation = "aws:lambda/invocation:Invocation";
const authorizer = "aws:apigatewayv2/authorizer:Authorizer";
const filter = "aws:cloudwatch/logSubscriptionFilter:LogSubscriptionFilter";
const subscription = "aws:sns/topicSubscription:TopicSubscription";

const LOG_DAYS_MAX = 400;
// API Gateway gives up after 30 s; whoever still works then works for nobody.
const ROUTE_SEC_MAX = 29;
const BACKGROUND_SEC_MAX = 300;
// One whole vCPU: nothing here has use for a second one.
const MEMORY_MB = { min: 512, max: 1769 } as const;

export const functions: readonly Policy[] = [
  {
    name: "every function is called by something, and may be",
    why: "Code that nothing calls is forgotten code; a caller without leave fails only when it first calls.",
    check: (graph) => graph.all(kinds.lambda).flatMap((lambda) => called(graph, lambda)),
  },
  {
    name: "every function is bounded, and runs what the others run",
    why: "A time limit and a size keep one mistake from becoming a bill; one runtime and one processor keep what is tested equal to what runs.",
    check: (graph) => graph.all(kinds.lambda).flatMap((lambda) => bounded(graph, lambda)),
  },
  {
    name: "every function says who it is, and is traced and logged",
    why: "An error is worth nothing without its stage, its release, the way that it came and the lines before it; lines that are never forgotten cost for ever.",
    check: (graph) => graph.all(kinds.lambda).flatMap((lambda) => settingsOf(graph, lambda)),
  },
  {
    name: "somebody hears of every function that fails",
    why: "What runs in the background fails in front of nobody. A deployment that calls a function fails with it, and needs no alarm.",
    check: (graph) => (durationOf(graph) === "permanent" ? unheard(graph) : []),
  },
  {
    name: "traffic calls what is released, not what was deployed last",
    why: "A canary that something goes round is no canary: routes, sockets, authorizers and queues call the alias `live`.",
    check: (graph) => (durationOf(graph) === "permanent" ? traffic(graph).flatMap((one) => unreleased(graph, one)) : []),
  },
];

/** Something that calls a function: by an ARN, with or without the alias behind it. */
interface Call {
  readonly by: Resource;
  readonly arn: string;
  /** The service that needs leave of the function itself; the others come with a role or an ARN of their own. */
  readonly service?: string;
}

/** Routes, sockets, authorizers and queues. */
function traffic(graph: Graph): Call[] {
  const routed = new Set(graph.all(kinds.route).map(({ inputs }) => textAt(inputs, "target")?.replace("integrations/", "")));
  return [
    ...callsBy(graph, kinds.integration, "integrationUri", "apigateway.amazonaws.com").filter(({ by }) => routed.has(by.id)),
    ...callsBy(graph, authorizer, "authorizerUri", "apigateway.amazonaws.com"),
    ...callsBy(graph, kinds.eventSource, "functionName"),
  ];
}

function calls(graph: Graph): Call[] {
  return [
    ...traffic(graph),
    ...callsBy(graph, schedule, "target.arn"),
    ...callsBy(graph, filter, "destinationArn", "logs.amazonaws.com"),
    ...callsBy(graph, subscription, "endpoint", "sns.amazonaws.com"),
  ];
}

function callsBy(graph: Graph, type: string, path: string, service?: string): Call[] {
  return graph.all(type).flatMap((by) => {
    const arn = arnIn(textAt(by.inputs, path));
    return arn === undefined ? [] : [{ by, arn, ...(service !== undefined && { service }) }];
  });
}

/** A function's ARN, as such or inside the address that API Gateway calls it by. */
function arnIn(text: string | undefined): string | undefined {
  return text === undefined ? undefined : /arn:aws:lambda:[^:]+:\d+:function:[^:/]+(:[^:/]+)?/.exec(text)?.[0];
}

function byDeployments(graph: Graph, lambda: Resource): boolean {
  const name = lambda.inputs["name"];
  return (
    graph.all(invocation).some(({ inputs }) => inputs["functionName"] === name) ||
    // CodeDeploy calls its hook by this name, which `npm run release` hands to it.
    (graph.all("aws:codedeploy/deploymentGroup:DeploymentGroup").length > 0 && String(name).startsWith("CodeDeployHook_"))
  );
}

function called(graph: Graph, lambda: Resource): Violation[] {
  const all = calls(graph).filter(({ arn }) => lambdaAt(graph, arn) === lambda);
  if (all.length === 0) return unlessSo(byDeployments(graph, lambda), lambda.name, "is called by nothing");
  return all
    .filter((call) => !permitted(graph, lambda, call))
    .map(({ by }) => ({ where: lambda.name, what: `does not let ${by.name} call it` }));
}

function permitted(graph: Graph, lambda: Resource, { by, arn, service }: Call): boolean {
  if (by.type === schedule) {
    const role = graph.byArn(textAt(by.inputs, "target.roleArn") ?? "");
    return role !== undefined && allows(statementsOf(graph, role), { action: "lambda:InvokeFunction", resource: arn });
  }
  if (by.type === kinds.eventSource) {
    const wish = { action: "sqs:ReceiveMessage", resource: textAt(by.inputs, "eventSourceArn") ?? "" };
    return allows(statementsOf(graph, graph.roleOf(lambda)), wish);
  }
  const qualifier = arn.split(":")[7];
  return graph
    .all(kinds.permission)
    .some(
      ({ inputs }) =>
        [lambda.inputs["name"], lambda.outputs["arn"], arn].includes(inputs["function"]) &&
        textAt(inputs, "principal") === service &&
        textAt(inputs, "qualifier") === qualifier,
    );
}

function bounded(graph: Graph, lambda: Resource): Violation[] {
  const { name, inputs } = lambda;
  const isRoute = traffic(graph).some(({ by, arn }) => by.type !== kinds.eventSource && lambdaAt(graph, arn) === lambda);
  const timeoutSec = numberAt(inputs, "timeout") ?? 0;
  const memoryMb = numberAt(inputs, "memorySize") ?? 128;
  return [
    ...unlessSo(timeoutSec > 0 && timeoutSec <= (isRoute ? ROUTE_SEC_MAX : BACKGROUND_SEC_MAX), name, `may take ${timeoutSec} s`),
    ...unlessSo(memoryMb >= MEMORY_MB.min && memoryMb <= MEMORY_MB.max, name, `has ${memoryMb} MB`),
    // Under `sst dev` it is SST's own bridge to the developer's machine.
    ...unlessSo(textAt(inputs, "runtime") === "nodejs24.x" || graph.dev, name, `runs ${textAt(inputs, "runtime")}`),
    ...unlessSo(textsAt(inputs, "architectures").join() === "arm64" || graph.dev, name, "does not run on arm64"),
  ];
}

function settingsOf(graph: Graph, lambda: Resource): Violation[] {
  const { name, inputs } = lambda;
  if (graph.dev) return [];
  const env = (key: string): string => textAt(inputs, `environment.variables.${key}`) ?? "";
  const group = graph
    .all(kinds.logGroup)
    .find((one) => one.region === lambda.region && one.inputs["name"] === textAt(inputs, "loggingConfig.logGroup"));
  const days = numberAt(group?.inputs, "retentionInDays") ?? 0;
  return [
    ...unlessSo(env("PENDO_STAGE") === graph.stage, name, "does not know its stage"),
    ...unlessSo(env("PENDO_RELEASE") !== "", name, "does not know its release"),
    ...unlessSo(env("SENTRY_DSN").startsWith("https://"), name, "can report no error"),
    ...unlessSo(textAt(inputs, "tracingConfig.mode") === "Active", name, "leaves no trace"),
    ...unlessSo(days > 0 && days <= LOG_DAYS_MAX, name, "has lines that are never forgotten, or none"),
  ];
}

function unheard(graph: Graph): Violation[] {
  const heard = (lambda: Resource, metric: string): boolean =>
    graph
      .all(kinds.alarm)
      .some(
        ({ region, inputs }) =>
          region === lambda.region &&
          textAt(inputs, "metricName") === metric &&
          textAt(inputs, "dimensions.FunctionName") === lambda.inputs["name"] &&
          textsAt(inputs, "alarmActions").some((action) => graph.byArn(action)?.type === kinds.topic),
      );
  const own = graph.all(kinds.lambda).filter((lambda) => !byDeployments(graph, lambda));
  return ["Errors", "Throttles", "Duration"].flatMap((metric) =>
    where(own, (lambda) => heard(lambda, metric), `has no alarm on ${metric}`),
  );
}

function unreleased(graph: Graph, { by, arn }: Call): Violation[] {
  const lambda = lambdaAt(graph, arn);
  const alias = graph
    .all("aws:lambda/alias:Alias")
    .find(
      ({ region, inputs }) => inputs["functionName"] === lambda?.inputs["name"] && inputs["name"] === "live" && region === lambda?.region,
    );
  return [
    ...unlessSo(arn.endsWith(":live"), by.name, `calls ${lambda?.name ?? arn} itself, and not its alias`),
    ...unlessSo(alias !== undefined, by.name, `calls an alias that ${lambda?.name ?? arn} does not have`),
    ...unlessSo(
      alias === undefined || (alias.ignoreChanges ?? []).includes("functionVersion"),
      alias?.name ?? by.name,
      "is moved by deployments, before anything has tried the new version",
    ),
  ];
}
