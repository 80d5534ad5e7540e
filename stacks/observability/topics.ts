import type { Secrets } from "../secrets";
import type { Stage } from "../stage";

/** A region in which alarms are made: that of a place, or us-east-1 for what is global. */
export interface Area {
  /** Names of components begin with it. */
  readonly prefix: string;
  readonly region: string;
  readonly opts: { readonly provider?: aws.Provider };
  /** Given to every resource: a region that its provider does not stand in. */
  readonly args: { readonly region?: string };
}

/** Whom an alarm calls. */
export interface Topics {
  /** Somebody is woken. */
  readonly pages: aws.sns.Topic;
  /** Somebody looks at it within a working day. */
  readonly tickets: aws.sns.Topic;
}

/** The two topics of a region: an alarm reaches topics of its own region only. */
export function topics({ stage, area, secrets }: { stage: Stage; area: Area; secrets: Secrets }): Topics {
  const { prefix, args, opts } = area;
  const account = aws.getCallerIdentityOutput({}, opts).accountId;
  // The key that AWS keeps for SNS does not let CloudWatch in, and its alarms would vanish without a word.
  const key = new aws.kms.Key(
    `${prefix}AlarmKey`,
    {
      ...args,
      description: `What alarms of ${$app.name} ${stage.name} say`,
      enableKeyRotation: true,
      policy: $jsonStringify({
        Version: "2012-10-17",
        Statement: [
          { Sid: "Owner", Effect: "Allow", Principal: { AWS: $interpolate`arn:aws:iam::${account}:root` }, Action: "kms:*", Resource: "*" },
          {
            Sid: "Alarms",
            Effect: "Allow",
            Principal: { Service: "cloudwatch.amazonaws.com" },
            Action: ["kms:Decrypt", "kms:GenerateDataKey*"],
            Resource: "*",
            Condition: { StringEquals: { "aws:SourceAccount": account } },
          },
        ],
      }),
    },
    opts,
  );
  const topic = (name: string): aws.sns.Topic => {
    const made = new aws.sns.Topic(`${prefix}${name}`, { ...args, kmsMasterKeyId: key.arn }, opts);
    new aws.sns.TopicPolicy(
      `${prefix}${name}Policy`,
      {
        ...args,
        arn: made.arn,
        policy: $jsonStringify({
          Version: "2012-10-17",
          Statement: [
            {
              Sid: "Alarms",
              Effect: "Allow",
              Principal: { Service: "cloudwatch.amazonaws.com" },
              Action: "sns:Publish",
              Resource: made.arn,
              Condition: { StringEquals: { "aws:SourceAccount": account } },
            },
            {
              Sid: "TlsOnly",
              Effect: "Deny",
              Principal: "*",
              Action: "sns:Publish",
              Resource: made.arn,
              Condition: { Bool: { "aws:SecureTransport": "false" } },
            },
          ],
        }),
      },
      { ...opts, parent: made },
    );
    subscribe(made, `${prefix}${name}Address`, area, secrets);
    return made;
  };
  return { pages: topic("Pages"), tickets: topic("Tickets") };
}

/** Whoever AlarmAddress names hears of it; nobody does where it is empty, which `npm run infra` can't know, so that the dashboards are what is left. */
function subscribe(topic: aws.sns.Topic, name: string, { args, opts }: Area, { alarmAddress }: Secrets): void {
  alarmAddress.value.apply((address) => {
    if (!address) return;
    const protocol = address.startsWith("https://") ? "https" : "email";
    new aws.sns.TopicSubscription(name, { ...args, topic: topic.arn, protocol, endpoint: address }, { ...opts, parent: topic });
  });
}
