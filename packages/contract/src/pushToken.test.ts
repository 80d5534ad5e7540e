import { expect, test } from "vitest";
import { replacePushToken } from "./routes/devices.ts";

const bind = (platform: string, token: string) => replacePushToken.input.safeParse({ deviceId: "my-phone-1", platform, token });

// The base point of P-256 (SEC 2, 2.4.2): a point as good as any.
const point = Buffer.from(
  "046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c2964fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5",
  "hex",
);
const beside = Buffer.from(point);
beside[64] = 0;
const keys = { p256dh: point.toString("base64url"), auth: "AAECAwQFBgcICQoLDA0ODw" };
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

test.each([
  ["words", "ios", "a-token-of-apple"],
  ["a token that was cut", "ios", apns.slice(0, 62)],
  ["half a byte more", "ios", `${apns}0`],
  ["a token of FCM", "ios", fcm],
  ["a short token", "android", "short-token"],
  ["a token with a space", "android", `${fcm} `],
  ["a subscription", "android", subscription()],
  ["a token of APNs", "web", apns],
  ["no JSON", "web", "not json"],
  ["no object", "web", "null    "],
  ["a short key", "web", subscription({ keys: { ...keys, p256dh: "AAAA" } })],
  ["a point beside the curve", "web", subscription({ keys: { ...keys, p256dh: beside.toString("base64url") } })],
  ["a short secret", "web", subscription({ keys: { ...keys, auth: "AAAA" } })],
  ["no keys", "web", subscription({ keys: undefined })],
])("%s is no push token for %s: it is refused, and named", (_, platform, token) => {
  expect(bind(platform, token).error?.issues.map(({ path }) => path)).toEqual([["token"]]);
});

test.each([
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
])("%j is no endpoint of a push service: a subscription with it is refused", (address) => {
  expect(bind("web", subscription({ endpoint: address })).error?.issues.map(({ path }) => path)).toEqual([["token"]]);
});
