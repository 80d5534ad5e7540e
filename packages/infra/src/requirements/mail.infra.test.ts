import { describe, expect, test } from "vitest";
import { type Graph, load } from "../graph.ts";
import { kinds } from "../kinds.ts";
import { documentsAt, listAt, numberAt, textAt, textsAt } from "../read.ts";
import { promise, type Spoil } from "./promised.ts";

const record = "aws:route53/record:Record";
const ses = (className: string) => `aws:sesv2/${className.charAt(0).toLowerCase()}${className.slice(1)}:${className}`;
const rule = "aws:ses/receiptRule:ReceiptRule";
const spoil = (type: string, name: string, change?: Spoil["change"]): Spoil => ({ type, name, ...(change && { change }) });
const places = [
  ["Sender", "eu-west-1"],
  ["StandbySender", "eu-central-1"],
] as const;

describe.each(places)("letters (%s)", (name, region) => {
  promise("are signed: the domain's three DKIM keys of 2048 bits are in DNS", {
    check: (graph) => {
      const identity = graph.one(ses("EmailIdentity"), name);
      expect(identity).toMatchObject({
        region,
        inputs: { emailIdentity: "pendo.app", dkimSigningAttributes: { nextSigningKeyLength: "RSA_2048_BIT" } },
      });
      for (const token of textsAt(identity.outputs, "dkimSigningAttributes.tokens"))
        expect(graph.all(record).find(({ inputs }) => inputs["name"] === `${token}._domainkey.pendo.app`)?.inputs).toMatchObject({
          type: "CNAME",
          records: [`${token}.dkim.amazonses.com`],
        });
    },
    spoils: [
      spoil(record, `${name}Dkim1`),
      spoil(record, `${name}Dkim2`, (inputs) => (inputs.records = ["elsewhere.example.com"])),
      spoil(ses("EmailIdentity"), name, (inputs) => (inputs.emailIdentity = "another.example")),
    ],
  });

  promise("bounce to a name of ours, which SPF lets Amazon send for", {
    check: (graph) => {
      const { inputs } = graph.one(ses("EmailIdentityMailFromAttributes"), name);
      const host = `bounce-${region}.pendo.app`;
      expect(inputs).toMatchObject({ emailIdentity: "pendo.app", mailFromDomain: host, behaviorOnMxFailure: "REJECT_MESSAGE" });
      const of = (type: string) => graph.all(record).filter((one) => one.inputs["name"] === host && one.inputs["type"] === type);
      expect(of("MX").map((one) => one.inputs["records"])).toEqual([[`10 feedback-smtp.${region}.amazonses.com`]]);
      expect(of("TXT").map((one) => one.inputs["records"])).toEqual([["v=spf1 include:amazonses.com -all"]]);
    },
    spoils: [
      spoil(record, `${name}MailFromTXT`),
      spoil(record, `${name}MailFromMX`, (inputs) => (inputs.records = ["10 feedback-smtp.us-east-1.amazonses.com"])),
      spoil(ses("EmailIdentityMailFromAttributes"), name, (inputs) => (inputs.behaviorOnMxFailure = "USE_DEFAULT_VALUE")),
    ],
  });

  promise("go over TLS, never again to who bounced or complained, and are counted", {
    check: (graph) => {
      const set = graph.one(ses("ConfigurationSet"), name);
      expect(set).toMatchObject({
        region,
        inputs: {
          configurationSetName: "pendo-production",
          deliveryOptions: { tlsPolicy: "REQUIRE" },
          reputationOptions: { reputationMetricsEnabled: true },
          suppressionOptions: { suppressedReasons: ["BOUNCE", "COMPLAINT"] },
        },
      });
      expect(graph.one(ses("EmailIdentity"), name).inputs["configurationSetName"]).toBe("pendo-production");
      const { inputs } = graph.one(ses("ConfigurationSetEventDestination"), name);
      expect(inputs["configurationSetName"]).toBe("pendo-production");
      expect(textsAt(inputs, "eventDestination.matchingEventTypes")).toEqual(
        expect.arrayContaining(["SEND", "BOUNCE", "COMPLAINT", "REJECT"]),
      );
      expect(listAt(inputs, "eventDestination.cloudWatchDestination.dimensionConfigurations")).toHaveLength(1);
    },
    spoils: [
      spoil(ses("ConfigurationSet"), name, (inputs) => (inputs.deliveryOptions.tlsPolicy = "OPTIONAL")),
      spoil(ses("ConfigurationSet"), name, (inputs) => inputs.suppressionOptions.suppressedReasons.pop()),
      spoil(ses("ConfigurationSetEventDestination"), name),
    ],
  });
});

promise("whoever writes in our name without our signature is refused (DMARC), by one record", {
  check: (graph) => {
    const found = graph.all(record).filter(({ inputs }) => String(inputs["name"]).startsWith("_dmarc."));
    expect(found.map(({ inputs }) => inputs["name"])).toEqual(["_dmarc.pendo.app"]);
    expect(textsAt(found[0]?.inputs, "records").join()).toMatch(/^v=DMARC1; p=reject;/);
  },
  spoils: [spoil(record, "SenderDmarc", (inputs) => (inputs.records = ["v=DMARC1; p=none;"])), spoil(record, "SenderDmarc")],
});

