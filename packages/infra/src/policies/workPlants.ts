import type { Draft } from "../draft.ts";
import type { Evaluated } from "../evaluated.ts";
import { kinds } from "../kinds.ts";
import type { Way } from "./plant.ts";

const schedule = "aws:scheduler/schedule:Schedule";
const alias = "aws:lambda/alias:Alias";

/** Queues and functions that nobody calls, bounds or hears of. */
export const work: Readonly<Record<string, readonly Way[]>> = {
  "every message that is given up is kept": [
    ["a queue without dead letters", "EmailQueueQueue", (draft) => draft.with(kinds.queue, "EmailQueueQueue", "redrivePolicy", undefined)],
    ["dead letters elsewhere", "EmailQueueQueue", (draft) => draft.without(kinds.queue, "EmailDeadLettersQueue")],
    [
      "dead letters that forget",
      "EmailDeadLettersQueue",
      (draft) => draft.with(kinds.queue, "EmailDeadLettersQueue", "messageRetentionSeconds", 60),
      "pr-42",
    ],
  ],
  "every queue has one consumer, within bounds": [
    ["no consumer", "EmailQueueQueue", (draft) => draft.without(kinds.eventSource, eventSourceOf(draft, "EmailQueueQueue"))],
    [
      "two of them",
      "EmailQueueQueue",
      (draft) =>
        draft.adding(kinds.eventSource, "Planted", {
          ...draft.resources.find(({ type, name }) => type === kinds.eventSource && name === eventSourceOf(draft, "EmailQueueQueue"))
            ?.inputs,
        }),
    ],
    [
      "whole batches",
      "EmailQueueQueue",
      (draft) => draft.with(kinds.eventSource, eventSourceOf(draft, "EmailQueueQueue"), "functionResponseTypes", []),
    ],
    [
      "no bound",
      "EmailQueueQueue",
      (draft) => draft.with(kinds.eventSource, eventSourceOf(draft, "EmailQueueQueue"), "scalingConfig", undefined),
    ],
    [
      "seen again too soon",
      "EmailQueueQueue",
      (draft) => draft.with(kinds.queue, "EmailQueueQueue", "visibilityTimeoutSeconds", 60),
      "local.dev",
    ],
  ],
  "somebody hears of every queue that stands still": [
    ["no alarm on its age", "EmailQueueQueue", (draft) => draft.without(kinds.alarm, "EmailQueueAge")],
    ["no alarm on its dead letters", "EmailDeadLettersQueue", (draft) => draft.without(kinds.alarm, "EmailDeadLettersAlarm")],
    ["an alarm that calls nobody", "EmailQueueQueue", (draft) => draft.with(kinds.alarm, "EmailQueueDepth", "alarmActions", []), "staging"],
  ],
  "every function is called by something, and may be": [
    ["a schedule is gone", "CanaryFunction", (draft) => draft.without(schedule, "CanaryRunSchedule")],
    ["logs may not call", "LogShipperFunction", (draft) => draft.without(kinds.permission, "LogShipperCaller")],
    [
      "leave for the function, and not for its alias",
      "WellKnownApiFunction",
      (draft) =>
        draft.resources
          .filter(({ type, name }) => type === kinds.permission && name.includes("RouteWellKnown"))
          .reduce<Draft & Evaluated>((next, { name }) => next.with(kinds.permission, name, "qualifier", undefined), draft),
    ],
    ["a role that may not call", "CanaryFunction", (draft) => draft.with(kinds.role, "CanaryRunRole", "inlinePolicies", [])],
  ],
  "every function is bounded, and runs what the others run": [
    ["a minute for a route", "SwipesApiFunction", (draft) => draft.with(kinds.lambda, "SwipesApiFunction", "timeout", 60)],
    ["too large", "SwipesApiFunction", (draft) => draft.with(kinds.lambda, "SwipesApiFunction", "memorySize", 10_240), "pr-42"],
    ["an older Node", "SwipesApiFunction", (draft) => draft.with(kinds.lambda, "SwipesApiFunction", "runtime", "nodejs22.x"), "staging"],
    ["another processor", "SwipesApiFunction", (draft) => draft.with(kinds.lambda, "SwipesApiFunction", "architectures", ["x86_64"])],
  ],
  "every function says who it is, and is traced and logged": [
    [
      "another stage's",
      "SwipesApiFunction",
      (draft) => draft.with(kinds.lambda, "SwipesApiFunction", "environment.variables.PENDO_STAGE", "staging"),
    ],
    [
      "no Sentry",
      "SwipesApiFunction",
      (draft) => draft.with(kinds.lambda, "SwipesApiFunction", "environment.variables.SENTRY_DSN", undefined),
      "pr-42",
    ],
    ["no trace", "SwipesApiFunction", (draft) => draft.with(kinds.lambda, "SwipesApiFunction", "tracingConfig.mode", "PassThrough")],
    ["lines for ever", "SwipesApiFunction", (draft) => draft.with(kinds.logGroup, "SwipesApiLogGroup", "retentionInDays", undefined)],
  ],
  "somebody hears of every function that fails": [
    ["no alarm on errors", "SwipesApiFunction", (draft) => draft.without(kinds.alarm, "SwipesApiErrors")],
    [
      "an alarm in another region",
      "SwipesApiFunction",
      (draft) => draft.with(kinds.alarm, "SwipesApiThrottles", "dimensions.FunctionName", "another"),
    ],
  ],
  "traffic calls what is released, not what was deployed last": [
    [
      "a queue calls the function itself",
      "EmailQueueSubscriber*",
      (draft) =>
        draft.editing(kinds.eventSource, eventSourceOf(draft, "EmailQueueQueue"), (inputs) => {
          inputs.functionName = inputs.functionName.replace(":live", "");
        }),
    ],
    ["an alias is gone", "HttpApiRouteSwipes*", (draft) => draft.without(alias, "SwipesApiLive")],
  ],
};

function eventSourceOf({ resources }: Evaluated, queue: string): string {
  const arn = resources.find(({ type, name }) => type === kinds.queue && name === queue)?.outputs["arn"];
  return resources.find(({ type, inputs }) => type === kinds.eventSource && inputs["eventSourceArn"] === arn)?.name ?? "";
}
