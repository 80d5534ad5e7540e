import type { UserId } from "@pendo/contract/ids";
import { PUSH_HOLD_SEC } from "@pendo/contract/notification";
import { type DeviceRow, forget, ofUsers } from "../devices/devices.sql.ts";
import { append } from "../log/log.sql.ts";
import type { Tx } from "../ports/db/db.ts";
import type { Ports, Uses } from "../ports/ports.ts";
import { type Candidate, claim, drop, giveBack, hold } from "./pushes.sql.ts";
import { quietUntil } from "./quietHours.ts";
import { withdraw } from "./withdraw.sql.ts";
import { wordingOf } from "./wording.ts";

/** How many events of one unread notification are each pushed at once: a user waits for each message of a conversation. */
export const AT_ONCE_MAX = 5;
/** What follows them is a storm, and is pushed no more often than this. */
const PUSH_GAP_SEC = 30;
/** When a push that no device took is tried again, and until when. */
const RETRY_SEC = 60;
const RETRY_FOR_SEC = 3600;

export interface Claimed {
  readonly candidate: Candidate;
  readonly at: Date;
}

type Plan = { readonly kind: "push" | "drop" | "withdraw" } | { readonly kind: "hold"; readonly until: Date };
interface Moment {
  readonly at: Date;
  readonly online: ReadonlySet<UserId>;
  /** The user's last socket was just lost: what waits for it leaves, whatever was pushed before. */
  readonly isSocketLost?: boolean;
}

/**
 * Decides on the push of one notification: now, later, or not at all. While a socket of the user counts as online, it waits for the user to read: a
 * socket may be a tab that nobody looks at, or a connection that died. Later events of the same notification do not make it wait longer.
 */
export function planOf(candidate: Candidate, { at, online, isSocketLost = false }: Moment): Plan {
  const { isGone, wanted, userId, eventCount, quietFrom, quietTo, timeZone, pushedAt, pushDueAt } = candidate;
  if (isGone) return { kind: "withdraw" };
  if (!wanted) return { kind: "drop" };
  const quietEnd = quietFrom !== null && quietTo !== null ? quietUntil(at, { from: quietFrom, to: quietTo, timeZone }) : null;
  if (quietEnd) return { kind: "hold", until: quietEnd };
  const holdEnd = new Date(at.getTime() + PUSH_HOLD_SEC * 1000);
  if (online.has(userId)) return { kind: "hold", until: pushDueAt && pushDueAt < holdEnd ? pushDueAt : holdEnd };
  const gapEnd = eventCount > AT_ONCE_MAX && !isSocketLost && pushedAt && new Date(pushedAt.getTime() + PUSH_GAP_SEC * 1000);
  if (gapEnd && gapEnd > at) return { kind: "hold", until: gapEnd };
  return { kind: "push" };
}

/**
 * Carries the plans of several notifications out, whose rows the transaction holds, and answers what is to be sent once it has committed. A claim
 * comes before its push: two consumers never push the same, and a crash between the two loses that one push. The notification itself is kept, and
 * so a later event pushes it again.
 */
export async function settle(
  { tx, bus }: { readonly tx: Tx; readonly bus: Ports["bus"] },
  candidates: readonly Candidate[],
  moment: Moment,
): Promise<Claimed[]> {
  const { at } = moment;
  const plans = candidates.map((candidate) => ({ candidate, plan: planOf(candidate, moment) }));
  const claimed = plans.flatMap(({ candidate, plan }) => (plan.kind === "push" ? [{ candidate, at }] : []));
  const held = plans.flatMap(({ candidate: { id }, plan }) => (plan.kind === "hold" ? [{ id, until: plan.until }] : []));
  const dropped = plans.flatMap(({ candidate, plan }) => (plan.kind === "drop" ? [candidate.id] : []));
  if (claimed.length > 0)
    await claim(
      tx,
      claimed.map(({ candidate }) => candidate.id),
      at,
    );
  if (held.length > 0) await hold(tx, held);
  // A push that waits for the end of quiet hours is released by the schedule.
  const shortHeld = plans.filter(
    ({ candidate: { pushDueAt }, plan }) => plan.kind === "hold" && isShort(plan.until, at) && !(pushDueAt && pushDueAt <= plan.until),
  );
  await bus.emitAll(
    tx,
    shortHeld.map(({ candidate: { id, userId } }) => ({ name: "push.held", data: { userId, notificationId: id } })),
  );
  if (dropped.length > 0) await drop(tx, dropped);
  await withdrawAll(
    tx,
    plans.flatMap(({ candidate, plan }) => (plan.kind === "withdraw" ? [candidate] : [])),
    at,
  );
  return claimed;
}

/** Takes what lost its reason out of the lists of its users, and of their devices. */
async function withdrawAll(tx: Tx, gone: readonly Candidate[], at: Date): Promise<void> {
  if (gone.length === 0) return;
  await withdraw(
    tx,
    gone.map(({ id }) => id),
    at,
  );
  await append(
    tx,
    gone.map(({ id, userId }) => ({ userId, kind: "notification", ref: id })),
    at,
  );
}

const isShort = (until: Date, at: Date): boolean => until.getTime() - at.getTime() <= PUSH_HOLD_SEC * 1000;

/**
 * Pushes what was claimed to every device of its user. A device that is gone is forgotten. Where none of a user's devices could be reached, the
 * push is given back, for the release to try it again for an hour; where some could, it is not, since those would get it twice.
 * Throws the first failure after everything was tried.
 */
export async function send({ db, push, clock }: Uses<"db" | "push">, claimed: readonly Claimed[]): Promise<void> {
  if (claimed.length === 0) return;
  const userIds = [...new Set(claimed.map(({ candidate }) => candidate.userId))];
  const devices = Map.groupBy(await ofUsers(db, userIds, clock.now()), (device) => device.userId);
  const failures: unknown[] = [];
  const gone: string[] = [];
  await Promise.all(
    claimed.map(async ({ candidate, at: claimedAt }) => {
      const own = devices.get(candidate.userId) ?? [];
      const results = await Promise.allSettled(own.map((device) => push.send(noteOf(candidate, device))));
      results.forEach((result, i) => {
        if (result.status === "rejected") failures.push(result.reason);
        else if (result.value === "gone" && own[i]) gone.push(own[i].token);
      });
      const sent = results.some((result) => result.status === "fulfilled" && result.value === "sent");
      if (sent || results.every((result) => result.status === "fulfilled")) return;
      const now = clock.now().getTime();
      const [dueAt, since] = [new Date(now + RETRY_SEC * 1000), new Date(now - RETRY_FOR_SEC * 1000)];
      await giveBack(db, { id: candidate.id, claimedAt, dueAt, since });
    }),
  );
  if (gone.length > 0) await forget(db, gone);
  if (failures.length > 0) throw failures[0];
}

function noteOf(candidate: Candidate, { platform, token }: DeviceRow) {
  const { id, kind, collapseKey, refs, unread } = candidate;
  const { conversationId, matchId, decisionId, boostId } = refs;
  const about = {
    ...(conversationId && { conversationId }),
    ...(matchId && { matchId }),
    ...(decisionId && { decisionId }),
    ...(boostId && { boostId }),
  };
  const data = { notificationId: id, kind, ...about };
  return { platform, token, ...wordingOf(candidate), collapseKey, badge: unread, threadId: conversationId ?? kind, data };
}
