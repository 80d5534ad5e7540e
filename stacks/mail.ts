import { CANARY_SUBDOMAIN } from "@pendo/contract/canary";
import type { Edge } from "./edge/edge";
import { bucketPolicy, privateBucket } from "./bucket";
import type { Place } from "./place";
import type { Stage } from "./stage";

/** What letters leave through. */
export interface Mail {
  readonly properties: { readonly sender: string; readonly configSet: $util.Input<string> };
  /** What `ses:SendEmail` must be allowed on: the identity, and the set of rules it is sent under. */
  readonly arns: $util.Input<string>[];
  /** Where the canary's letters arrive. Permanent stages have one, in their main place. */
  readonly inbox?: Inbox | undefined;
}

export interface Inbox {
  /** The link Inbox: the bucket that letters lie in, and the domain whose addresses all lead there. */
  readonly link: sst.Linkable<{ name: $util.Output<string>; domain: string }>;
  readonly arn: $util.Output<string>;
}

interface MailArgs {
  readonly stage: Stage;
  readonly place: Place;
  readonly edge?: Edge | undefined;
}

/**
 * A permanent stage sends as its own domain. Others send as staging, whose identity is verified already: a domain takes days to earn a reputation, and a
 * preview lives for hours.
 */
export function mail({ stage, place, edge }: MailArgs): Mail {
  const domain = edge ? stage.domain : stagingDomain(stage);
  const configSet = configSetName(edge ? stage.name : "staging");
  const account = aws.getCallerIdentityOutput({}, place.opts).accountId;
  const arn = (kind: string, name: string) => $interpolate`arn:aws:ses:${place.region}:${account}:${kind}/${name}`;
  if (edge) identity({ stage, place, edge, configSet });
  return {
    properties: { sender: `Pendo <hello@${domain}>`, configSet },
    arns: [arn("identity", domain), arn("configuration-set", configSet)],
    inbox: edge && !place.standby ? inbox({ stage, place, edge }) : undefined,
  };
}

function configSetName(stage: string): string {
  return `${$app.name}-${stage}`;
}

/** `staging.pendo.app` for `pr-42.pendo.app`. */
function stagingDomain({ domain, name }: Stage): string {
  return `staging.${domain.slice(name.length + 1)}`;
}

/** The domain as a sender: DKIM, an envelope of its own for SPF, DMARC that agrees with both, and a set that remembers who must not be written to. */
function identity({ stage, place, edge, configSet }: Required<MailArgs> & { edge: Edge; configSet: string }): void {
  const name = `${place.prefix}Sender`;
  const { zone } = edge;
  const { domain } = stage;
  const set = new aws.sesv2.ConfigurationSet(
    name,
    {
      configurationSetName: configSet,
      // Letters hold codes that sign people in.
      deliveryOptions: { tlsPolicy: "REQUIRE" },
      reputationOptions: { reputationMetricsEnabled: true },
      // SES itself no longer writes to who bounced or complained.
      suppressionOptions: { suppressedReasons: ["BOUNCE", "COMPLAINT"] },
      sendingOptions: { sendingEnabled: true },
    },
    place.opts,
  );
  events(name, place, set);
  const sender = new aws.sesv2.EmailIdentity(
    name,
    {
      emailIdentity: domain,
      configurationSetName: set.configurationSetName,
      dkimSigningAttributes: { nextSigningKeyLength: "RSA_2048_BIT" },
    },
    place.opts,
  );
  // Amazon's keys have three names, in each region others.
  for (const index of [0, 1, 2]) {
    const token = sender.dkimSigningAttributes.apply((signing) => signing.tokens?.[index] ?? "");
    new aws.route53.Record(`${name}Dkim${index}`, {
      zoneId: zone,
      name: $interpolate`${token}._domainkey.${domain}`,
      type: "CNAME",
      ttl: 1800,
      records: [$interpolate`${token}.dkim.amazonses.com`],
    });
  }
  envelope(name, { stage, place, edge, sender });
  // The domain has one such record, whichever regions send for it.
  if (!place.standby)
    new aws.route53.Record(`${name}Dmarc`, {
      zoneId: zone,
      name: `_dmarc.${domain}`,
      type: "TXT",
      ttl: 1800,
      records: ["v=DMARC1; p=reject; sp=reject; adkim=s; aspf=r"],
    });
}

interface EnvelopeArgs extends Required<MailArgs> {
  readonly edge: Edge;
  readonly sender: aws.sesv2.EmailIdentity;
}