/** What the functions that write letters may do about mail, and as whom. */
function senders(graph: Graph) {
  const prefixes = ["", "Standby"];
  return graph.functions.flatMap((build) => {
    const link = prefixes.map((prefix) => build.links[`${prefix}Mail`]).find((one) => one !== undefined);
    const lambda = graph.lambdaOf(build);
    if (!link || !lambda) return [];
    const statements = documentsAt(graph.roleOf(lambda).inputs, "inlinePolicies[0].policy.Statement");
    const mail = statements.filter((one) => textsAt(one, "Action").some((action) => action.startsWith("ses:")));
    return [{ link, mail, region: lambda.region }];
  });
}

test("who writes letters may send as our domain under our set, and do nothing else about mail", () => {
  const found = senders(load("production"));
  expect(found.length).toBeGreaterThan(1);
  for (const { link, mail, region } of found) {
    expect(link).toMatchObject({ sender: "Pendo <hello@pendo.app>", configSet: "pendo-production" });
    expect(mail.map((one) => [textsAt(one, "Action"), textsAt(one, "Resource")])).toEqual([
      [
        ["ses:SendEmail"],
        [`arn:aws:ses:${region}:123456789012:identity/pendo.app`, `arn:aws:ses:${region}:123456789012:configuration-set/pendo-production`],
      ],
    ]);
  }
});

test("previews write as staging, and make no identity of their own", () => {
  const graph = load("pr-42");
  expect(graph.all(ses("EmailIdentity"))).toEqual([]);
  for (const { link, mail } of senders(graph)) {
    expect(link).toMatchObject({ sender: "Pendo <hello@staging.pendo.app>", configSet: "pendo-staging" });
    expect(mail.flatMap((one) => textsAt(one, "Resource"))).toEqual([
      "arn:aws:ses:eu-west-1:123456789012:identity/staging.pendo.app",
      "arn:aws:ses:eu-west-1:123456789012:configuration-set/pendo-staging",
    ]);
  }
});

describe("the canary's mailbox", () => {
  promise("takes letters to its domain over TLS into a bucket, and keeps them a day", {
    check: (graph) => {
      const bucket = graph.one(kinds.bucket, "InboxBucket");
      expect(graph.one(rule, "Inbox").inputs).toMatchObject({
        recipients: ["canary.pendo.app"],
        enabled: true,
        tlsPolicy: "Require",
        s3Actions: [{ bucketName: bucket.outputs["bucket"], position: 1 }],
      });
      expect(graph.one(record, "InboxMx").inputs).toMatchObject({
        name: "canary.pendo.app",
        type: "MX",
        records: ["10 inbound-smtp.eu-west-1.amazonaws.com"],
      });
      const rules = documentsAt(
        graph.one("aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration", "InboxBucket").inputs,
        "rules",
      );
      expect(rules.map((one) => numberAt(one, "expiration.days")).filter((days) => days !== undefined)).toEqual([1]);
      const active = graph.one("aws:ses/activeReceiptRuleSet:ActiveReceiptRuleSet", "Inbox");
      expect(active.inputs["ruleSetName"]).toBe(graph.one(rule, "Inbox").inputs["ruleSetName"]);
    },
    spoils: [
      spoil(rule, "Inbox", (inputs) => (inputs.tlsPolicy = "Optional")),
      spoil(rule, "Inbox", (inputs) => (inputs.recipients = ["pendo.app"])),
      spoil(record, "InboxMx"),
      spoil("aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration", "InboxBucket", (inputs) => inputs.rules.pop()),
      spoil("aws:ses/activeReceiptRuleSet:ActiveReceiptRuleSet", "Inbox"),
    ],
  });

  promise("is written by this one rule of SES in this account", {
    check: (graph) => {
      const statements = documentsAt(graph.one("aws:s3/bucketPolicy:BucketPolicy", "InboxBucket").inputs, "policy.Statement");
      expect(statements.filter((one) => textAt(one, "Effect") === "Allow")).toMatchObject([
        {
          Principal: { Service: "ses.amazonaws.com" },
          Action: ["s3:PutObject"],
          Condition: {
            StringEquals: {
              "aws:SourceAccount": "123456789012",
              "aws:SourceArn": "arn:aws:ses:eu-west-1:123456789012:receipt-rule-set/pendo-production:receipt-rule/canary",
            },
          },
        },
      ]);
    },
    spoils: [
      spoil(
        "aws:s3/bucketPolicy:BucketPolicy",
        "InboxBucket",
        (inputs) => (inputs.policy = inputs.policy.replace(/"aws:SourceArn"[^}]*/, '"x":"y"')),
      ),
    ],
  });
});
