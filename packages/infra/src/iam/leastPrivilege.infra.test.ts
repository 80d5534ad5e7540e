import { describe, expect, test } from "vitest";
import { managedPoliciesOf, type Statement, statementsOf, trustOf } from "../access.ts";
import { type Graph, load } from "../graph.ts";
import { kinds } from "../kinds.ts";
import { contractFunctions, forbidden, othersWishes, reachOf, wishesOf } from "./roles.ts";
import { allows, type Wish } from "./simulate.ts";

const places = [
  ["production", ""],
  ["production", "Standby"],
  ["staging", ""],
  ["pr-42", ""],
] as const;

// What AWS itself asks of a function that logs, and of one inside a network.
const managed = ["service-role/AWSLambdaBasicExecutionRole", "service-role/AWSLambdaVPCAccessExecutionRole"].map(
  (name) => `arn:aws:iam::aws:policy/${name}`,
);
// These calls can't be limited to a resource (service authorization reference).
const unlimited = [
  "xray:PutTraceSegments",
  "xray:PutTelemetryRecords",
  "rekognition:DetectModerationLabels",
  "backup:ListRestoreJobs",
  "ssm:DescribeParameters",
  "secretsmanager:ListSecrets",
];

function statementsOfFunction(graph: Graph, name: string): readonly Statement[] {
  return statementsOf(graph, graph.roleOf(graph.one(kinds.lambda, `${name}Function`)));
}

function denied(statements: readonly Statement[], wishes: readonly Wish[]): string[] {
  return wishes.filter((wish) => !allows(statements, wish)).map(({ action, resource }) => `${action} on ${resource}`);
}

function allowed(statements: readonly Statement[], wishes: readonly Wish[]): string[] {
  return wishes.filter((wish) => allows(statements, wish)).map(({ action, resource }) => `${action} on ${resource}`);
}

describe.each(places)("%s %s", (stage, prefix) => {
  const graph = load(stage);
  const reach = reachOf(graph, prefix);

  test.each(contractFunctions())("$name may do all that its needs call, nothing that others call, and nothing that is forbidden", (own) => {
    const statements = statementsOfFunction(graph, `${prefix}${own.name}`);
    const harmful = forbidden(graph, reach);
    expect(harmful.length).toBeGreaterThanOrEqual(10);
    expect(denied(statements, wishesOf(own, reach)), "not allowed, though needed").toEqual([]);
    expect(allowed(statements, othersWishes(own, reach)), "allowed, though not needed").toEqual([]);
    expect(allowed(statements, harmful), "allowed, though forbidden").toEqual([]);
  });
});

describe.each(["production", "staging", "pr-42"])("every function of %s", (stage) => {
  const graph = load(stage);
  const roles = graph.functions
    .flatMap((build) => graph.lambdaOf(build) ?? [])
    .map((lambda) => [lambda.name, graph.roleOf(lambda)] as const);

  test("can be told apart", () => expect(new Set(roles.map(([, { urn }]) => urn)).size).toBe(graph.functions.length));

  test.each(roles)(
    "%s trusts Lambda alone, has no policy of AWS's beyond logs and network, and no star that could be smaller",
    (_, role) => {
      expect(trustOf(role).map(({ principals }) => principals)).toEqual([{ Service: ["lambda.amazonaws.com"] }]);
      expect(managedPoliciesOf(graph, role).filter((arn) => !managed.includes(arn))).toEqual([]);
      for (const { actions, resources, effect, notActions } of statementsOf(graph, role)) {
        expect(effect).toBe("Allow");
        expect(notActions).toEqual([]);
        expect(actions.filter((action) => action.includes("*"))).toEqual([]);
        if (resources.includes("*")) expect(actions.filter((action) => !unlimited.includes(action))).toEqual([]);
      }
    },
  );
});

describe("planted mistakes", () => {
  const graph = load("pr-42");
  const reach = reachOf(graph, "");
  const [swipes] = contractFunctions().filter(({ name }) => name === "SwipesApi");
  if (!swipes) throw new Error("The contract has no swipes.");
  const statements = statementsOfFunction(graph, "SwipesApi");
  const grant = (action: string): Statement => ({
    effect: "Allow",
    actions: [action],
    notActions: [],
    resources: ["*"],
    notResources: [],
    principals: {},
    conditions: {},
  });

  test("a role that lost a grant is caught", () => {
    expect(denied(statements.slice(0, 0), wishesOf(swipes, reach))).not.toEqual([]);
  });
  test("a role that may do what SST's own links grant is caught", () => {
    expect(allowed([...statements, grant("sqs:*")], othersWishes(swipes, reach))).not.toEqual([]);
    expect(allowed([...statements, grant("*")], forbidden(graph, reach))).toHaveLength(forbidden(graph, reach).length);
  });
});
