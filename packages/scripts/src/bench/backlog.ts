import type { Db } from "@pendo/core/ports/db/db";

export interface Drained {
  /** Until nothing was left but what waits on purpose, such as a push for a user who may still read the message. */
  readonly dueSec: number;
  /** Until nothing was left at all. */
  readonly allSec: number;
}

/** Waits until no fact and no message is waiting, and tells how long that took. A run that leaves work behind is not done when it ends. */
export async function drained(db: Db): Promise<Drained> {
  const startedMs = performance.now();
  let dueSec: number | undefined;
  for (;;) {
    const [row] = await db<{ due: number; later: number }[]>`
      select (select count(*) from outbox)::int + count(*) filter (where start_after <= now())::int as due,
        count(*) filter (where start_after > now())::int as later
      from queue.job where state < 'completed' and name not like '%.dead'`;
    const nowSec = (performance.now() - startedMs) / 1000;
    if (!row?.due) dueSec ??= nowSec;
    if (dueSec !== undefined && !row?.due && !row?.later) return { dueSec, allSec: nowSec };
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** Takes away what the bare server wrote: nobody relays it there, and the host must not do it instead while it is measured. */
export async function dropFacts(db: Db): Promise<void> {
  await db`truncate outbox`;
}
