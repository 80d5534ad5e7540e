import type { NotificationId, UserId } from "@pendo/contract/ids";
import { PUSH_HOLD_SEC } from "@pendo/contract/notification";
import type { Uses } from "../ports/ports.ts";
import { onlineAmong } from "../realtime/presence.ts";
import { send, settle } from "./push.ts";
import { type Due, takeDue } from "./pushes.sql.ts";

const BATCH_MAX = 100;
/** The next run goes on where this one stopped. */
const BATCHES_MAX = 50;
/** The clock of the process that held a push may be so far ahead of this one. */
const CLOCKS_APART_MS = 2000;
/** By now the user had the time to read. */
const NO_USERS: ReadonlySet<UserId> = new Set();

type Ports = Uses<"db" | "bus" | "cache" | "push">;

/**
 * Sends the pushes that quiet hours, a push just before, or an open socket held back, and that are still wanted: what was read or muted meanwhile is
 * dropped, and a notification whose reason is gone is withdrawn. Several may run at once, and none sends what another does.
 * @returns how many pushes it claimed
 */
export async function release(ports: Ports): Promise<number> {
  return await releaseDue(ports, (at) => ({ dueBy: at }));
}

/** The same for one notification, whose time is over. */
export async function releaseHeld(ports: Ports, { notificationId }: { readonly notificationId: NotificationId }): Promise<void> {
  await releaseDue(ports, (at) => ({ dueBy: new Date(at.getTime() + CLOCKS_APART_MS), id: notificationId }));
}

/** The last socket of a user was lost: what waited for it leaves at once, unless the user is back. */
export async function releaseOf(ports: Ports, { userId }: { readonly userId: UserId }): Promise<void> {
  if ((await onlineAmong(ports, [userId])).has(userId)) return;
  await releaseDue(ports, (at) => ({ dueBy: new Date(at.getTime() + PUSH_HOLD_SEC * 1000), userId }), { isSocketLost: true });
}

async function releaseDue(
  ports: Ports,
  wanted: (at: Date) => Pick<Due, "dueBy" | "userId" | "id">,
  why: { readonly isSocketLost?: boolean } = {},
): Promise<number> {
  const { db, bus, clock } = ports;
  const failures: unknown[] = [];
  let count = 0;
  for (let batch = 0; batch < BATCHES_MAX; batch++) {
    const at = clock.now();
    const { taken, claimed } = await db.begin(async (tx) => {
      const due = await takeDue(tx, { at, limit: BATCH_MAX, ...wanted(at) });
      return { taken: due.length, claimed: await settle({ tx, bus }, due, { at, online: NO_USERS, ...why }) };
    });
    count += claimed.length;
    await send(ports, claimed).catch((error: unknown) => failures.push(error));
    if (taken < BATCH_MAX) break;
  }
  if (failures.length > 0) throw failures[0];
  return count;
}
