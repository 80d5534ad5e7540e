import type { Resource } from "../evaluated.ts";
import type { Graph } from "../graph.ts";
import { kinds } from "../kinds.ts";
import { textsAt } from "../read.ts";

/** The topic that an alarm calls. Its policy bears the same ARN, so that it is looked for among topics alone. */
export const calledBy = (graph: Graph, { inputs }: Resource): Resource | undefined =>
  graph.all(kinds.topic).find(({ outputs }) => outputs["arn"] === textsAt(inputs, "alarmActions")[0]);

/** The prefixes of a stage's places. */
export const places = ({ stage }: Graph): readonly string[] => (stage === "production" ? ["", "Standby"] : [""]);

export const composite = "aws:cloudwatch/compositeAlarm:CompositeAlarm";
export const dashboard = "aws:cloudwatch/dashboard:Dashboard";
export const permanent = ["production", "staging"] as const;
