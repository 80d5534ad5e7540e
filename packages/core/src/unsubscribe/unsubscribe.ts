import { Fault } from "../fault.ts";
import { merge } from "../notificationPreferences/notificationPreferences.sql.ts";
import type { Uses } from "../ports/ports.ts";
import { askingPage, donePage } from "./page.ts";
import { readToken, type Subscription } from "./token.ts";

/**
 * The page, in HTML, that somebody sees who opens a letter's link: it asks, and changes nothing, since programs that check mail open links too.
 * @throws {Fault} `unsubscribe.invalid`: the token is not one of ours
 */
export async function getPage({ secrets }: Uses<"secrets">, { token }: { readonly token: string }): Promise<string> {
  return askingPage(subscriptionOf({ secrets }, token).kind);
}

/**
 * Ends one kind of letter for whom the link was sent to, without asking them to sign in (RFC 8058). Again, it changes nothing. Answers a page, in
 * HTML, that says so: a mail program does not look at it, and who came by the form of the other page reads it.
 * @throws {Fault} `unsubscribe.invalid`: the token is not one of ours
 */
export async function confirm({ db, secrets, clock }: Uses<"db" | "secrets">, { token }: { readonly token: string }): Promise<string> {
  const { userId, kind } = subscriptionOf({ secrets }, token);
  await merge(db, { userId, push: {}, email: { [kind]: false }, quietFrom: undefined, quietTo: undefined }, clock.now());
  return donePage(kind);
}

function subscriptionOf({ secrets }: Pick<Uses<"secrets">, "secrets">, token: string): Subscription {
  const subscription = readToken(secrets, token);
  if (!subscription) throw new Fault("unsubscribe.invalid");
  return subscription;
}
