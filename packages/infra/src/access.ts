import type { Document, Resource } from "./evaluated.ts";
import type { Graph } from "./graph.ts";
import { kinds } from "./kinds.ts";
import { at, documentAt, documentsAt, textAt, textsAt } from "./read.ts";

/** A statement of a policy, with single values as lists of one. */
export interface Statement {
  readonly effect: "Allow" | "Deny";
  readonly sid?: string;
  readonly actions: readonly string[];
  readonly notActions: readonly string[];
  readonly resources: readonly string[];
  readonly notResources: readonly string[];
  /** By kind, as "Service" and "AWS"; "*" stands for everybody. */
  readonly principals: Readonly<Record<string, readonly string[]>>;
  readonly conditions: Document;
}

/** The statements of a policy, given as a document or as JSON text. */
export function statementsIn(policy: unknown): readonly Statement[] {
  return documentsAt({ policy: documentAt({ policy }, "policy") }, "policy.Statement").map((raw) => {
    const sid = textAt(raw, "Sid");
    return {
      effect: textAt(raw, "Effect") === "Deny" ? "Deny" : "Allow",
      ...(sid !== undefined && { sid }),
      actions: textsAt(raw, "Action"),
      notActions: textsAt(raw, "NotAction"),
      resources: textsAt(raw, "Resource"),
      notResources: textsAt(raw, "NotResource"),
      principals: principalsIn(raw),
      conditions: documentAt(raw, "Condition"),
    };
  });
}

function principalsIn(raw: Document): Statement["principals"] {
  const principal = at(raw, "Principal");
  if (principal === "*") return { "*": ["*"] };
  const kindsOf = documentAt(raw, "Principal");
  return Object.fromEntries(Object.keys(kindsOf).map((kind) => [kind, textsAt(kindsOf, kind)]));
}

/** What a role may do: its inline policies, those attached to it one by one, and the policies of this graph that it refers to. */
export function statementsOf(graph: Graph, role: Resource): readonly Statement[] {
  const inline = documentsAt(role.inputs, "inlinePolicies").map((policy) => policy["policy"]);
  const separate = graph
    .all(kinds.rolePolicy)
    .filter((policy) => isOf(policy, role))
    .map((policy) => policy.inputs["policy"]);
  const referred = managedPoliciesOf(graph, role)
    .map((arn) => graph.byArn(arn))
    .filter((policy) => policy?.type === kinds.policy)
    .map((policy) => policy?.inputs["policy"]);
  return [...inline, ...separate, ...referred].filter((policy) => policy !== undefined).flatMap(statementsIn);
}

/** ARNs of the managed policies of a role, AWS's own and this graph's. */
export function managedPoliciesOf(graph: Graph, role: Resource): readonly string[] {
  const attached = graph.all(kinds.roleAttachment).filter((attachment) => isOf(attachment, role));
  return [...textsAt(role.inputs, "managedPolicyArns"), ...attached.flatMap((attachment) => textsAt(attachment.inputs, "policyArn"))];
}

/** Who may take a role on. */
export function trustOf(role: Resource): readonly Statement[] {
  return statementsIn(role.inputs["assumeRolePolicy"]);
}

// Policies name their role by its name, which is its id, or by its ARN.
function isOf(policy: Resource, role: Resource): boolean {
  const named = textAt(policy.inputs, "role");
  return named !== undefined && [role.id, role.outputs["name"], role.outputs["arn"]].includes(named);
}
