import { createDecipheriv, createECDH, hkdfSync } from "node:crypto";
import { expect, test } from "vitest";
import { testIds } from "../ids/testIds.fixture.ts";
import webpush from "web-push";
import { Fault } from "../../fault.ts";
import { awsPush } from "./aws.ts";
import type { PushNote } from "./push.ts";
import { webPush } from "./webPush.ts";

const vapid = { subject: "mailto:hello@pendo.example", ...webpush.generateVAPIDKeys() };
const browser = createECDH("prime256v1");
const keys = { p256dh: browser.generateKeys("base64url"), auth: Buffer.from(testIds.bytes(16)).toString("base64url") };
const endpoint = "https://updates.push.services.mozilla.com/wpush/v2/abc";
const note: PushNote = {
  platform: "web",
  token: JSON.stringify({ endpoint, expirationTime: null, keys }),
  title: "Ada",
  body: "Hello",
  collapseKey: "conversation:1",
  badge: 3,
  threadId: "c1",
  data: { conversationId: "c1" },
};

function answering(status: number) {
  const calls: { url: string; request: RequestInit }[] = [];
  const answer: typeof fetch = async (url, request = {}) => {
    calls.push({ url: typeof url === "string" ? url : "", request });
    return new Response(null, { status });
  };
  return { calls, push: webPush({ vapid, fetch: answer }) };
}

test("a note leaves encrypted, signed for its push service, with a topic that replaces the one before", async () => {
  const { calls, push } = answering(201);
  expect(await push.send(note)).toBe("sent");
  await push.send({ ...note, body: "Again" });
  const [first, second] = calls.map((call) => new Headers(call.request.headers));
  expect(calls[0]?.url).toBe(endpoint);
  expect(first?.get("content-encoding")).toBe("aes128gcm");
  expect(first?.get("ttl")).toBe("86400");
  expect(first?.get("topic")).toMatch(/^[A-Za-z0-9_-]{32}$/);
  expect(second?.get("topic")).toBe(first?.get("topic"));
  const claims = (first?.get("authorization") ?? "").replace(/^vapid t=[^.]+\.([^.]+)\..*$/, "$1");
  expect(JSON.parse(Buffer.from(claims, "base64url").toString())).toMatchObject({
    aud: "https://updates.push.services.mozilla.com",
    sub: vapid.subject,
  });
  expect(Buffer.from(calls[0]?.request.body as Uint8Array).toString("latin1")).not.toContain("Hello");
});

/** What the browser decrypts (RFC 8291, RFC 8188). */
function decrypted(body: Uint8Array): unknown {
  const [salt, sender, sealed] = [body.subarray(0, 16), body.subarray(21, 86), body.subarray(86)];
  const derive = (secret: Uint8Array, saltOf: Uint8Array, info: Uint8Array | string, length: number) =>
    Buffer.from(hkdfSync("sha256", secret, saltOf, info, length));
  const info = Buffer.concat([Buffer.from("WebPush: info\0"), browser.getPublicKey(), sender]);
  const secret = derive(browser.computeSecret(sender), Buffer.from(keys.auth, "base64url"), info, 32);
  const [key, nonce] = [derive(secret, salt, "Content-Encoding: aes128gcm\0", 16), derive(secret, salt, "Content-Encoding: nonce\0", 12)];
  const opened = createDecipheriv("aes-128-gcm", key, nonce).setAuthTag(sealed.subarray(-16));
  const text = Buffer.concat([opened.update(sealed.subarray(0, -16)), opened.final()]).toString();
  // The last byte that is not zero ends the text.
  return JSON.parse(text.slice(0, text.lastIndexOf("\u0002")));
}

test("what the browser decrypts has the text, the badge count and the thread", async () => {
  const { calls, push } = answering(201);
  await push.send(note);
  expect(decrypted(calls[0]?.request.body as Uint8Array)).toEqual({
    title: "Ada",
    body: "Hello",
    tag: "conversation:1",
    badgeCount: 3,
    threadId: "c1",
    data: { conversationId: "c1" },
  });
});

test.each([400, 401, 403, 404, 410, 413])("a subscription that its push service answers with %i is gone", async (status) => {
  expect(await answering(status).push.send(note)).toBe("gone");
});

test.each([400, 401, 403, 413])("a subscription that is given up because of %i is counted", async (status) => {
  const refused: unknown[] = [];
  const push = webPush({ vapid, fetch: async () => new Response(null, { status }), onRefused: (...about) => void refused.push(about) });

  await push.send(note);

  expect(refused).toEqual([["updates.push.services.mozilla.com", status]]);
});

test.each([429, 500, 503])("a push service that answers %i is asked again later", async (status) => {
  await expect(answering(status).push.send(note)).rejects.toThrow(new Fault("store.unavailable"));
});

test.each([301, 402, 405])("a push service that answers %i has met a mistake of ours", async (status) => {
  await expect(answering(status).push.send(note)).rejects.toThrow(`refused a push: ${status}`);
});

test("a push service that can't be reached is asked again later", async () => {
  const push = webPush({ vapid, fetch: () => Promise.reject(new TypeError("fetch failed")) });
  await expect(push.send(note)).rejects.toThrow(new Fault("store.unavailable"));
});

test.each([
  "not json",
  "{}",
  JSON.stringify({ endpoint, keys: { p256dh: "AA", auth: keys.auth } }),
  ...[
    "https://169.254.169.254/latest",
    "http://fcm.googleapis.com/x",
    "https://localhost/x",
    "https://evil.example/fcm.googleapis.com",
    "https://fcm.googleapis.com.evil.example/x",
    "https://fcm.googleapis.com:8080/x",
    "https://evil.example@fcm.googleapis.com/x",
    "file:///etc/passwd",
  ].map((address) => JSON.stringify({ endpoint: address, keys })),
])("the token %s is no subscription with a known push service: gone, and nothing is called", async (token) => {
  const { calls, push } = answering(201);
  expect(await push.send({ ...note, token })).toBe("gone");
  expect(calls).toEqual([]);
});

test.each(["https://fcm.googleapis.com/fcm/send/x", "https://web.push.apple.com/x", "https://wns2-am3p.notify.windows.com/w/?token=x"])(
  "%s is a known push service",
  async (address) => {
    expect(await answering(201).push.send({ ...note, token: JSON.stringify({ endpoint: address, keys }) })).toBe("sent");
  },
);

test("awsPush sends web notes to push services and the others to SNS", async () => {
  const answer: typeof fetch = async () => new Response(null, { status: 410 });
  const push = awsPush({ sns: { applications: {} }, web: { vapid, fetch: answer } });
  expect(await push.send(note)).toBe("gone");
  await expect(push.send({ ...note, platform: "android" })).rejects.toThrow("no platform application for android");
});
