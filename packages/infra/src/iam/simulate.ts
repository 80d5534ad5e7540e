import type { Statement } from "../access.ts";

export interface Wish {
  /** `sqs:SendMessage` */
  readonly action: string;
  readonly resource: string;
}

/**
 * Whether a role with these statements may do it, as IAM decides for identity policies: denied unless a statement allows it, and denied if one denies it
 * (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html). A condition on an allowing statement is taken as met and
 * one on a denying statement as not met, so that the answer errs towards "allowed", which is what is looked for.
 */
export function allows(statements: readonly Statement[], wish: Wish): boolean {
  const applying = statements.filter((statement) => applies(statement, wish));
  if (applying.some(({ effect, conditions }) => effect === "Deny" && Object.keys(conditions).length === 0)) return false;
  return applying.some(({ effect }) => effect === "Allow");
}

function applies({ actions, notActions, resources, notResources }: Statement, { action, resource }: Wish): boolean {
  const actionNamed = actions.length > 0 ? matchesAny(actions, action, "i") : !matchesAny(notActions, action, "i");
  const resourceNamed = resources.length > 0 ? matchesAny(resources, resource, "") : !matchesAny(notResources, resource, "");
  return actionNamed && resourceNamed;
}

function matchesAny(patterns: readonly string[], text: string, flags: "i" | ""): boolean {
  return patterns.some((pattern) => {
    const escaped = pattern
      .replace(/[.+^${}()|[\]\\]/g, "\\$&")
      .replaceAll("*", ".*")
      .replaceAll("?", ".");
    return new RegExp(`^${escaped}$`, `s${flags}`).test(text);
  });
}
