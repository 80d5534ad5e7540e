import type { Grant } from "./grants";
import type { Place } from "./place";
import type { Secrets } from "./secrets";
import type { Stage } from "./stage";

/** What pushes leave through. */
export interface Push {
  /** The properties of the link Push. */
  readonly properties: {
    readonly iosApplication?: $util.Output<string>;
    readonly androidApplication?: $util.Output<string>;
    readonly vapid: { readonly [Field in (typeof VAPID)[number]]: $util.Output<string> };
  };
  readonly grants: Grant[];
}

const VAPID = ["subject", "publicKey", "privateKey"] as const;
// Enough to see whether phones are reached; failures are all written down.
const SUCCESS_SAMPLE_PERCENT = 5;

/** Platform applications of Apple and Google where their credentials are set, and the key pair of web push. */
export function push({ stage, place, secrets }: { stage: Stage; place: Place; secrets: Secrets }): Push {
  const ios = isSet("AppleCredentials");
  const android = isSet("GoogleCredentials");
  const role = ios || android ? deliveryLog(place) : undefined;
  // Apps from the store get tokens of Apple's production service; those on a developer's phone, of its sandbox.
  const apple = ios ? application({ name: "Apple", place, role, args: ofApple(stage, secrets) }) : undefined;
  const google = android ? application({ name: "Google", place, role, args: ofGoogle(secrets) }) : undefined;
  const vapid = checked("Vapid", secrets.vapid.value, VAPID);
  const applications = [apple, google].filter((made) => made !== undefined);
  return {
    properties: {
      ...(apple && { iosApplication: apple.arn }),
      ...(google && { androidApplication: google.arn }),
      vapid: { subject: vapid("subject"), publicKey: vapid("publicKey"), privateKey: vapid("privateKey") },
    },
    grants: applications.flatMap(({ arn }) => [
      { actions: ["sns:CreatePlatformEndpoint"], resources: [arn] },
      { actions: ["sns:Publish", "sns:DeleteEndpoint"], resources: [arn.apply((text) => `${text.replace(":app/", ":endpoint/")}/*`)] },
    ]),
  };
}

/** SST hands secrets to this program as variables. Which resources there are must be known before any value is. */
function isSet(name: "AppleCredentials" | "GoogleCredentials"): boolean {
  return (process.env[`SST_SECRET_${name}`] ?? "") !== "";
}

type ApplicationArgs = Pick<
  aws.sns.PlatformApplicationArgs,
  "platform" | "platformCredential" | "platformPrincipal" | "applePlatformTeamId" | "applePlatformBundleId"
>;

interface Made {
  readonly name: string;
  readonly place: Place;
  readonly role: aws.iam.Role | undefined;
  readonly args: ApplicationArgs;
}

function application({ name, place, role, args }: Made): aws.sns.PlatformApplication {
  return new aws.sns.PlatformApplication(
    `${place.prefix}${name}Push`,
    {
      name: `${$app.name}-${$app.stage}`,
      ...args,
      ...(role && {
        successFeedbackRoleArn: role.arn,
        failureFeedbackRoleArn: role.arn,
        successFeedbackSampleRate: String(SUCCESS_SAMPLE_PERCENT),
      }),
    },
    place.opts,
  );
}

/** The key of a team, and not a certificate, which would expire every year. */
function ofApple(stage: Stage, { appleCredentials }: Secrets): ApplicationArgs {
  const key = checked("AppleCredentials", appleCredentials.value, ["privateKey", "keyId", "teamId", "bundleId"]);
  return {
    platform: stage.kind === "production" ? "APNS" : "APNS_SANDBOX",
    platformCredential: key("privateKey"),
    platformPrincipal: key("keyId"),
    applePlatformTeamId: key("teamId"),
    applePlatformBundleId: key("bundleId"),
  };
}

/** The key of a service account; Google's older server keys work no longer. */
function ofGoogle({ googleCredentials }: Secrets): ApplicationArgs {
  const key = checked("GoogleCredentials", googleCredentials.value, ["project_id", "private_key", "client_email"]);
  // What these three are in is handed over whole: SNS wants the file as Google wrote it.
  const platformCredential = $util.all([googleCredentials.value, key("private_key")]).apply(([text]) => text);
  return { platform: "GCM", platformCredential: $util.secret(platformCredential) };
}

/** The fields of a secret that is JSON. Stops the deployment with one line, which never holds the value. */
function checked<Field extends string>(name: string, value: $util.Output<string>, fields: readonly Field[]) {
  return (field: Field): $util.Output<string> => {
    const read = value.apply((text) => {
      const found = jsonOf(text);
      const missing = fields.find((one) => typeof found[one] !== "string" || found[one] === "");
      if (missing !== undefined) throw new Error(`The secret ${name} is JSON with ${fields.join(", ")}; "${missing}" is missing.`);
      return String(found[field]);
    });
    return $util.secret(read);
  };
}

function jsonOf(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}

/** Lets SNS write down what became of pushes: a status and the time it took, no text. */
function deliveryLog(place: Place): aws.iam.Role {
  const account = aws.getCallerIdentityOutput({}, place.opts).accountId;
  return new aws.iam.Role(`${place.prefix}PushLog`, {
    description: "Writes down what became of pushes",
    assumeRolePolicy: $jsonStringify({
      Version: "2012-10-17",
      Statement: [
        {
          Effect: "Allow",
          Action: "sts:AssumeRole",
          Principal: { Service: "sns.amazonaws.com" },
          Condition: { StringEquals: { "aws:SourceAccount": account } },
        },
      ],
    }),
    inlinePolicies: [
      {
        name: "log",
        policy: $jsonStringify({
          Version: "2012-10-17",
          Statement: [
            {
              Effect: "Allow",
              Action: [
                "logs:CreateLogGroup",
                "logs:CreateLogStream",
                "logs:PutLogEvents",
                "logs:PutMetricFilter",
                "logs:PutRetentionPolicy",
              ],
              Resource: $interpolate`arn:aws:logs:${place.region}:${account}:log-group:sns/*`,
            },
          ],
        }),
      },
    ],
  });
}
