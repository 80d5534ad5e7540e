import { Fault } from "../fault.ts";
import { merge } from "../notificationPreferences/notificationPreferences.sql.ts";
import type { Uses } from "../ports/ports.ts";
import { readToken } from "./token.ts";

/**
 * Ends one kind of letter for whom the link was sent to, without asking them to sign in (RFC 8058). Again, it changes nothing.
 * @throws {Fault} `unsubscribe.invalid` for a token that is not ours
 */
export async function oneClick({ db, secrets, clock }: Uses<"db" | "secrets">, { token }: { readonly token: string }): Promise<void> {
  const subscription = readToken(secrets, token);
  if (!subscription) throw new Fault("unsubscribe.invalid");
  const { userId, kind } = subscription;
  await merge(db, { userId, push: {}, email: { [kind]: false }, quietFrom: undefined, quietTo: undefined }, clock.now());
}
