import { createHmac, timingSafeEqual } from "node:crypto";
import { UserId } from "@pendo/contract/ids";
import { type EmailKind, emailKinds } from "@pendo/contract/notification";
import type { Secrets } from "../ports/secrets/secrets.ts";

const ID_BYTES = 16;
const MAC_BYTES = 16;

export interface Subscription {
  readonly userId: UserId;
  readonly kind: EmailKind;
}

/** What a letter's unsubscribe link carries: who, and from which kind of letter. It never expires, since letters are kept for years. */
export function tokenOf(secrets: Pick<Secrets, "key">, { userId, kind }: Subscription): string {
  const said = Buffer.concat([Buffer.from(userId.replaceAll("-", ""), "hex"), Buffer.from(kind)]);
  return Buffer.concat([macOf(secrets, said), said]).toString("base64url");
}

/** Reads a link's token back; null where we did not make it. */
export function readToken(secrets: Pick<Secrets, "key">, token: string): Subscription | null {
  const bytes = Buffer.from(token, "base64url");
  if (bytes.length <= MAC_BYTES + ID_BYTES) return null;
  const said = bytes.subarray(MAC_BYTES);
  if (!timingSafeEqual(bytes.subarray(0, MAC_BYTES), macOf(secrets, said))) return null;
  const kind = emailKinds.find((name) => name === said.subarray(ID_BYTES).toString());
  const hex = said.subarray(0, ID_BYTES).toString("hex");
  const userId = UserId.safeParse(hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5"));
  // A kind that is no longer sent is no longer there to unsubscribe from.
  return kind && userId.success ? { userId: userId.data, kind } : null;
}

function macOf(secrets: Pick<Secrets, "key">, said: Uint8Array): Buffer {
  return createHmac("sha256", secrets.key("unsubscribe")).update(said).digest().subarray(0, MAC_BYTES);
}
