import type { Uses } from "../ports/ports.ts";
import { onlineAmong } from "../realtime/presence.ts";
import { send, settle } from "./push.ts";
import { takeDue } from "./pushes.sql.ts";

const BATCH_MAX = 100;
/** The next run goes on where this one stopped. */
const BATCHES_MAX = 50;

/**
 * Sends the pushes that quiet hours, or a push just before, held back, and that are still wanted: what was read, muted or blocked meanwhile is
 * dropped. Several may run at once, and none sends what another does. Answers how many pushes it claimed.
 */
export async function release(ports: Uses<"db" | "cache" | "push">): Promise<number> {
  const { db, clock } = ports;
  const failures: unknown[] = [];
  let count = 0;
  for (let batch = 0; batch < BATCHES_MAX; batch++) {
    const at = clock.now();
    const { taken, claimed } = await db.begin(async (tx) => {
      const due = await takeDue(tx, { at, limit: BATCH_MAX });
      const online = await onlineAmong(ports, [...new Set(due.map(({ userId }) => userId))]);
      return { taken: due.length, claimed: await settle(tx, due, { at, online }) };
    });
    count += claimed.length;
    await send(ports, claimed).catch((error: unknown) => failures.push(error));
    if (taken < BATCH_MAX) break;
  }
  if (failures.length > 0) throw failures[0];
  return count;
}
