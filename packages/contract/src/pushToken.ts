import * as z from "zod";

export const PushPlatform = z.enum(["ios", "android", "web"]);
export type PushPlatform = z.infer<typeof PushPlatform>;

// The push services of browsers. Anyone can send an address, so Pendo calls no other host.
const SERVICES =
  /^(fcm\.googleapis\.com|([a-z0-9-]+\.)*push\.services\.mozilla\.com|([a-z0-9-]+\.)*notify\.windows\.com|([a-z0-9-]+\.)*push\.apple\.com)$/;

const hasHostOnly = (text: string): boolean => {
  const { port, username, password } = new URL(text);
  return port === "" && username === "" && password === "";
};

/** A browser's subscription, from `PushSubscription.toJSON()`. Other fields are removed. */
export const WebPushSubscription = z.object({
  endpoint: z
    .url({ protocol: /^https$/, hostname: SERVICES, abort: true })
    .max(1024)
    .refine(hasHostOnly),
  keys: z.object({
    // A point on the curve P-256, uncompressed: 65 bytes.
    p256dh: z
      .string()
      .regex(/^B[A-Za-z0-9_-]{86}=?$/)
      .refine(isPoint),
    // 16 bytes.
    auth: z.string().regex(/^[A-Za-z0-9_-]{21}[AQgw](==)?$/),
  }),
});
export type WebPushSubscription = z.infer<typeof WebPushSubscription>;

/** The subscription in a token; undefined if it has none. */
export function subscriptionOf(token: string): WebPushSubscription | undefined {
  try {
    return WebPushSubscription.safeParse(JSON.parse(token)).data;
  } catch {
    // Not JSON. JavaScript has no function that checks a text first.
    return undefined;
  }
}

const forms: { readonly [P in PushPlatform]: (token: string) => string | undefined } = {
  // Apple guarantees no length. Today its tokens have 32 bytes.
  ios: (token) => (/^([0-9a-fA-F]{2}){32,100}$/.test(token) ? token.toLowerCase() : undefined),
  android: (token) => (/^[A-Za-z0-9_:-]{100,1024}$/.test(token) ? token : undefined),
  web: (token) => {
    const subscription = subscriptionOf(token);
    return subscription && JSON.stringify(subscription);
  },
};

/** The stored form of a token; undefined if the token is invalid for its platform. */
export function canonicalToken({ platform, token }: { readonly platform: PushPlatform; readonly token: string }): string | undefined {
  return forms[platform](token);
}

const P = 2n ** 256n - 2n ** 224n + 2n ** 192n + 2n ** 96n - 1n;
const B = 0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604bn;

/** Whether 65 bytes in base64url are a point of P-256: y² = x³ - 3x + b (SEC 2, 2.4.2). Encryption needs a point. */
function isPoint(text: string): boolean {
  const digits = Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (byte) =>
    byte.charCodeAt(0).toString(16).padStart(2, "0"),
  );
  const [x, y] = [1, 33].map((from) => BigInt(`0x${digits.slice(from, from + 32).join("")}`)) as [bigint, bigint];
  return x < P && y < P && (y * y - (x * x * x - 3n * x + B)) % P === 0n;
}
