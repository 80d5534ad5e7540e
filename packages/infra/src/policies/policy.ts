import type { Resource } from "../evaluated.ts";
import type { Graph } from "../graph.ts";
import { kinds } from "../kinds.ts";

/** Something in a stage that a policy forbids. */
export interface Violation {
  /** The logical name of what breaks it. */
  readonly where: string;
  readonly what: string;
}

/** A rule that holds across resources, in every stage, whatever is added to it. */
export interface Policy {
  readonly name: string;
  readonly why: string;
  readonly check: (graph: Graph) => readonly Violation[];
}

/** Permanent stages hold people's data, previews come and go, and a personal one runs on a developer's machine. */
export function durationOf({ stage, dev }: Graph): "permanent" | "preview" | "personal" {
  if (stage === "production" || stage === "staging") return "permanent";
  return dev ? "personal" : "preview";
}

/** One violation for every resource of which something is not so. */
export function where(
  resources: readonly Resource[],
  ok: (resource: Resource) => boolean,
  what: string | ((resource: Resource) => string),
): Violation[] {
  return resources
    .filter((resource) => !ok(resource))
    .map((resource) => ({ where: resource.name, what: typeof what === "string" ? what : what(resource) }));
}

/** A violation, unless it is so. */
export function unlessSo(isSo: boolean, name: string, what: string): Violation[] {
  return isSo ? [] : [{ where: name, what }];
}

/** The function with this ARN, or behind the alias or the version of this ARN. */
export function lambdaAt(graph: Graph, arn: string | undefined): Resource | undefined {
  const found = graph.byArn((arn ?? "").split(":").slice(0, 7).join(":"));
  return found?.type === kinds.lambda ? found : undefined;
}
