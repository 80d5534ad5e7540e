import { CreatePlatformEndpointCommand, DeleteEndpointCommand, PublishCommand, SNSClient } from "@aws-sdk/client-sns";
import type { SNSClientConfig } from "@aws-sdk/client-sns";
import { createHash } from "node:crypto";
import { LRUCache } from "lru-cache";
import { boundedCalls, reached } from "../awsFailure.ts";
import type { Push, PushNote } from "./push.ts";

export interface SnsPushOptions {
  /** ARNs of the platform applications, such as `arn:aws:sns:eu-central-1:1:app/APNS/pendo`. */
  readonly applications: { readonly ios?: string; readonly android?: string };
  readonly client?: SNSClientConfig;
}

const ENDPOINTS_MAX = 20_000;
const TTL_SEC = 24 * 60 * 60;

/**
 * Pushes to phones through SNS. Each token has a platform endpoint, made when it is first needed; SNS disables it once Apple or Google
 * says that the app is gone.
 * @throws {Fault} `store.unavailable`: SNS throttles or can't be reached
 */
export function snsPush({ applications, client }: SnsPushOptions): Push {
  const sns = new SNSClient({ ...boundedCalls, ...client });
  const endpoints = new LRUCache<string, string>({ max: ENDPOINTS_MAX });

  async function endpointOf(application: string, token: string): Promise<string | null> {
    const name = `${application}\n${token}`;
    const known = endpoints.get(name);
    if (known !== undefined) return known;
    const arn = await createEndpoint(sns, application, token);
    if (arn !== null) endpoints.set(name, arn);
    return arn;
  }

  async function attempt(application: string, note: PushNote): Promise<"sent" | "gone" | "unknown endpoint"> {
    const arn = await endpointOf(application, note.token);
    if (arn === null) return "gone";
    try {
      await reached(sns.send(new PublishCommand(publication(arn, application, note))));
      return "sent";
    } catch (error) {
      const name = nameOf(error);
      if (name === "EndpointDisabledException") {
        // Deleted, because making an endpoint for this token again would hand back the disabled one.
        endpoints.delete(`${application}\n${note.token}`);
        await reached(sns.send(new DeleteEndpointCommand({ EndpointArn: arn })));
        return "gone";
      }
      const missing = name === "NotFoundException" || (name === "InvalidParameterException" && /No endpoint found/.test(String(error)));
      if (!missing) throw error;
      endpoints.delete(`${application}\n${note.token}`);
      return "unknown endpoint";
    }
  }

  return {
    async send(note) {
      const application = note.platform === "web" ? undefined : applications[note.platform];
      if (application === undefined) throw new Error(`no platform application for ${note.platform}`);
      const first = await attempt(application, note);
      // Our copy of the ARN was out of date: somebody deleted the endpoint meanwhile. A new one is made, once.
      const outcome = first === "unknown endpoint" ? await attempt(application, note) : first;
      if (outcome === "unknown endpoint") throw new Error("SNS does not know the endpoint that it has just made");
      return outcome;
    },
  };
}

/** Makes the token's endpoint, or finds the one it has; null where SNS says that this is no token. */
async function createEndpoint(sns: SNSClient, application: string, token: string): Promise<string | null> {
  try {
    const made = await reached(sns.send(new CreatePlatformEndpointCommand({ PlatformApplicationArn: application, Token: token })));
    if (made.EndpointArn === undefined) throw new Error("SNS made an endpoint without an ARN");
    return made.EndpointArn;
  } catch (error) {
    if (nameOf(error) !== "InvalidParameterException") throw error;
    // An endpoint that was made with other attributes is named in the message and nowhere else.
    const existing = /Endpoint (arn:\S+) already exists with the same Token/.exec(String(error))?.[1];
    if (existing !== undefined) return existing;
    if (/Token/.test(String(error))) return null;
    throw error;
  }
}

function publication(arn: string, application: string, { title, body, collapseKey, badge, threadId, data: refs }: PushNote) {
  // The second part of an application's name is its platform: APNS, APNS_SANDBOX or GCM.
  const platform = application.split("/")[1] ?? "";
  const data = { ...refs, threadId };
  const collapseId = createHash("sha256").update(collapseKey).digest("base64url");
  const payload =
    platform === "GCM"
      ? {
          fcmV1Message: {
            message: {
              notification: { title, body },
              data: { ...data, badge: String(badge) },
              android: { collapse_key: collapseId, notification: { tag: collapseId, notification_count: badge } },
            },
          },
        }
      : { aps: { alert: { title, body }, sound: "default", badge, "thread-id": threadId }, ...data };
  const attribute = (StringValue: string) => ({ DataType: "String", StringValue });
  return {
    TargetArn: arn,
    MessageStructure: "json",
    Message: JSON.stringify({ default: body, [platform]: JSON.stringify(payload) }),
    MessageAttributes:
      platform === "GCM"
        ? { "AWS.SNS.MOBILE.FCM.TTL": attribute(String(TTL_SEC)) }
        : {
            "AWS.SNS.MOBILE.APNS.PUSH_TYPE": attribute("alert"),
            "AWS.SNS.MOBILE.APNS.PRIORITY": attribute("10"),
            "AWS.SNS.MOBILE.APNS.COLLAPSE_ID": attribute(collapseId),
            [`AWS.SNS.MOBILE.${platform}.TTL`]: attribute(String(TTL_SEC)),
          },
  };
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : "";
}
