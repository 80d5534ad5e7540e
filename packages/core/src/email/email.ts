import type { EventData } from "@pendo/contract/events";
import type { EventId, UserId } from "@pendo/contract/ids";
import { CODE_SEC } from "../auth/auth.ts";
import { codeOf } from "../auth/code.ts";
import type { Uses } from "../ports/ports.ts";
import { type Subscription, tokenOf } from "../unsubscribe/token.ts";
import * as sql from "./email.sql.ts";
import { code } from "./templates/code.ts";
import { decision } from "./templates/decision.ts";
import type { Rendered } from "./templates/layout.ts";
import { match } from "./templates/match.ts";
import { security } from "./templates/security.ts";
import { welcome } from "./templates/welcome.ts";

type Ports = Uses<"db" | "mail" | "secrets">;
type Fact = { readonly factId: EventId };

/** Whoever was here so lately sees a match in the app. */
const AWAY_MS = 3_600_000;

/** Sends a code to whoever asked for one. It is derived here and nowhere kept. A code that is over, or was used, is not sent. */
export async function codeRequested(ports: Ports, { factId, challengeId }: Fact & EventData<"otp.requested">): Promise<void> {
  const challenge = await sql.openChallenge(ports.db, challengeId, ports.clock.now());
  if (!challenge) return;
  const { email, locale } = challenge;
  const digits = codeOf(ports.secrets, { ...challenge, challengeId });
  await sendOnce(ports, { factId, to: { userId: null, email }, letter: code({ digits, goodForMin: CODE_SEC / 60, locale }) });
}

/** Welcomes who has registered. */
export async function registered(ports: Ports, { factId, userId }: Fact & EventData<"user.registered">): Promise<void> {
  const to = await sql.recipient(ports.db, userId);
  if (to) await sendOnce(ports, { factId, to, letter: welcome(to) });
}

/** Tells those of a match who have not been here for an hour, unless they ended such letters. */
export async function matched(ports: Ports, { factId, matchId }: Fact & EventData<"match.created">): Promise<void> {
  const awaySince = new Date(ports.clock.now().getTime() - AWAY_MS);
  const recipients = await sql.matchRecipients(ports.db, { matchId, awaySince, kind: "match" });
  // One after the other: where the second fails, a retry finds the first done.
  for (const to of recipients) {
    const unsubscribeUrl = unsubscribeUrlOf(ports, { userId: to.userId, kind: "match" });
    await sendOnce(ports, { factId, to, letter: match({ name: to.otherName, locale: to.locale, unsubscribeUrl }), unsubscribeUrl });
  }
}

/** Tells somebody that a session of theirs was ended because its token came twice. */
export async function refreshReused(
  ports: Ports,
  { factId, userId, sessionId, at }: Fact & EventData<"session.refreshReused"> & { readonly at: Date },
): Promise<void> {
  const to = await sql.recipient(ports.db, userId);
  if (!to) return;
  const deviceName = await sql.deviceName(ports.db, sessionId);
  await sendOnce(ports, { factId, to, letter: security({ deviceName, at, locale: to.locale }) });
}

/** Sends the statement of reasons for a restriction. A decision that restricts nothing needs none. */
export async function decided(ports: Ports, { factId, userId, decisionId }: Fact & EventData<"moderation.decided">): Promise<void> {
  const [to, found] = await Promise.all([sql.recipient(ports.db, userId), sql.findDecision(ports.db, decisionId)]);
  if (!to || !found || found.restriction === "none") return;
  await sendOnce(ports, { factId, to, letter: decision({ ...found, restriction: found.restriction, decisionId, locale: to.locale }) });
}

interface Sending {
  readonly factId: EventId;
  readonly to: { readonly userId: UserId | null; readonly email: string };
  readonly letter: Rendered;
  /** Of a letter that one may do without. */
  readonly unsubscribeUrl?: string;
}

/**
 * Sends a letter for a fact. It is marked as sent after it was, so that a crash between the two sends it again rather than never; its id is the
 * same then, which the local outbox, and a provider that can tell, take for the one letter it is.
 */
async function sendOnce({ db, mail, clock }: Ports, { factId, to, letter, unsubscribeUrl }: Sending): Promise<void> {
  const { userId, email } = to;
  if (await sql.wasSent(db, { factId, userId })) return;
  await mail.send({ ...letter, id: userId ? `${factId}:${userId}` : factId, to: email, ...(unsubscribeUrl && { unsubscribeUrl }) });
  await sql.markSent(db, { factId, userId, at: clock.now() });
}

function unsubscribeUrlOf({ secrets }: Ports, subscription: Subscription): string {
  return `${secrets.publicUrl}/v1/unsubscribe/${tokenOf(secrets, subscription)}`;
}
