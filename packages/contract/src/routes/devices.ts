import * as z from "zod";
import { DeviceId } from "../ids.ts";
import { canonicalToken, PushPlatform } from "../pushToken.ts";
import { route } from "../route.ts";

const PushToken = z
  .string()
  .min(8)
  .max(2048)
  .regex(/^[\x20-\x7e]+$/, "must be printable ASCII")
  .meta({
    description: "For ios, the APNs device token in hex. For android, the FCM registration token. For web, the subscription as JSON.",
    examples: ["00fc13adff785122b4ad28809a3420982341241421348097878e577c991de8f0"],
  });

export const replacePushToken = route({
  at: "PUT /v1/me/devices/{deviceId}/push-token",
  summary: "Replace the push token of a device",
  description: "Pushes go to this installation until your session ends. A token that another account had on the same phone moves to yours.",
  auth: "user",
  input: z
    .strictObject({ deviceId: DeviceId, platform: PushPlatform, token: PushToken })
    .refine((binding) => canonicalToken(binding) !== undefined, { path: ["token"], error: "must be a push token of the platform" })
    .overwrite((binding) => ({ ...binding, token: canonicalToken(binding) ?? binding.token })),
  output: z.void(),
  status: 204,
  fails: [],
  limit: "write",
  needs: ["db"],
});

export const removePushToken = route({
  at: "DELETE /v1/me/devices/{deviceId}/push-token",
  summary: "Remove the push token of a device",
  description: "Pendo sends no more pushes to this installation.",
  auth: "user",
  input: z.strictObject({ deviceId: DeviceId }),
  output: z.void(),
  status: 204,
  fails: [],
  limit: "write",
  needs: ["db"],
});

export const getVapidPublicKey = route({
  at: "GET /v1/devices/vapid-public-key",
  summary: "Get the public key for web push (RFC 8292)",
  description: "A browser needs the key to subscribe.",
  auth: "public",
  input: z.strictObject({}),
  /** For `pushManager.subscribe`: 65 bytes in base64url. */
  output: z.object({ applicationServerKey: z.string() }),
  fails: [],
  limit: "public",
  cache: { maxAgeSec: 300, scope: "public" },
  needs: ["secrets"],
});