/** MAIL FROM of our own, so that SPF speaks of our domain. SES wants one MX record, of its own region: each place has another name. */
function envelope(name: string, { stage, place, edge, sender }: EnvelopeArgs): void {
  const host = `bounce-${place.region}.${stage.domain}`;
  const record = (type: string, value: string) =>
    new aws.route53.Record(`${name}MailFrom${type}`, { zoneId: edge.zone, name: host, type, ttl: 1800, records: [value] });
  const dependsOn = [record("MX", `10 feedback-smtp.${place.region}.amazonses.com`), record("TXT", "v=spf1 include:amazonses.com -all")];
  new aws.sesv2.EmailIdentityMailFromAttributes(
    name,
    { emailIdentity: sender.emailIdentity, mailFromDomain: host, behaviorOnMxFailure: "REJECT_MESSAGE" },
    { ...place.opts, dependsOn },
  );
}

/** What becomes of letters, as counts. No event is passed on: each would hold an address, and nothing of ours reads it. */
function events(name: string, place: Place, set: aws.sesv2.ConfigurationSet): void {
  new aws.sesv2.ConfigurationSetEventDestination(
    name,
    {
      configurationSetName: set.configurationSetName,
      eventDestinationName: "counts",
      eventDestination: {
        enabled: true,
        matchingEventTypes: ["SEND", "DELIVERY", "BOUNCE", "COMPLAINT", "REJECT", "DELIVERY_DELAY"],
        cloudWatchDestination: {
          dimensionConfigurations: [
            { dimensionName: "ses:configuration-set", dimensionValueSource: "MESSAGE_TAG", defaultDimensionValue: "none" },
          ],
        },
      },
    },
    place.opts,
  );
}

const INBOX_DAYS = 1;

/**
 * A mailbox in a bucket: every address at canary.<domain> leads there, and nothing stays longer than a day. SES has one active set of rules in each
 * region of an account, which is why permanent stages of one region stand in accounts of their own.
 */
function inbox({ stage, place, edge }: Required<MailArgs> & { edge: Edge }): Inbox {
  const domain = `${CANARY_SUBDOMAIN}.${stage.domain}`;
  const bucket = privateBucket("InboxBucket", {
    stage,
    place,
    lifecycle: [{ id: "read", status: "Enabled", filter: { prefix: "" }, expiration: { days: INBOX_DAYS } }],
  });
  const ruleSet = `${$app.name}-${$app.stage}`;
  const account = aws.getCallerIdentityOutput({}, place.opts).accountId;
  bucketPolicy("InboxBucket", {
    bucket,
    place,
    statements: [
      {
        sid: "Ses",
        service: "ses.amazonaws.com",
        actions: ["s3:PutObject"],
        paths: ["*"],
        conditions: {
          StringEquals: {
            "aws:SourceAccount": account,
            "aws:SourceArn": $interpolate`arn:aws:ses:${place.region}:${account}:receipt-rule-set/${ruleSet}:receipt-rule/canary`,
          },
        },
      },
    ],
  });
  const receiver = new aws.sesv2.EmailIdentity("Inbox", { emailIdentity: domain });
  for (const index of [0, 1, 2]) {
    const token = receiver.dkimSigningAttributes.apply((signing) => signing.tokens?.[index] ?? "");
    new aws.route53.Record(`InboxDkim${index}`, {
      zoneId: edge.zone,
      name: $interpolate`${token}._domainkey.${domain}`,
      type: "CNAME",
      ttl: 1800,
      records: [$interpolate`${token}.dkim.amazonses.com`],
    });
  }
  new aws.route53.Record("InboxMx", {
    zoneId: edge.zone,
    name: domain,
    type: "MX",
    ttl: 1800,
    records: [`10 inbound-smtp.${place.region}.amazonaws.com`],
  });
  const rules = new aws.ses.ReceiptRuleSet("Inbox", { ruleSetName: ruleSet });
  const rule = new aws.ses.ReceiptRule(
    "Inbox",
    {
      name: "canary",
      ruleSetName: rules.ruleSetName,
      recipients: [domain],
      enabled: true,
      scanEnabled: true,
      tlsPolicy: "Require",
      s3Actions: [{ bucketName: bucket.bucket, position: 1 }],
    },
    { dependsOn: receiver },
  );
  new aws.ses.ActiveReceiptRuleSet("Inbox", { ruleSetName: rules.ruleSetName }, { dependsOn: rule });
  return { link: new sst.Linkable("Inbox", { properties: { name: bucket.bucket, domain } }), arn: bucket.arn };
}
