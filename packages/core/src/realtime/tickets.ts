import { SessionId, UserId } from "@pendo/contract/ids";
import * as z from "zod";
import { Fault } from "../fault.ts";
import type { Uses } from "../ports/ports.ts";

/** How long a ticket opens a socket. */
export const TICKET_SEC = 30;

export interface Holder {
  readonly userId: UserId;
  readonly sessionId: SessionId;
}

const Kept = z.object({ userId: UserId, sessionId: SessionId });

/**
 * A ticket that opens one socket of this session, once, within half a minute. It goes in a URL, so it is good for nothing else.
 * @throws {Fault} `store.unavailable`: the ticket could not be stored
 */
export async function issue(
  { cache, secrets, clock, ids }: Uses<"cache" | "secrets">,
  { userId, sessionId }: Holder,
): Promise<{ ticket: string; url: string; expiresAt: string }> {
  const ticket = Buffer.from(ids.bytes(32)).toString("base64url");
  const expiresAt = new Date(clock.now().getTime() + TICKET_SEC * 1000);
  await cache.keep(keyOf(ticket), JSON.stringify({ userId, sessionId }), TICKET_SEC);
  return { ticket, url: `${secrets.socketUrl}?ticket=${ticket}`, expiresAt: expiresAt.toISOString() };
}

/**
 * Who holds a ticket; from now on nobody does.
 * @throws {Fault} `ticket.invalid`: the ticket is unknown, used or over
 */
export async function redeem({ cache }: Uses<"cache">, ticket: string): Promise<Holder> {
  if (!/^[\w-]{43}$/.test(ticket)) throw new Fault("ticket.invalid");
  const kept = await cache.take(keyOf(ticket));
  if (kept === null) throw new Fault("ticket.invalid");
  return Kept.parse(JSON.parse(kept));
}

function keyOf(ticket: string): string {
  return `ticket:${ticket}`;
}
