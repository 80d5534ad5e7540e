import { createHash } from "node:crypto";
import webpush from "web-push";
import * as z from "zod";
import { Fault } from "../../fault.ts";
import type { Push, PushNote } from "./push.ts";

export interface WebPushOptions {
  /** The application server's key pair (RFC 8292), base64url, and how a push service can reach us. */
  readonly vapid: { readonly subject: string; readonly publicKey: string; readonly privateKey: string };
  readonly fetch?: typeof fetch;
}

// A subscription's address comes from a browser, so from anybody: only the browsers' own push services are ever called.
const SERVICES =
  /^(fcm\.googleapis\.com|([a-z0-9-]+\.)*push\.services\.mozilla\.com|([a-z0-9-]+\.)*notify\.windows\.com|([a-z0-9-]+\.)*push\.apple\.com)$/;
const TTL_SEC = 24 * 60 * 60;
const TIMEOUT_MS = 10_000;

const base64url = (bytes: number) => z.string().refine((text) => Buffer.from(text, "base64url").byteLength === bytes);
const Subscription = z.object({
  endpoint: z.url({ protocol: /^https$/, hostname: SERVICES }).refine((text) => new URL(text).port === "" && new URL(text).username === ""),
  keys: z.object({ p256dh: base64url(65), auth: base64url(16) }),
});

/**
 * Pushes to browsers, encrypted for the subscription (RFC 8291). A token that is not a subscription with a known push service is "gone".
 * Faults: `store.unavailable` where the service is busy or can't be reached.
 */
export function webPush({ vapid, fetch: send = fetch }: WebPushOptions): Push {
  return {
    async send(note) {
      const subscription = parse(note.token);
      if (!subscription) return "gone";
      const { endpoint, ...request } = webpush.generateRequestDetails(subscription, payload(note), {
        vapidDetails: { ...vapid },
        contentEncoding: "aes128gcm",
        TTL: TTL_SEC,
        // At most 32 characters of base64url; a later message with the topic replaces one that was not yet delivered.
        topic: createHash("sha256").update(note.collapseKey).digest("base64url").slice(0, 32),
      });
      const answer = await post(send, endpoint, request);
      if (answer.status === 404 || answer.status === 410) return "gone";
      if (answer.ok) return "sent";
      if (answer.status === 429 || answer.status >= 500) throw new Fault("store.unavailable", { cause: `push service: ${answer.status}` });
      throw new Error(`the push service ${new URL(endpoint).hostname} refused a push: ${answer.status}`);
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

function payload({ title, body, collapseKey, data }: PushNote): string {
  return JSON.stringify({ title, body, tag: collapseKey, data });
}

function parse(token: string): webpush.PushSubscription | null {
  try {
    return Subscription.parse(JSON.parse(token));
  } catch {
    return null;
  }
}
