import { describe, expect, test } from "vitest";
import { edgeOptions } from "../../../../stacks/edge/options.ts";
import { generations } from "../../../../stacks/edge/generations.ts";
import { type Graph, load } from "../graph.ts";
import { kinds } from "../kinds.ts";
import { at, documentsAt, listAt, numberAt, textAt } from "../read.ts";
import { promise, type Spoil } from "./promised.ts";

const spoil = (type: string, name: string, change?: Spoil["change"]): Spoil => ({ type, name, ...(change && { change }) });
const acl = (change: NonNullable<Spoil["change"]>): Spoil => spoil(kinds.webAcl, "EdgeAcl", change);
const logging = "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration";
const rulesOf = (graph: Graph) => documentsAt(graph.one(kinds.webAcl, "EdgeAcl").inputs, "rules");
const ruleOf = (graph: Graph, name: string) => rulesOf(graph).find((rule) => rule["name"] === name);
const indexOf = (name: string) => rulesOf(load("production")).findIndex((rule) => rule["name"] === name);
const group = "statement.managedRuleGroupStatement";

describe("the firewall", () => {
  promise("is CloudFront's: it stands in us-east-1, and every rule has a place in line", {
    check: (graph) => {
      const { region, inputs } = graph.one(kinds.webAcl, "EdgeAcl");
      expect(region).toBe("us-east-1");
      expect(inputs["scope"]).toBe("CLOUDFRONT");
      expect(rulesOf(graph).map((rule) => numberAt(rule, "priority"))).toEqual(rulesOf(graph).map((_rule, index) => index));
      for (const rule of rulesOf(graph)) expect(at(rule, "visibilityConfig.cloudwatchMetricsEnabled")).toBe(true);
    },
    spoils: [acl((inputs) => (inputs.scope = "REGIONAL")), acl((inputs) => (inputs.rules[1].priority = 0))],
  });

  promise("stands before the API, the sockets and the site", {
    check: (graph) => {
      const guarded = graph
        .all(kinds.distribution)
        .filter(({ inputs }) => inputs["webAclId"] === graph.one(kinds.webAcl, "EdgeAcl").outputs["arn"]);
      expect(guarded.map(({ name }) => name).toSorted()).toEqual(["ApiCdn", "SiteCdn", "SocketCdn"]);
    },
    spoils: [spoil(kinds.distribution, "SocketCdn", (inputs) => delete inputs.webAclId)],
  });

  promise("stops addresses that ask too often, and sooner where people sign in", {
    check: (graph) => {
      const rate = "statement.rateBasedStatement";
      const [all, auth] = ["TooOften", "SigningInTooOften"].map((name) => ruleOf(graph, name));
      for (const rule of [all, auth]) {
        expect(textAt(rule, `${rate}.aggregateKeyType`)).toBe("IP");
        expect(numberAt(rule, `${rate}.evaluationWindowSec`)).toBe(300);
        expect(numberAt(rule, "action.block.customResponse.responseCode")).toBe(429);
      }
      expect(at(all, `${rate}.scopeDownStatement`)).toBeUndefined();
      expect(textAt(auth, `${rate}.scopeDownStatement.byteMatchStatement.searchString`)).toBe("/v1/auth/otp/");
      // A path that is written in another way is the same path to the gateway.
      const changes = documentsAt(auth, `${rate}.scopeDownStatement.byteMatchStatement.textTransformations`);
      expect(changes.map(({ type }) => type)).toEqual(expect.arrayContaining(["URL_DECODE", "NORMALIZE_PATH"]));
      expect(numberAt(auth, `${rate}.limit`)).toBeLessThan((numberAt(all, `${rate}.limit`) ?? 0) / 5);
    },
    spoils: [
      acl((inputs) => inputs.rules.splice(indexOf("TooOften"), 1)),
      acl((inputs) => (inputs.rules[indexOf("SigningInTooOften")].statement.rateBasedStatement.limit = 6000)),
      acl((inputs) => (inputs.rules[indexOf("TooOften")].action = { count: {} })),
    ],
  });

  const managed = ["AmazonIpReputationList", "CommonRuleSet", "KnownBadInputsRuleSet", "SQLiRuleSet"];
  promise("blocks by AWS's rules, but for what people write to each other", {
    check: (graph) => {
      for (const name of managed) {
        const rule = ruleOf(graph, name);
        expect(textAt(rule, `${group}.name`)).toBe(`AWSManagedRules${name}`);
        expect(at(rule, "overrideAction.none")).toEqual({});
        for (const override of documentsAt(rule, `${group}.ruleActionOverrides`)) {
          expect(override["name"]).toMatch(/_BODY$/);
          expect(at(override, "actionToUse.count")).toEqual({});
        }
      }
      const counted = documentsAt(ruleOf(graph, "CommonRuleSet"), `${group}.ruleActionOverrides`).map(({ name }) => name);
      // 8 KiB is that rule's limit, 64 KiB the contract's.
      expect(counted).toContain("SizeRestrictions_BODY");
    },
    spoils: [
      ...managed.map((name) => acl((inputs) => inputs.rules.splice(indexOf(name), 1))),
      acl((inputs) => (inputs.rules[indexOf("SQLiRuleSet")].overrideAction = { count: {} })),
      acl((inputs) => inputs.rules[indexOf("CommonRuleSet")].statement.managedRuleGroupStatement.ruleActionOverrides.shift()),
      acl((inputs) =>
        inputs.rules[indexOf("SQLiRuleSet")].statement.managedRuleGroupStatement.ruleActionOverrides.push({ name: "SQLi_QUERYARGUMENTS" }),
      ),
    ],
  });

  promise("counts people behind a VPN and lets them in", {
    check: (graph) => expect(at(ruleOf(graph, "AnonymousIpList"), "overrideAction")).toEqual({ count: {} }),
    spoils: [acl((inputs) => (inputs.rules[indexOf("AnonymousIpList")].overrideAction = { none: {} }))],
  });

  promise("writes down what it stopped, and no token, cookie or query", {
    check: (graph) => {
      const { inputs, region } = graph.one(logging, "EdgeAclLogging");
      expect(region).toBe("us-east-1");
      expect(inputs["redactedFields"]).toEqual([
        { singleHeader: { name: "authorization" } },
        { singleHeader: { name: "cookie" } },
        { queryString: {} },
      ]);
      const log = graph.byArn(String(listAt(inputs, "logDestinationConfigs")[0]));
      expect(log).toMatchObject({ type: kinds.logGroup, region: "us-east-1" });
      // WAF writes to no group of another name.
      expect(textAt(log?.inputs, "name")).toMatch(/^aws-waf-logs-/);
      expect(numberAt(log?.inputs, "retentionInDays")).toBe(90);
      expect(textAt(inputs, "loggingFilter.defaultBehavior")).toBe("DROP");
      const conditions = documentsAt(inputs, "loggingFilter.filters[0].conditions").map((one) => textAt(one, "actionCondition.action"));
      expect(conditions).toContain("BLOCK");
    },
    spoils: [
      spoil(logging, "EdgeAclLogging", (inputs) => inputs.redactedFields.shift()),
      spoil(logging, "EdgeAclLogging", (inputs) => inputs.redactedFields.pop()),
      spoil(kinds.logGroup, "EdgeAclLogs", (inputs) => (inputs.name = "pendo-waf")),
    ],
  });

  test("shuts out no country and buys no bot control unless somebody says so", () => {
    expect(rulesOf(load("production")).map(({ name }) => name)).not.toEqual(expect.arrayContaining(["Countries"]));
    expect(rulesOf(load("production")).map(({ name }) => name)).not.toEqual(expect.arrayContaining(["BotControlRuleSet"]));
    expect(edgeOptions({})).toEqual({ botControl: false, blockedCountries: [], standbySocketShare: 0 });
  });
});

