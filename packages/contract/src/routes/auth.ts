import * as z from "zod";
import { Email } from "../email.ts";
import { ChallengeId, UserId } from "../ids.ts";
import { Locale } from "../locale.ts";
import { route } from "../route.ts";
import { line } from "../text.ts";
import { Time } from "../time.ts";

/** An opaque refresh token: the id of its session, and 32 secret bytes. */
const RefreshToken = z
  .string()
  .regex(/^[0-9a-f-]{36}\.[A-Za-z0-9_-]{43}$/, "must be a refresh token")
  .meta({ examples: ["0199c0de-7a11-7c0d-8e3f-5f1e2d3c4b5a.Zk9tX2V4YW1wbGVfcmVmcmVzaF90b2tlbl9vZl8zMmI"] });

/** Proves that a device signed in before. It gives access to nothing. */
const DeviceToken = z
  .string()
  .regex(/^[A-Za-z0-9_-]{22}\.[0-9a-z]{1,9}\.[A-Za-z0-9_-]{43}$/, "must be a device token")
  .meta({
    description: "Keep it, even after sign-out. Send it when this device asks for a code again: then strangers can't use up your codes.",
  });

const tokens = {
  accessToken: z.string().meta({ description: "A JWT (ES256) to send as `Authorization: Bearer …`." }),
  expiresInSec: z.int().meta({ description: "How long the access token is valid.", examples: [600] }),
  refreshToken: z.string().meta({ description: "Valid for one refresh, within 30 days. Keep it secret." }),
};

export const requestOtp = route({
  at: "POST /v1/auth/otp/request",
  summary: "Send a sign-in code by email",
  description:
    "The response is the same for known and unknown addresses. In 15 minutes, new devices of a network get 20 codes, and a device with a `deviceToken` gets 5.",
  auth: "public",
  input: z.strictObject({ email: Email, locale: Locale.optional(), deviceToken: DeviceToken.optional() }),
  output: z.object({ challengeId: ChallengeId, expiresAt: Time, digits: z.union([z.literal(6), z.literal(10)]) }),
  status: 202,
  fails: ["auth.codesSpent"],
  limit: "codeRequest",
  needs: ["db", "bus", "cache", "secrets"],
});

export const verifyOtp = route({
  at: "POST /v1/auth/otp/verify",
  summary: "Exchange a sign-in code for a session",
  description: "The first code of an unknown address creates an account.",
  auth: "public",
  input: z.strictObject({
    challengeId: ChallengeId,
    code: z
      .string()
      .regex(/^([0-9]{6}|[0-9]{10})$/, "must be 6 or 10 digits")
      .meta({ examples: ["012345"] }),
    deviceName: line(64)
      .optional()
      .meta({ examples: ["Robin's phone"] }),
  }),
  output: z.object({ ...tokens, userId: UserId, registered: z.boolean(), deviceToken: DeviceToken }),
  fails: ["auth.codeInvalid", "auth.codesSpent", "account.suspended"],
  limit: "codeVerify",
  needs: ["db", "bus", "cache", "secrets"],
});

/**
 * A refresh token that is used twice may be stolen, so its session ends. A client that lost the response is no thief:
 * it sends the same `attemptId` again and gets the same new token, until that token is used.
 */
export const refresh = route({
  at: "POST /v1/auth/token/refresh",
  summary: "Exchange a refresh token for new tokens",
  description: "A refresh token works once. If it is used twice, Pendo revokes its session.",
  auth: "public",
  input: z.strictObject({
    refreshToken: RefreshToken,
    attemptId: z.uuid().toLowerCase().optional().meta({
      description: "A random id. Keep it until the response arrives. A retry with the same id gets the same refresh token.",
    }),
  }),
  output: z.object(tokens),
  fails: ["auth.refreshInvalid", "account.suspended"],
  limit: "refresh",
  needs: ["db", "bus", "cache", "secrets"],
});

export const logout = route({
  at: "POST /v1/auth/logout",
  summary: "End your current session",
  description: "Its tokens stop working at once, its sockets close, and the device gets no more pushes.",
  auth: "user",
  input: z.strictObject({}),
  output: z.void(),
  status: 204,
  fails: [],
  limit: "write",
  needs: ["db", "bus", "cache"],
});
