import type { Stage } from "../stage";
import type { EdgeOptions } from "./options";

type Rule = aws.types.input.wafv2.WebAclRule;
type Statement = aws.types.input.wafv2.WebAclRuleStatement;

// Per address in five minutes. Whole mobile networks share addresses, so these stop machines; people meet the limits of the contract first.
const WINDOW_SEC = 300;
const REQUESTS_MAX = 6000;
const AUTH_REQUESTS_MAX = 600;

/**
 * The firewall before the API, the sockets and the site. Shield Standard stands before it always and costs nothing; Shield Advanced is a subscription of
 * the whole organization (3,000 $ a month, a year at least), so nothing here orders it.
 */
export function webAcl({ stage, options }: { stage: Stage; options: EdgeOptions }): aws.wafv2.WebAcl {
  const physical = `${$app.name}-${$app.stage}-edge`;
  // CloudFront takes access lists from us-east-1 alone.
  const region = "us-east-1";
  const rules = [...countries(options), ...rates(), ...managed(), ...bots(options)];
  const acl = new aws.wafv2.WebAcl("EdgeAcl", {
    name: physical,
    description: `Before the API of ${stage.name}`,
    scope: "CLOUDFRONT",
    region,
    defaultAction: { allow: {} },
    visibilityConfig: visible(physical),
    customResponseBodies: [{ key: "tooMany", contentType: "APPLICATION_JSON", content: TOO_MANY }],
    rules: rules.map((rule, priority) => ({ ...rule, priority })),
  });
  const logs = new aws.cloudwatch.LogGroup("EdgeAclLogs", { name: `aws-waf-logs-${physical}`, region });
  new aws.wafv2.WebAclLoggingConfiguration("EdgeAclLogging", {
    resourceArn: acl.arn,
    logDestinationConfigs: [logs.arn],
    // Tokens, cookies, and the tickets that open sockets.
    redactedFields: [{ singleHeader: { name: "authorization" } }, { singleHeader: { name: "cookie" } }, { queryString: {} }],
    loggingFilter: {
      defaultBehavior: "DROP",
      filters: [
        {
          behavior: "KEEP",
          requirement: "MEETS_ANY",
          conditions: ["BLOCK", "COUNT", "EXCLUDED_AS_COUNT"].map((action) => ({ actionCondition: { action } })),
        },
      ],
    },
    region,
  });
  return acl;
}

// As the API answers whoever asks too often (RFC 9457).
const TOO_MANY = JSON.stringify({ type: "/docs/errors#rate.limited", title: "Too many requests", status: 429, code: "rate.limited" });

type RuleAlone = Omit<Rule, "priority">;

function countries({ blockedCountries }: EdgeOptions): RuleAlone[] {
  if (blockedCountries.length === 0) return [];
  return [{ ...named("Countries"), action: { block: {} }, statement: { geoMatchStatement: { countryCodes: [...blockedCountries] } } }];
}

function rates(): RuleAlone[] {
  const action = {
    block: {
      customResponse: { responseCode: 429, customResponseBodyKey: "tooMany", responseHeaders: [{ name: "retry-after", value: "60" }] },
    },
  };
  const rate = (limit: number, scopeDownStatement?: Statement): Statement => ({
    rateBasedStatement: {
      limit,
      evaluationWindowSec: WINDOW_SEC,
      aggregateKeyType: "IP",
      ...(scopeDownStatement && { scopeDownStatement }),
    },
  });
  // Not refreshes: one user of an office could spend those of all others there.
  const signingIn: Statement = {
    byteMatchStatement: {
      searchString: "/v1/auth/otp/",
      fieldToMatch: { uriPath: {} },
      positionalConstraint: "STARTS_WITH",
      // A path that is written in another way is the same path to the gateway.
      textTransformations: [
        { priority: 0, type: "URL_DECODE" },
        { priority: 1, type: "NORMALIZE_PATH" },
        { priority: 2, type: "LOWERCASE" },
      ],
    },
  };
  return [
    { ...named("SigningInTooOften"), action, statement: rate(AUTH_REQUESTS_MAX, signingIn) },
    { ...named("TooOften"), action, statement: rate(REQUESTS_MAX) },
  ];
}

// People write to each other in bodies, about anything: an address of a site, a joke in SQL. Our own code parses those by schema and binds them as
// parameters, so these rules count there and block everywhere else. Bodies end at 64 KiB by our own limit, and files go to S3 and never come by here.
const bodies = {
  core: ["SizeRestrictions_BODY", "CrossSiteScripting_BODY", "GenericLFI_BODY", "GenericRFI_BODY", "EC2MetaDataSSRF_BODY"],
  sql: ["SQLi_BODY"],
  inputs: ["JavaDeserializationRCE_BODY", "Log4JRCE_BODY", "ReactJSRCE_BODY"],
};

function managed(): RuleAlone[] {
  return [
    group("AWSManagedRulesAmazonIpReputationList"),
    // VPNs are no crime, and some people on a dating service need one.
    group("AWSManagedRulesAnonymousIpList", { counted: "all" }),
    group("AWSManagedRulesCommonRuleSet", { counted: bodies.core }),
    group("AWSManagedRulesKnownBadInputsRuleSet", { counted: bodies.inputs }),
    group("AWSManagedRulesSQLiRuleSet", { counted: bodies.sql }),
  ];
}

function bots({ botControl }: EdgeOptions): RuleAlone[] {
  if (!botControl) return [];
  const options = { managedRuleGroupConfigs: [{ awsManagedRulesBotControlRuleSet: { inspectionLevel: "COMMON" } }] };
  // Our own apps are no browsers, which these rules take for bots.
  return [group("AWSManagedRulesBotControlRuleSet", { counted: ["CategoryHttpLibrary", "SignalNonBrowserUserAgent"], ...options })];
}

interface GroupOptions {
  /** Rules that only count, or all of them. */
  readonly counted?: readonly string[] | "all";
  readonly managedRuleGroupConfigs?: aws.types.input.wafv2.WebAclRuleStatementManagedRuleGroupStatementManagedRuleGroupConfig[];
}

function group(name: string, { counted = [], ...rest }: GroupOptions = {}): RuleAlone {
  const overrides = counted === "all" ? [] : counted.map((rule) => ({ name: rule, actionToUse: { count: {} } }));
  return {
    ...named(name.replace(/^AWSManagedRules/, "")),
    overrideAction: counted === "all" ? { count: {} } : { none: {} },
    statement: { managedRuleGroupStatement: { vendorName: "AWS", name, ruleActionOverrides: overrides, ...rest } },
  };
}

function named(name: string) {
  return { name, visibilityConfig: visible(name) };
}

function visible(metricName: string) {
  return { cloudwatchMetricsEnabled: true, sampledRequestsEnabled: false, metricName };
}
