import { createHmac, timingSafeEqual } from "node:crypto";
import type { Ambient } from "../ports/ports.ts";
import type { Secrets } from "../ports/secrets/secrets.ts";

const ID_BYTES = 16;
/** A device that did not sign in for so long is a new one. */
const LIFE_SEC = 400 * 86_400;

/**
 * A token for a device that has signed in with an address. It opens nothing: it only gives the device budgets of its own when it asks for codes for
 * that address, which strangers can't spend. A device that has one already keeps its id.
 */
export function deviceToken(
  { secrets, ids, clock }: { secrets: Secrets } & Pick<Ambient, "ids" | "clock">,
  { email, deviceId }: { readonly email: string; readonly deviceId: string | null },
): string {
  const id = deviceId ?? Buffer.from(ids.bytes(ID_BYTES)).toString("base64url");
  const at = Math.floor(clock.now().getTime() / 1000).toString(36);
  return `${id}.${at}.${macOf(secrets, { id, at, email })}`;
}

/** The id of the device that a token was made for; null where it is not for this address, not ours, or too old. */
export function deviceIdOf(
  { secrets, clock }: { secrets: Secrets } & Pick<Ambient, "clock">,
  { token, email }: { readonly token: string | undefined; readonly email: string },
): string | null {
  const [id = "", at = "", mac = ""] = (token ?? "").split(".");
  const expected = Buffer.from(macOf(secrets, { id, at, email }));
  const given = Buffer.from(mac);
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return null;
  return clock.now().getTime() / 1000 - Number.parseInt(at, 36) < LIFE_SEC ? id : null;
}

function macOf(secrets: Secrets, { id, at, email }: { id: string; at: string; email: string }): string {
  return createHmac("sha256", secrets.key("otp")).update(`device\0${id}\0${at}\0${email}`).digest("base64url");
}
