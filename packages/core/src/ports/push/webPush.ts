import { createHash } from "node:crypto";
import { subscriptionOf } from "@pendo/contract/pushToken";
import webpush from "web-push";
import { Fault } from "../../fault.ts";
import type { Push, PushNote } from "./push.ts";

export interface WebPushOptions {
  /** The application server's key pair (RFC 8292), base64url, and how a push service can reach us. */
  readonly vapid: { readonly subject: string; readonly publicKey: string; readonly privateKey: string };
  readonly fetch?: typeof fetch;
  /** Called for each subscription that is given up though its service still knows it: many at once are a mistake of ours. */
  readonly onRefused?: (service: string, status: number) => void;
}

const TTL_SEC = 24 * 60 * 60;
const TIMEOUT_MS = 10_000;

const GONE = new Set([404, 410]);
// Broken (400), made for another key (401, 403), without room for a push (413): asking again changes nothing.
// The browser subscribes again when the app is opened.
const REFUSED = new Set([400, 401, 403, 413]);

/**
 * Pushes to browsers, encrypted for the subscription (RFC 8291). A token that is not a subscription with a known push service is "gone".
 * @throws {Fault} `store.unavailable`: the service is busy or can't be reached
 */
export function webPush({ vapid, fetch: send = fetch, onRefused }: WebPushOptions): Push {
  return {
    async send(note) {
      const subscription = subscriptionOf(note.token);
      if (!subscription) return "gone";
      const { endpoint, ...request } = webpush.generateRequestDetails(subscription, payload(note), {
        vapidDetails: { ...vapid },
        contentEncoding: "aes128gcm",
        TTL: TTL_SEC,
        // At most 32 characters of base64url; a later message with the topic replaces one that was not yet delivered.
        topic: createHash("sha256").update(note.collapseKey).digest("base64url").slice(0, 32),
      });
      const answer = await post(send, endpoint, request);
      if (answer.ok) return "sent";
      if (GONE.has(answer.status)) return "gone";
      const service = new URL(endpoint).hostname;
      if (REFUSED.has(answer.status)) {
        onRefused?.(service, answer.status);
        return "gone";
      }
      if (answer.status === 429 || answer.status >= 500) throw new Fault("store.unavailable", { cause: `push service: ${answer.status}` });
      throw new Error(`the push service ${service} refused a push: ${answer.status}`);
    },
  };
}

async function post(
  send: typeof fetch,
  endpoint: string,
  { method, headers, body }: { method: string; headers: object; body: Buffer | null },
) {
  // A redirect could lead where the allowed hosts don't.
  const request: RequestInit = { method, redirect: "manual", signal: AbortSignal.timeout(TIMEOUT_MS), body: body && new Uint8Array(body) };
  // `fetch` computes the length itself and refuses to be told.
  const told = Object.entries(headers).filter(([name]) => name !== "Content-Length");
  try {
    const answer = await send(endpoint, { ...request, headers: told.map(([name, value]): [string, string] => [name, String(value)]) });
    await answer.body?.cancel();
    return answer;
  } catch (error) {
    throw new Fault("store.unavailable", { cause: error });
  }
}

function payload({ title, body, collapseKey, badge, threadId, data }: PushNote): string {
  return JSON.stringify({ title, body, tag: collapseKey, badgeCount: badge, threadId, data });
}
