import { createECDH, randomBytes } from "node:crypto";
import { expect, test } from "vitest";
import { bindPushToken } from "./routes/devices.ts";

const bind = (platform: string, token: string) => bindPushToken.input.safeParse({ deviceId: "my-phone-1", platform, token });

const browser = createECDH("prime256v1");
const keys = { p256dh: browser.generateKeys("base64url"), auth: randomBytes(16).toString("base64url") };
const endpoint = "https://fcm.googleapis.com/fcm/send/abc:def";
const subscription = (change: object = {}) => JSON.stringify({ endpoint, expirationTime: null, keys, ...change });
const apns = "00FC13ADFF785122B4AD28809A3420982341241421348097878E577C991DE8F0";
const fcm = `cXyz_0123456789abcdef-:APA91b${"Ab-_9".repeat(26)}`;

test("a token of each platform is taken, and kept in one form", () => {
  expect(bind("ios", apns).data?.token).toBe(apns.toLowerCase());
  expect(bind("android", fcm).data?.token).toBe(fcm);
  expect(bind("web", subscription()).data?.token).toBe(JSON.stringify({ endpoint, keys }));
});

test.each([
  "https://fcm.googleapis.com/fcm/send/x",
  "https://updates.push.services.mozilla.com/wpush/v2/x",
  "https://web.push.apple.com/x",
  "https://wns2-am3p.notify.windows.com/w/?token=x",
])("%s is an endpoint of a push service", (address) => {
  expect(bind("web", subscription({ endpoint: address })).success).toBe(true);
});

const [x, y] = [keys.p256dh.slice(0, 40), keys.p256dh.slice(40)];
const junk: readonly (readonly [string, string])[] = [
  ["ios", "a-token-of-apple"],
  ["ios", apns.slice(0, 62)],
  ["ios", `${apns}0`],
  ["ios", fcm],
  ["android", "short-token"],
  ["android", `${fcm} `],
  ["android", subscription()],
  ["web", apns],
  ["web", "not json"],
  ["web", "null____"],
  ["web", subscription({ keys: { ...keys, p256dh: "AAAA" } })],
  ["web", subscription({ keys: { ...keys, p256dh: `${x.slice(0, -1)}${x.endsWith("A") ? "B" : "A"}${y}` } })],
  ["web", subscription({ keys: { ...keys, auth: "AAAA" } })],
  ["web", subscription({ keys: undefined })],
  ...[
    "http://fcm.googleapis.com/x",
    "https://169.254.169.254/latest",
    "https://localhost/x",
    "https://push.example/x",
    "https://fcm.googleapis.com.evil.example/x",
    "https://evil.example/fcm.googleapis.com",
    "https://fcm.googleapis.com:8080/x",
    "https://fcm.googleapis.com@evil.example/x",
    "https://user@fcm.googleapis.com/x",
    "file:///etc/passwd",
    "",
  ].map((address) => ["web", subscription({ endpoint: address })] as const),
];

test.each(junk)("a token for %s is refused, and named, where it is %s", (platform, token) => {
  expect(bind(platform, token).error?.issues.map(({ path }) => path)).toEqual([["token"]]);
});
