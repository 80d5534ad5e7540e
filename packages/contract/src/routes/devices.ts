import * as z from "zod";
import { DeviceId } from "../ids.ts";
import { route } from "../route.ts";

/** Of Apple, of Google, or a web push subscription as JSON. */
const PushToken = z
  .string()
  .min(8)
  .max(2048)
  .regex(/^[\x20-\x7e]+$/, "must be printable ASCII");

export const bindPushToken = route({
  at: "PUT /v1/me/devices/{deviceId}/push-token",
  summary: "Where to push to this installation; a token that another account had on the same phone moves to yours",
  auth: "user",
  input: z.strictObject({ deviceId: DeviceId, platform: z.enum(["ios", "android", "web"]), token: PushToken }),
  output: z.void(),
  status: 204,
  fails: [],
  limit: "write",
  needs: ["db"],
});

export const unbindPushToken = route({
  at: "DELETE /v1/me/devices/{deviceId}/push-token",
  summary: "No more pushes to this installation",
  auth: "user",
  input: z.strictObject({ deviceId: DeviceId }),
  output: z.void(),
  status: 204,
  fails: [],
  limit: "write",
  needs: ["db"],
});