test("options of the edge are read, and nonsense is refused in one line that names the variable", () => {
  const env = { PENDO_BOT_CONTROL: "on", PENDO_BLOCKED_COUNTRIES: "KP,IR", PENDO_STANDBY_SOCKET_SHARE: "10" };
  expect(edgeOptions(env)).toEqual({ botControl: true, blockedCountries: ["KP", "IR"], standbySocketShare: 10 });
  for (const [name, value] of [
    ["PENDO_BOT_CONTROL", "yes"],
    ["PENDO_BLOCKED_COUNTRIES", "KP,iran"],
    ["PENDO_STANDBY_SOCKET_SHARE", "101"],
    ["PENDO_STANDBY_SOCKET_SHARE", "-1"],
  ] as const)
    expect(() => edgeOptions({ [name]: value })).toThrow(new RegExp(`^${name} .*"?[^\n]+$`));
});

test("a secret of the edge is replaced without a moment at which one side knows only the old and the other only the new", () => {
  const at = (generation: number) => Object.values(generations({ PENDO_EDGE_GENERATION: String(generation) }, String));
  const [, sentBefore] = at(4);
  const [, sentAfter] = at(5);
  // Functions of either release accept what CloudFront of either sends.
  for (const accepted of [at(4), at(5)]) for (const sent of [sentBefore, sentAfter]) expect(accepted).toContain(sent);
  expect(generations({}, Number)).toEqual({ previous: 0, current: 1, next: 2 });
  for (const wrong of ["0", "-1", "1.5", "two"])
    expect(() => generations({ PENDO_EDGE_GENERATION: wrong }, Number)).toThrow(/^PENDO_EDGE_GENERATION/);
});
